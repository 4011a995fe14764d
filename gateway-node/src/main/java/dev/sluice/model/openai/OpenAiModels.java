package dev.sluice.model.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.Json;
import java.nio.charset.StandardCharsets;
import java.util.Collection;

/** Answers of {@code GET /v1/models} and {@code GET /v1/models/M}. */
public final class OpenAiModels {
  private OpenAiModels() {}

  public static byte[] list(Collection<String> names) {
    ObjectNode body = Json.MAPPER.createObjectNode().put("object", "list");
    ArrayNode data = body.putArray("data");
    names.forEach(name -> data.add(model(name)));
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }

  public static byte[] one(String name) {
    return model(name).toString().getBytes(StandardCharsets.UTF_8);
  }

  private static ObjectNode model(String name) {
    return Json.MAPPER
        .createObjectNode()
        .put("id", name)
        .put("object", "model")
        .put("created", 0)
        .put("owned_by", "sluice");
  }
}
