package dev.sluice.model.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Fields by which a caller buys a faster or nearer answer at a price of its own, which no price of tokens tells. */
public final class Surcharge {
  private static final Set<String> TIERS = Set.of(
      "auto",
      "default",
      "standard",
      "standard_only",
      "on_demand",
      "flex",
      "batch",
      "unspecified",
      "service_tier_standard",
      "service_tier_flex",
      "service_tier_unspecified");

  /** Values at the usual price, or below it; in lower case. */
  private static final Map<String, Set<String>> USUAL = Map.of(
      "service_tier",
      TIERS,
      "serviceTier",
      TIERS,
      "speed",
      Set.of("standard"),
      "inference_geo",
      Set.of("global"));

  private Surcharge() {}

  /** Whether a field of a request has a value that costs more. */
  public static boolean isIn(String field, String value) {
    Set<String> usual = USUAL.get(field);
    return usual != null && !usual.contains(value.toLowerCase(Locale.ROOT));
  }

  /** The first field of a request that costs more; null if none does. */
  public static @Nullable String in(ObjectNode body) {
    for (String field : USUAL.keySet()) {
      if (body.path(field).isTextual() && isIn(field, body.path(field).textValue())) {
        return field;
      }
    }
    return null;
  }
}
