package dev.sluice.model.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.anthropic.Errors;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerReader;
import dev.sluice.model.chat.Json;
import java.util.Map;
import java.util.function.Consumer;

/** Reads an answer of Converse's that comes as frames. */
final class ConverseStreamReader implements AnswerReader {
  private final EventFrames frames = new EventFrames(MOST_KEPT_BYTES);
  private final ConverseAnswer answer = new ConverseAnswer();

  @Override
  public void read(byte[] bytes, int from, int to, Consumer<AnswerEvent> out) {
    if (answer.failed()) {
      return;
    }
    frames.read(bytes, from, to, (fields, payload) -> frame(fields, payload, out));
    String failure = frames.failure();
    if (failure != null && !answer.failed()) {
      answer.fail(Errors.unreadable(failure), out);
    }
  }

  private void frame(Map<String, String> fields, byte[] payload, Consumer<AnswerEvent> out) {
    if (answer.failed()) {
      return;
    }
    if (!"event".equals(fields.get(":message-type"))) {
      answer.fail(BedrockErrors.inStream(fields, payload), out);
      return;
    }
    JsonNode event = Json.tree(payload);
    if (event == null || !event.isObject()) {
      answer.fail(Errors.unreadable("an event is no JSON object"), out);
    } else {
      answer.event(fields.getOrDefault(":event-type", ""), event, out);
    }
  }

  @Override
  public boolean end(Consumer<AnswerEvent> out) {
    return answer.over() && frames.atEnd();
  }
}
