package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.UnsayableException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Schemas that the provider can hold an answer to: objects have no fields but those named, and there are no bounds of numbers,
 * lengths and lists. What keeps to such a schema keeps to the caller's as well, where no bound was left out.
 */
public final class StrictSchema {
  private static final Set<String> BOUNDS = Set.of(
      "minimum",
      "maximum",
      "exclusiveMinimum",
      "exclusiveMaximum",
      "multipleOf",
      "minLength",
      "maxLength",
      "maxItems",
      "uniqueItems",
      "minProperties",
      "maxProperties");

  private static final Set<String> SCHEMAS_BY_NAME = Set.of("properties", "$defs", "definitions");

  private final @Nullable Losses losses;

  /** @param losses of bounds; null if bounds are only wishes, which are left out in silence */
  public StrictSchema(@Nullable Losses losses) {
    this.losses = losses;
  }

  /** @param at where the schema stands in the caller's request */
  public ObjectNode of(ObjectNode schema, String at) throws UnsayableException {
    ObjectNode strict = schema.deepCopy();
    restrict(strict, at);
    return strict;
  }

  private void restrict(JsonNode schema, String at) throws UnsayableException {
    if (!(schema instanceof ObjectNode object)) {
      return;
    }
    for (String bound : BOUNDS) {
      leaveOut(object, bound, at);
    }
    if (object.path("minItems").asLong() > 1) {
      leaveOut(object, "minItems", at);
    }
    if (object.path("type").asText().equals("object") || object.has("properties")) {
      JsonNode more = object.path("additionalProperties");
      if (more.isObject() && !more.isEmpty() && losses != null) {
        losses.drop(at + ".additionalProperties", "Claude can't be held to fields of any name");
      }
      object.put("additionalProperties", false);
    }
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      String here = at + "." + field.getKey();
      if (SCHEMAS_BY_NAME.contains(field.getKey())) {
        for (Map.Entry<String, JsonNode> named : field.getValue().properties()) {
          restrict(named.getValue(), here + "." + named.getKey());
        }
      } else if (field.getKey().equals("items")) {
        restrict(field.getValue(), here);
      } else if (field.getKey().endsWith("Of") && field.getValue() instanceof ArrayNode all) {
        for (int i = 0; i < all.size(); i++) {
          restrict(all.path(i), here + "[" + i + "]");
        }
      }
    }
  }

  private void leaveOut(ObjectNode object, String bound, String at) throws UnsayableException {
    if (!object.has(bound)) {
      return;
    }
    if (losses != null) {
      losses.drop(at + "." + bound, "Claude can't be held to " + bound);
    }
    object.remove(bound);
  }
}
