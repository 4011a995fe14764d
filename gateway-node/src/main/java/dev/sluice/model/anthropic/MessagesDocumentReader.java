package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerReader;
import dev.sluice.model.chat.Json;
import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;

/** Reads an answer that comes whole. */
public final class MessagesDocumentReader implements AnswerReader {
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private final MessagesAnswer answer = new MessagesAnswer();

  @Override
  public void read(byte[] bytes, int from, int to, Consumer<AnswerEvent> out) {
    if (answer.failed()) {
      return;
    }
    if (kept.size() + to - from > MOST_KEPT_BYTES) {
      kept.reset();
      answer.fail(Errors.unreadable("it is longer than " + MOST_KEPT_BYTES + " bytes"), out);
    } else {
      kept.write(bytes, from, to - from);
    }
  }

  @Override
  public boolean end(Consumer<AnswerEvent> out) {
    if (answer.failed()) {
      return false;
    }
    JsonNode message = Json.tree(kept.toByteArray());
    if (message == null || !message.isObject()) {
      answer.fail(Errors.unreadable("it is no JSON object"), out);
    } else {
      answer.document(message, out);
    }
    return answer.over();
  }
}
