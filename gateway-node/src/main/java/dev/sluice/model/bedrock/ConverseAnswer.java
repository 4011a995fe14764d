package dev.sluice.model.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.anthropic.AnswerTool;
import dev.sluice.model.anthropic.Errors;
import dev.sluice.model.anthropic.Thoughts;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerEvent.Reason;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.Signature;
import dev.sluice.model.chat.Signature.Maker;
import dev.sluice.model.chat.TokenUsage;
import java.util.function.Consumer;

/**
 * What an answer of Converse's says, event by event. A call of {@link AnswerTool} is the text of the answer. The last event is the
 * one with the usage.
 */
final class ConverseAnswer {
  /** What the block is that grows. */
  private enum Open {
    NOTHING,
    TOOL,
    ANSWER
  }

  private Open open = Open.NOTHING;
  private int tools;
  private boolean anyArguments;
  private boolean answered;
  private boolean over;
  private boolean failed;

  /** Whether the answer has come to its own end. */
  boolean over() {
    return over && !failed;
  }

  boolean failed() {
    return failed;
  }

  void fail(ProviderError error, Consumer<AnswerEvent> out) {
    failed = true;
    out.accept(new AnswerEvent.Failed(error));
  }

  /** @param type of the event, as its frame names it */
  void event(String type, JsonNode event, Consumer<AnswerEvent> out) {
    switch (type) {
      case "messageStart" -> out.accept(new AnswerEvent.Began(""));
      case "contentBlockStart" -> {
        if (event.path("start").has("toolUse")) {
          toolBegan(event.path("start").path("toolUse"), out);
        }
      }
      case "contentBlockDelta" -> {
        JsonNode delta = event.path("delta");
        text(delta.path("text").asText(), out);
        arguments(delta.path("toolUse").path("input").asText(), out);
        thought(delta.path("reasoningContent"), delta.path("reasoningContent"), out);
      }
      case "contentBlockStop" -> blockStop(out);
      case "messageStop" -> ended(event, out);
      case "metadata" -> used(event, out);
      default -> {}
    }
  }

  void document(JsonNode answer, Consumer<AnswerEvent> out) {
    JsonNode content = answer.path("output").path("message").path("content");
    if (!content.isArray()) {
      fail(Errors.unreadable("it has no message"), out);
      return;
    }
    out.accept(new AnswerEvent.Began(""));
    for (JsonNode block : content) {
      text(block.path("text").asText(), out);
      for (JsonNode cited : block.path("citationsContent").path("content")) {
        text(cited.path("text").asText(), out);
      }
      JsonNode reasoning = block.path("reasoningContent");
      thought(reasoning, reasoning.path("reasoningText"), out);
      if (block.has("toolUse")) {
        toolBegan(block.path("toolUse"), out);
        if (!block.path("toolUse").path("input").isEmpty()) {
          arguments(block.path("toolUse").path("input").toString(), out);
        }
        blockStop(out);
      }
    }
    ended(answer, out);
    if (!failed) {
      used(answer, out);
    }
  }

  private void toolBegan(JsonNode tool, Consumer<AnswerEvent> out) {
    boolean answer = tool.path("name").asText().equals(AnswerTool.NAME);
    open = answer ? Open.ANSWER : Open.TOOL;
    answered |= answer;
    anyArguments = false;
    if (!answer) {
      out.accept(new AnswerEvent.ToolBegan(
          0, tools++, tool.path("toolUseId").asText(), tool.path("name").asText()));
    }
  }

  private void arguments(String json, Consumer<AnswerEvent> out) {
    if (json.isEmpty()) {
      return;
    }
    anyArguments = true;
    if (open == Open.TOOL) {
      out.accept(new AnswerEvent.ToolArguments(0, tools - 1, json));
    } else if (open == Open.ANSWER) {
      text(json, out);
    }
  }

  /** A call without arguments has an empty object of them. */
  private void blockStop(Consumer<AnswerEvent> out) {
    if (open != Open.NOTHING && !anyArguments) {
      arguments("{}", out);
    }
    open = Open.NOTHING;
  }

  private static void text(String text, Consumer<AnswerEvent> out) {
    if (!text.isEmpty()) {
      out.accept(new AnswerEvent.Text(0, text));
    }
  }

  /** @param words the object that has text and signature */
  private static void thought(JsonNode reasoning, JsonNode words, Consumer<AnswerEvent> out) {
    String text = words.path("text").asText();
    if (!text.isEmpty()) {
      out.accept(new AnswerEvent.Thought(0, text));
    }
    String signature = words.path("signature").asText();
    if (!signature.isEmpty()) {
      out.accept(new AnswerEvent.Signed(0, new Signature(Maker.ANTHROPIC, signature)));
    }
    String redacted = reasoning.path("redactedContent").asText();
    if (!redacted.isEmpty()) {
      out.accept(new AnswerEvent.Signed(0, Thoughts.redacted(redacted)));
    }
  }

  private void ended(JsonNode said, Consumer<AnswerEvent> out) {
    String word = said.path("stopReason").asText();
    if (word.startsWith("malformed_")) {
      fail(Errors.unreadable("the model's output is malformed (" + word + ")"), out);
      return;
    }
    Reason reason = switch (word) {
      case "tool_use" -> tools == 0 && answered ? Reason.STOP : Reason.TOOL_CALLS;
      case "max_tokens", "model_context_window_exceeded" -> Reason.LENGTH;
      case "guardrail_intervened", "content_filtered" -> Reason.FILTERED;
      default -> Reason.STOP;
    };
    JsonNode met = said.path("additionalModelResponseFields").path("stop_sequence");
    out.accept(new AnswerEvent.Ended(0, reason, met.isTextual() ? met.textValue() : ""));
  }

  private void used(JsonNode said, Consumer<AnswerEvent> out) {
    over = true;
    JsonNode usage = said.path("usage");
    if (usage.isObject()) {
      out.accept(new AnswerEvent.Used(usage(usage)));
    }
  }

  /** The cache's parts are not among the input tokens. */
  static TokenUsage usage(JsonNode usage) {
    return new TokenUsage(
        usage.path("inputTokens").asLong(),
        usage.path("cacheReadInputTokens").asLong(),
        usage.path("cacheWriteInputTokens").asLong(),
        usage.path("outputTokens").asLong(),
        0);
  }
}
