package dev.sluice.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.ingress.SpendingTree;
import dev.sluice.ingress.manifest.TenantParts;
import dev.sluice.tenancy.TenantId;
import java.util.Locale;

/** Limits and places as the API writes them. */
final class Documents {
  private Documents() {}

  /** @param kept as the database has them */
  static ArrayNode limits(String kept) {
    return TenantParts.json(TenantParts.limitsOf(kept));
  }

  /** A limit with its place in its name. */
  static ObjectNode placed(SpendingTree.Limit limit) {
    ObjectNode json = JsonNodeFactory.instance
        .objectNode()
        .put("name", limit.name())
        .put("unit", word(limit.unit()))
        .put("amount", limit.amount())
        .put("window", word(limit.window()));
    limit.models().forEach(json.putArray("models")::add);
    return json.put("mode", limit.observed() ? "observe" : "enforce");
  }

  /** Path below {@code /api/v1}. */
  static String path(TenantId id) {
    return "/tenants/" + id.tenant() + (id.place().isEmpty() ? "" : "/" + id.place());
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
