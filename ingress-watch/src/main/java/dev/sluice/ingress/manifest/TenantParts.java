package dev.sluice.ingress.manifest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.ingress.ClaimRule;
import dev.sluice.ingress.DeclaredAt;
import dev.sluice.ingress.DeclaredTenant;
import dev.sluice.ingress.Problem;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Parts of a Tenant as JSON on their own, for tenants that are kept elsewhere than in manifests: read by the same rules
 * as manifests, and written so that they are read alike.
 */
public final class TenantParts {
  public static final int MOST_KEYS = 4096;
  public static final int MOST_LIMITS = 32;
  public static final int MOST_LIMITS_BELOW = 8;
  public static final int MOST_TEAMS = 64;
  public static final int MOST_KEYS_OF_TEAM = 1024;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Value body;
  private final ProblemsOfObject problems = new ProblemsOfObject(DeclaredAt.API_SERVER, "");

  /** @param body what was sent; anything but a mapping is a problem */
  public TenantParts(JsonNode body) {
    this.body = new Value(body, problems);
    if (!body.isObject()) {
      this.body.refuse("a mapping");
    }
  }

  /** Notes each field that is none of these. */
  public TenantParts only(String... names) {
    if (body.node().isObject()) {
      body.only(names);
    }
    return this;
  }

  /** A name of lower-case letters, digits and {@code -}; empty if there is none, or a wrong one, which is a problem. */
  public String name(String field) {
    return object()
        .field(field)
        .requiredText(Names::isSubdomain, "a name of lower-case letters, digits and '-'");
  }

  /** The same, but it may be missing. */
  public String text(String field, Predicate<String> valid, String expected) {
    return object().field(field).textIfAny(valid, expected);
  }

  public String requiredText(String field, Predicate<String> valid, String expected) {
    return object().field(field).requiredText(valid, expected);
  }

  public long number(String field, long least, long most, long ifMissing) {
    return object().field(field).number(least, most, ifMissing);
  }

  public long requiredNumber(String field, long least, long most) {
    return object().field(field).requiredNumber(least, most);
  }

  public boolean has(String field) {
    return object().field(field).exists();
  }

  /** Notes that this field can't be taken. */
  public void refuse(String field, String expected) {
    object().field(field).refuse(expected);
  }

  public List<DeclaredTenant.Limit> limits(int most) {
    return SluiceKinds.limits(object().field("limits"), most);
  }

  /** Which tokens stand for a key; null if a secret does. */
  public @Nullable ClaimRule rule() {
    return SluiceKinds.rule(object());
  }

  private Value object() {
    return body.node().isObject() ? body : body.told();
  }

  /** What is wrong, of each field the first thing. */
  public List<Problem> problems() {
    return problems.found();
  }

  /** Whether this is a name that a tenant, a team or a key can have. */
  public static boolean isName(String text) {
    return Names.isSubdomain(text);
  }

  /** Limits as JSON, with every field. */
  public static ArrayNode json(List<DeclaredTenant.Limit> limits) {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    for (DeclaredTenant.Limit limit : limits) {
      ObjectNode one = all.addObject()
          .put("name", limit.name())
          .put("unit", SluiceKinds.word(limit.unit()))
          .put("amount", limit.amount())
          .put("window", SluiceKinds.word(limit.window()));
      boolean calendar = limit.window() == DeclaredTenant.Window.DAY
          || limit.window() == DeclaredTenant.Window.MONTH;
      if (calendar) {
        one.put(
            "timeZone", limit.zone().getId().equals("Z") ? "UTC" : limit.zone().getId());
      }
      if (!limit.models().isEmpty()) {
        limit.models().forEach(one.putArray("models")::add);
      }
      one.put("mode", limit.observed() ? "observe" : "enforce");
    }
    return all;
  }

  /** A rule as JSON; empty for none. */
  public static String json(@Nullable ClaimRule rule) {
    if (rule == null) {
      return "";
    }
    ObjectNode one = JsonNodeFactory.instance.objectNode().put("issuer", rule.issuer());
    ObjectNode claims = one.putObject("claims");
    rule.claims().forEach(claims::put);
    return one.toString();
  }

  /** @throws IllegalArgumentException if this is not what {@link #json(List)} has written */
  public static List<DeclaredTenant.Limit> limitsOf(String json) {
    TenantParts parts = new TenantParts(tree("{\"limits\":" + json + "}"));
    return parts.good(parts.limits(MOST_LIMITS));
  }

  /** @throws IllegalArgumentException if this is not what {@link #json(ClaimRule)} has written */
  public static @Nullable ClaimRule ruleOf(String json) {
    if (json.isEmpty()) {
      return null;
    }
    TenantParts parts = new TenantParts(tree("{\"jwt\":" + json + "}"));
    ClaimRule rule = parts.rule();
    parts.good("");
    return rule;
  }

  private <T> T good(T read) {
    if (!problems().isEmpty()) {
      throw new IllegalArgumentException(problems().get(0).toString());
    }
    return read;
  }

  private static JsonNode tree(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no JSON: " + e.getOriginalMessage(), e);
    }
  }
}
