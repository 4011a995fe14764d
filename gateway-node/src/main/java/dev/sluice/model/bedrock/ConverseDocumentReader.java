package dev.sluice.model.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.anthropic.Errors;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerReader;
import dev.sluice.model.chat.Json;
import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;

/** Reads an answer of Converse's that comes whole. */
final class ConverseDocumentReader implements AnswerReader {
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private final ConverseAnswer answer = new ConverseAnswer();

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
    JsonNode whole = Json.tree(kept.toByteArray());
    if (whole == null || !whole.isObject()) {
      answer.fail(Errors.unreadable("it is no JSON object"), out);
    } else {
      answer.document(whole, out);
    }
    return answer.over();
  }
}
