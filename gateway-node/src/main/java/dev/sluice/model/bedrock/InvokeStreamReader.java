package dev.sluice.model.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.anthropic.MessagesAnswer;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.ProviderError;
import java.util.function.Consumer;

/** Reads an answer of Claude's that comes as frames. */
final class InvokeStreamReader extends FrameReader {
  private final MessagesAnswer answer = new MessagesAnswer();

  @Override
  void event(String type, byte[] payload, Consumer<AnswerEvent> out) {
    if (!type.equals("chunk")) {
      return;
    }
    byte[] bytes = InvokeEvents.bytes(payload);
    JsonNode event = object(bytes == null ? null : Json.tree(bytes), out);
    if (event != null) {
      answer.event(event, out);
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
