package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerReader;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.SseEvents;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Reads an answer that comes as events. */
final class MessagesStreamReader implements AnswerReader {
  private final SseEvents events = new SseEvents(MOST_KEPT_BYTES);
  private final MessagesAnswer answer = new MessagesAnswer();

  @Override
  public void read(byte[] bytes, int from, int to, Consumer<AnswerEvent> out) {
    if (answer.failed()) {
      return;
    }
    events.read(bytes, from, to, (name, data) -> event(data, out));
    if (events.tooLong() && !answer.failed()) {
      answer.fail(Errors.unreadable("an event is longer than " + MOST_KEPT_BYTES + " bytes"), out);
    }
  }

  private void event(String data, Consumer<AnswerEvent> out) {
    if (answer.failed()) {
      return;
    }
    JsonNode event = Json.tree(data.getBytes(StandardCharsets.UTF_8));
    if (event == null || !event.isObject()) {
      answer.fail(Errors.unreadable("an event is no JSON object"), out);
    } else {
      answer.event(event, out);
    }
  }

  @Override
  public boolean end(Consumer<AnswerEvent> out) {
    return answer.over();
  }
}
