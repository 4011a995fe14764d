package dev.sluice.model.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.Json;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What a response tells of its request again. */
final class ResponseHead {
  /** Fields of the request, with what stands for them if they were not said. */
  private static final Map<String, String> TOLD_AGAIN = Map.ofEntries(
      Map.entry("instructions", "null"),
      Map.entry("max_output_tokens", "null"),
      Map.entry("max_tool_calls", "null"),
      Map.entry("metadata", "{}"),
      Map.entry("parallel_tool_calls", "true"),
      Map.entry("reasoning", "{\"effort\":null,\"summary\":null}"),
      Map.entry("temperature", "1.0"),
      Map.entry("text", "{\"format\":{\"type\":\"text\"}}"),
      Map.entry("tool_choice", "\"auto\""),
      Map.entry("tools", "[]"),
      Map.entry("top_p", "1.0"),
      Map.entry("truncation", "\"disabled\""),
      Map.entry("user", "null"));

  private ResponseHead() {}

  /** All but its output and usage. Nothing is stored, whatever was asked for. */
  static ObjectNode of(ResponsesQuestion question, AnswerTerms terms, String status) {
    ObjectNode response = Json.MAPPER.createObjectNode();
    response
        .put("id", "resp_" + terms.id())
        .put("object", "response")
        .put("created_at", terms.createdSeconds())
        .put("status", status)
        .put("background", false)
        .putNull("error")
        .putNull("incomplete_details")
        .put("model", terms.model())
        .putNull("previous_response_id")
        .put("store", false);
    TOLD_AGAIN.forEach((field, usual) -> {
      JsonNode said = question.field(field);
      boolean any = !said.isMissingNode() && !said.isNull();
      response.set(field, any ? said : Json.tree(usual.getBytes(StandardCharsets.US_ASCII)));
    });
    return response;
  }
}
