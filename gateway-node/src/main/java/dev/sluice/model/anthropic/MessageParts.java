package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.Signature;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** What the blocks of a message say, as they come. */
final class MessageParts {
  private final Map<Integer, Integer> tools = new HashMap<>();
  private final Map<Integer, StringBuilder> signatures = new HashMap<>();
  private final Map<Integer, Boolean> argued = new HashMap<>();

  /** @param block may hold all of it, or the beginning */
  void begins(int index, JsonNode block, Consumer<AnswerEvent> out) {
    switch (block.path("type").asText()) {
      case "text" -> text(block.path("text").asText(""), out);
      case "thinking" -> {
        thought(block.path("thinking").asText(""), out);
        signatures
            .computeIfAbsent(index, none -> new StringBuilder())
            .append(block.path("signature").asText(""));
      }
      case "redacted_thinking" ->
        out.accept(new AnswerEvent.Signed(
            0,
            new Signature(
                Signature.Maker.ANTHROPIC,
                ContentBlocks.REDACTED + block.path("data").asText(""))));
      case "tool_use" -> {
        int tool = tools.size();
        tools.put(index, tool);
        out.accept(new AnswerEvent.ToolBegan(
            0, tool, block.path("id").asText(""), block.path("name").asText("")));
        if (!block.path("input").isEmpty()) {
          arguments(index, block.path("input").toString(), out);
        }
      }
      default -> {}
    }
  }

  void grows(int index, JsonNode delta, Consumer<AnswerEvent> out) {
    switch (delta.path("type").asText()) {
      case "text_delta" -> text(delta.path("text").asText(""), out);
      case "thinking_delta" -> thought(delta.path("thinking").asText(""), out);
      case "signature_delta" ->
        signatures
            .computeIfAbsent(index, none -> new StringBuilder())
            .append(delta.path("signature").asText(""));
      case "input_json_delta" -> arguments(index, delta.path("partial_json").asText(""), out);
      default -> {}
    }
  }

  void ends(int index, Consumer<AnswerEvent> out) {
    StringBuilder signature = signatures.remove(index);
    if (signature != null && signature.length() > 0) {
      out.accept(
          new AnswerEvent.Signed(0, Signature.of(signature.toString(), Signature.Maker.ANTHROPIC)));
    }
    if (tools.containsKey(index) && !argued.containsKey(index)) {
      arguments(index, "{}", out);
    }
  }

  private static void text(String text, Consumer<AnswerEvent> out) {
    if (!text.isEmpty()) {
      out.accept(new AnswerEvent.Text(0, text));
    }
  }

  private static void thought(String text, Consumer<AnswerEvent> out) {
    if (!text.isEmpty()) {
      out.accept(new AnswerEvent.Thought(0, text));
    }
  }

  private void arguments(int index, String json, Consumer<AnswerEvent> out) {
    Integer tool = tools.get(index);
    if (tool != null && !json.isEmpty()) {
      argued.put(index, true);
      out.accept(new AnswerEvent.ToolArguments(0, tool, json));
    }
  }
}
