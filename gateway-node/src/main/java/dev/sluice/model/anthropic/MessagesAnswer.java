package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerEvent.Reason;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.Signature;
import dev.sluice.model.chat.Signature.Maker;
import dev.sluice.model.chat.TokenUsage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What an answer of this dialect says, event by event; however the events come. A call of {@link AnswerTool} is the text of the
 * answer. Blocks of tools that run at the provider, and events that are not known, say nothing.
 */
public final class MessagesAnswer {
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
  private @Nullable TokenUsage usage;

  /** Whether the message has come to its own end. */
  public boolean over() {
    return over && !failed;
  }

  public boolean failed() {
    return failed;
  }

  public void fail(ProviderError error, Consumer<AnswerEvent> out) {
    failed = true;
    out.accept(new AnswerEvent.Failed(error));
  }

  /** Takes one event of a stream. */
  public void event(JsonNode event, Consumer<AnswerEvent> out) {
    if (failed) {
      return;
    }
    switch (event.path("type").asText()) {
      case "message_start" -> {
        out.accept(new AnswerEvent.Began(event.path("message").path("id").asText()));
        usage = Usage.after(null, event.path("message").get("usage"));
      }
      case "content_block_start" -> blockStart(event.path("content_block"), out);
      case "content_block_delta" -> delta(event.path("delta"), out);
      case "content_block_stop" -> blockStop(out);
      case "message_delta" -> {
        ended(event.path("delta"), out);
        used(event.get("usage"), out);
      }
      case "message_stop" -> over = true;
      case "error" -> fail(Errors.inStream(event), out);
      default -> {}
    }
  }

  /** Takes a whole message. */
  public void document(JsonNode message, Consumer<AnswerEvent> out) {
    if (!message.path("type").asText().equals("message")
        || !message.path("content").isArray()) {
      fail(
          message.path("error").isObject()
              ? Errors.inStream(message)
              : Errors.unreadable("it is no message"),
          out);
      return;
    }
    out.accept(new AnswerEvent.Began(message.path("id").asText()));
    for (JsonNode block : message.path("content")) {
      blockStart(block, out);
      blockStop(out);
    }
    ended(message, out);
    used(message.get("usage"), out);
    over = true;
  }

  private void blockStart(JsonNode block, Consumer<AnswerEvent> out) {
    open = Open.NOTHING;
    switch (block.path("type").asText()) {
      case "text" -> text(block.path("text").asText(), out);
      case "thinking" -> {
        thought(block.path("thinking").asText(), out);
        signed(block.path("signature").asText(), out);
      }
      case "redacted_thinking" ->
        out.accept(
            new AnswerEvent.Signed(0, Thoughts.redacted(block.path("data").asText())));
      case "tool_use" -> {
        boolean answer = block.path("name").asText().equals(AnswerTool.NAME);
        open = answer ? Open.ANSWER : Open.TOOL;
        answered |= answer;
        anyArguments = false;
        if (!answer) {
          out.accept(new AnswerEvent.ToolBegan(
              0, tools++, block.path("id").asText(), block.path("name").asText()));
        }
        if (!block.path("input").isEmpty()) {
          arguments(block.path("input").toString(), out);
        }
      }
      default -> {}
    }
  }

  private void delta(JsonNode delta, Consumer<AnswerEvent> out) {
    switch (delta.path("type").asText()) {
      case "text_delta" -> text(delta.path("text").asText(), out);
      case "thinking_delta" -> thought(delta.path("thinking").asText(), out);
      case "signature_delta" -> signed(delta.path("signature").asText(), out);
      case "input_json_delta" -> arguments(delta.path("partial_json").asText(), out);
      default -> {}
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

  private static void thought(String text, Consumer<AnswerEvent> out) {
    if (!text.isEmpty()) {
      out.accept(new AnswerEvent.Thought(0, text));
    }
  }

  private static void signed(String signature, Consumer<AnswerEvent> out) {
    if (!signature.isEmpty()) {
      out.accept(new AnswerEvent.Signed(0, new Signature(Maker.ANTHROPIC, signature)));
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

  private void ended(JsonNode said, Consumer<AnswerEvent> out) {
    if (!said.path("stop_reason").isTextual()) {
      return;
    }
    Reason reason = Stops.read(said.path("stop_reason").textValue());
    boolean onlyAnswered = reason == Reason.TOOL_CALLS && answered && tools == 0;
    String met =
        said.path("stop_sequence").isTextual() ? said.path("stop_sequence").textValue() : "";
    out.accept(new AnswerEvent.Ended(0, onlyAnswered ? Reason.STOP : reason, met));
  }

  /** What the beginning of a stream tells is not told on before its end: it is not what the answer came to. */
  private void used(@Nullable JsonNode told, Consumer<AnswerEvent> out) {
    usage = Usage.after(usage, told);
    if (told != null && told.isObject() && usage != null) {
      out.accept(new AnswerEvent.Used(usage));
    }
  }
}
