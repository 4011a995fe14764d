package dev.sluice.model.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerReader;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.SseEvents;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Reads an answer of Gemini's that comes as events. */
final class GeminiStreamReader implements AnswerReader {
  private final SseEvents events = new SseEvents(MOST_KEPT_BYTES);
  private final GeminiAnswer answer = new GeminiAnswer();

  @Override
  public void read(byte[] bytes, int from, int to, Consumer<AnswerEvent> out) {
    if (answer.failed()) {
      return;
    }
    events.read(bytes, from, to, (name, data) -> event(data, out));
    if (events.tooLong() && !answer.failed()) {
      answer.fail(unreadable("an event is longer than " + MOST_KEPT_BYTES + " bytes"), out);
    }
  }

  private void event(String data, Consumer<AnswerEvent> out) {
    if (answer.failed()) {
      return;
    }
    JsonNode chunk = Json.tree(data.getBytes(StandardCharsets.UTF_8));
    if (chunk == null || !chunk.isContainerNode()) {
      answer.fail(unreadable("an event is no JSON object"), out);
    } else {
      answer.take(chunk, out);
    }
  }

  static ProviderError unreadable(String why) {
    return new ProviderError(
        502, ProviderError.Kind.FAILED, "Gemini's answer can't be read: " + why);
  }

  @Override
  public boolean end(Consumer<AnswerEvent> out) {
    return answer.ended();
  }
}
