package dev.sluice.model.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.ProviderError;
import java.util.function.Consumer;

/** Reads an answer of Converse's that comes as frames. */
final class ConverseStreamReader extends FrameReader {
  private final ConverseAnswer answer = new ConverseAnswer();

  @Override
  void event(String type, byte[] payload, Consumer<AnswerEvent> out) {
    JsonNode event = object(Json.tree(payload), out);
    if (event != null) {
      answer.event(type, event, out);
    }
  }

  @Override
  boolean failed() {
    return answer.failed();
  }

  @Override
  void fail(ProviderError error, Consumer<AnswerEvent> out) {
    answer.fail(error, out);
  }

  @Override
  boolean over() {
    return answer.over();
  }
}
