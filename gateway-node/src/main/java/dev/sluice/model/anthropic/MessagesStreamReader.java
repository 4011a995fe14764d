package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerReader;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.SseEvents;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Reads a message as it is made. What it does not know, it passes over. */
final class MessagesStreamReader implements AnswerReader {
  private final SseEvents events = new SseEvents(MOST_KEPT_BYTES);
  private final MessageParts parts = new MessageParts();
  private final MessageUsage usage = new MessageUsage();
  private String reason = "";
  private String stopSequence = "";
  private boolean over;
  private boolean whole;

  @Override
  public void read(byte[] bytes, int from, int to, Consumer<AnswerEvent> out) {
    if (over) {
      return;
    }
    events.read(bytes, from, to, (name, data) -> event(data, out));
    if (events.tooLong() && !over) {
      fail("one of its events is longer than " + MOST_KEPT_BYTES + " bytes", out);
    }
  }

  private void fail(String why, Consumer<AnswerEvent> out) {
    over = true;
    out.accept(new AnswerEvent.Failed(new ProviderError(
        502, ProviderError.Kind.FAILED, "the provider's answer can't be read: " + why)));
  }

  private void event(String data, Consumer<AnswerEvent> out) {
    if (over || data.isBlank()) {
      return;
    }
    JsonNode event = Json.tree(data.getBytes(StandardCharsets.UTF_8));
    if (event == null || !event.isObject()) {
      fail("one of its events is not JSON", out);
      return;
    }
    int index = event.path("index").asInt();
    switch (event.path("type").asText()) {
      case "message_start" -> {
        out.accept(new AnswerEvent.Began(event.path("message").path("id").asText("")));
        used(event.path("message").path("usage"), out);
      }
      case "content_block_start" -> parts.begins(index, event.path("content_block"), out);
      case "content_block_delta" -> parts.grows(index, event.path("delta"), out);
      case "content_block_stop" -> parts.ends(index, out);
      case "message_delta" -> {
        reason = event.path("delta").path("stop_reason").asText(reason);
        stopSequence = event.path("delta").path("stop_sequence").asText(stopSequence);
        used(event.path("usage"), out);
      }
      case "message_stop" -> {
        over = true;
        whole = true;
        String sequence = reason.equals("stop_sequence") ? stopSequence : "";
        out.accept(new AnswerEvent.Ended(0, StopReasons.read(reason), sequence));
      }
      case "error" -> {
        over = true;
        out.accept(new AnswerEvent.Failed(AnthropicErrors.of(0, event.path("error"))));
      }
      default -> {}
    }
  }

  private void used(JsonNode told, Consumer<AnswerEvent> out) {
    if (told.isObject()) {
      usage.read(told);
      out.accept(new AnswerEvent.Used(usage.usage()));
    }
  }

  @Override
  public boolean end(Consumer<AnswerEvent> out) {
    over = true;
    return whole;
  }
}
