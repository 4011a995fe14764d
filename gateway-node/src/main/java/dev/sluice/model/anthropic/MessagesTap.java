package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.AnswerReader;
import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.SseEvents;
import dev.sluice.model.chat.TokenUsage;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Finds the usage of a message that passes as it is made. */
final class MessagesTap implements AnswerTap {
  private static final byte[] NOTHING = {};

  private final SseEvents events = new SseEvents(AnswerReader.MOST_KEPT_BYTES);
  private final MessageUsage usage = new MessageUsage();
  private boolean whole;

  @Override
  public byte[] pass(byte[] bytes, int from, int to) {
    events.read(bytes, from, to, this::event);
    return DocumentTap.copy(bytes, from, to);
  }

  private void event(String name, String data) {
    switch (name) {
      case "message_start" -> read(data, true);
      case "message_delta" -> read(data, false);
      case "message_stop" -> whole = true;
      // It says itself that it is over, and how.
      case "error" -> whole = true;
      default -> {}
    }
  }

  private void read(String data, boolean start) {
    JsonNode event = Json.tree(data.getBytes(StandardCharsets.UTF_8));
    if (event != null) {
      usage.read((start ? event.path("message") : event).path("usage"));
    }
  }

  @Override
  public byte[] rest() {
    return NOTHING;
  }

  @Override
  public boolean whole() {
    return whole;
  }

  @Override
  public @Nullable TokenUsage usage() {
    return usage.told() ? usage.usage() : null;
  }
}
