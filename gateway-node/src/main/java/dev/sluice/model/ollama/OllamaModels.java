package dev.sluice.model.ollama;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;

/**
 * Answers of {@code GET /api/tags}, {@code POST /api/show} and {@code GET /api/version}. Of files, formats and sizes nothing is
 * known here: they are empty.
 */
public final class OllamaModels {
  private OllamaModels() {}

  public static byte[] tags(Collection<String> names) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode models = body.putArray("models");
    for (String name : names) {
      ObjectNode model = models
          .addObject()
          .put("name", name)
          .put("model", name)
          .put("modified_at", Instant.EPOCH.toString())
          .put("size", 0)
          .put("digest", "");
      model.set("details", details());
    }
    return bytes(body);
  }

  public static byte[] show() {
    ObjectNode body = Json.MAPPER
        .createObjectNode()
        .put("modelfile", "")
        .put("parameters", "")
        .put("template", "")
        .put("modified_at", Instant.EPOCH.toString());
    body.set("details", details());
    body.putObject("model_info");
    body.putArray("capabilities").add("completion").add("tools");
    return bytes(body);
  }

  /** @param version of Ollama's API that callers may count on: {@code 0.12.0} */
  public static byte[] version(String version) {
    return bytes(Json.MAPPER.createObjectNode().put("version", version));
  }

  private static ObjectNode details() {
    ObjectNode details = Json.MAPPER
        .createObjectNode()
        .put("parent_model", "")
        .put("format", "")
        .put("family", "")
        .put("parameter_size", "")
        .put("quantization_level", "");
    details.putArray("families");
    return details;
  }

  private static byte[] bytes(ObjectNode body) {
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }
}
