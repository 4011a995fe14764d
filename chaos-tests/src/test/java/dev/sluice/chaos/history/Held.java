package dev.sluice.chaos.history;

import java.util.HashMap;
import java.util.Map;

/**
 * What a gateway tells a provider about whose quota a request is charged to, in the field {@code x-sluice-hold}.
 *
 * @param path which of the tenant's limits count: {@code tenant}, {@code keys/K}, {@code teams/T/keys/K}
 * @param atMillis when it was put aside, by the database's clock: the window of that instant is charged
 * @param input most tokens of input
 * @param output most tokens of the answer
 * @param nanos most that it costs, in nano-dollars
 */
public record Held(String tenant, String path, long atMillis, long input, long output, long nanos) {
  /** @throws IllegalArgumentException if the field is not as a gateway writes it */
  public static Held parse(String field) {
    Map<String, String> parts = new HashMap<>();
    for (String part : field.split("; ", -1)) {
      int equals = part.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException("no hold: " + field);
      }
      parts.put(part.substring(0, equals), part.substring(equals + 1));
    }
    return new Held(
        parts.get("tenant"),
        parts.get("path"),
        Long.parseLong(parts.get("at")),
        Long.parseLong(parts.get("input")),
        Long.parseLong(parts.get("output")),
        Long.parseLong(parts.get("nanos")));
  }
}
