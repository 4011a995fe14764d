package dev.sluice.model.gemini;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.Json;
import java.nio.charset.StandardCharsets;
import java.util.Collection;

/** Answers of {@code GET /v1beta/models} and {@code GET /v1beta/models/M}. */
public final class GeminiModels {
  private GeminiModels() {}

  public static byte[] list(Collection<String> names) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode models = body.putArray("models");
    names.forEach(name -> models.add(model(name)));
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }

  public static byte[] one(String name) {
    return model(name).toString().getBytes(StandardCharsets.UTF_8);
  }

  private static ObjectNode model(String name) {
    ObjectNode model = Json.MAPPER
        .createObjectNode()
        .put("name", "models/" + name)
        .put("version", "")
        .put("displayName", name);
    model
        .putArray("supportedGenerationMethods")
        .add(GeminiQuestion.WHOLE)
        .add(GeminiQuestion.STREAM)
        .add(OtherQuestion.COUNT);
    return model;
  }
}
