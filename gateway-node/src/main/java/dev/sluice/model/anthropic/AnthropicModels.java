package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.Json;
import java.nio.charset.StandardCharsets;
import java.util.Collection;

/** Answers of {@code GET /v1/models} and {@code GET /v1/models/M}, in Anthropic's dialect. The list has one page. */
public final class AnthropicModels {
  private static final String EPOCH = "1970-01-01T00:00:00Z";

  private AnthropicModels() {}

  public static byte[] list(Collection<String> names) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode data = body.putArray("data");
    String first = null;
    String last = null;
    for (String name : names) {
      data.add(model(name));
      first = first == null ? name : first;
      last = name;
    }
    body.put("has_more", false).put("first_id", first).put("last_id", last);
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }

  public static byte[] one(String name) {
    return model(name).toString().getBytes(StandardCharsets.UTF_8);
  }

  private static ObjectNode model(String name) {
    return Json.MAPPER
        .createObjectNode()
        .put("type", "model")
        .put("id", name)
        .put("display_name", name)
        .put("created_at", EPOCH);
  }
}
