package dev.sluice.model.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.Json;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Gemini's own schemas, a part of OpenAPI's, as JSON schemas: types are in upper case there, a nullable is a flag, names come
 * in two spellings, and counts may be texts. Names it does not know stay as they are.
 */
final class Schemas {
  private static final Pattern COUNT = Pattern.compile("-?\\d{1,18}");

  private Schemas() {}

  static ObjectNode toJson(ObjectNode schema) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    boolean nullable = false;
    JsonNode order = Json.MAPPER.missingNode();
    for (Map.Entry<String, JsonNode> field : schema.properties()) {
      JsonNode value = field.getValue();
      switch (field.getKey()) {
        case "type" -> type(json, value);
        case "nullable" -> nullable = value.asBoolean();
        case "properties", "defs", "$defs" ->
          json.set(field.getKey().equals("defs") ? "$defs" : field.getKey(), each(value));
        case "items" -> json.set("items", nested(value));
        case "anyOf", "any_of" -> json.set("anyOf", each(value));
        case "additionalProperties", "additional_properties" ->
          json.set("additionalProperties", nested(value));
        case "propertyOrdering", "property_ordering" -> order = value;
        case "example" -> json.putArray("examples").add(value);
        case "ref" -> json.set("$ref", value);
        case "minItems", "min_items" -> json.set("minItems", count(value));
        case "maxItems", "max_items" -> json.set("maxItems", count(value));
        case "minLength", "min_length" -> json.set("minLength", count(value));
        case "maxLength", "max_length" -> json.set("maxLength", count(value));
        case "minProperties", "min_properties" -> json.set("minProperties", count(value));
        case "maxProperties", "max_properties" -> json.set("maxProperties", count(value));
        default -> json.set(field.getKey(), value);
      }
    }
    if (nullable) {
      allowNull(json);
    }
    if (order.isArray() && json.get("properties") instanceof ObjectNode properties) {
      json.set("properties", ordered(properties, order));
    }
    return json;
  }

  private static void type(ObjectNode json, JsonNode type) {
    String name = type.asText().toLowerCase(Locale.ROOT);
    if (type.isTextual() && !name.equals("type_unspecified")) {
      json.put("type", name);
    } else if (!type.isTextual()) {
      json.set("type", type);
    }
  }

  private static void allowNull(ObjectNode json) {
    if (json.path("type").isTextual()) {
      String type = json.path("type").textValue();
      json.putArray("type").add(type).add("null");
    }
    if (json.get("anyOf") instanceof ArrayNode options) {
      options.addObject().put("type", "null");
    }
    if (json.get("enum") instanceof ArrayNode values) {
      json.set("enum", values.deepCopy().addNull());
    }
  }

  private static JsonNode nested(JsonNode value) {
    return value instanceof ObjectNode object ? toJson(object) : value;
  }

  /** Of an object or a list of schemas. */
  private static JsonNode each(JsonNode schemas) {
    if (schemas.isArray()) {
      ArrayNode list = Json.MAPPER.createArrayNode();
      schemas.forEach(schema -> list.add(nested(schema)));
      return list;
    }
    ObjectNode named = Json.MAPPER.createObjectNode();
    schemas.properties().forEach(field -> named.set(field.getKey(), nested(field.getValue())));
    return named;
  }

  private static ObjectNode ordered(ObjectNode properties, JsonNode order) {
    ObjectNode ordered = Json.MAPPER.createObjectNode();
    for (JsonNode name : order) {
      if (properties.has(name.asText())) {
        ordered.set(name.asText(), properties.path(name.asText()));
      }
    }
    properties.properties().forEach(field -> ordered.putIfAbsent(field.getKey(), field.getValue()));
    return ordered;
  }

  private static JsonNode count(JsonNode value) {
    return value.isTextual() && COUNT.matcher(value.textValue()).matches()
        ? Json.MAPPER.getNodeFactory().numberNode(Long.parseLong(value.textValue()))
        : value;
  }
}
