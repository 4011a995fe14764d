package dev.sluice.model.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerReader;
import dev.sluice.model.chat.Json;
import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;

/** Reads an answer of Gemini's that comes whole. */
final class GeminiDocumentReader implements AnswerReader {
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private final GeminiAnswer answer = new GeminiAnswer();

  @Override
  public void read(byte[] bytes, int from, int to, Consumer<AnswerEvent> out) {
    if (answer.failed()) {
      return;
    }
    if (kept.size() + to - from > MOST_KEPT_BYTES) {
      answer.fail(
          GeminiStreamReader.unreadable("it is longer than " + MOST_KEPT_BYTES + " bytes"), out);
      kept.reset();
      return;
    }
    kept.write(bytes, from, to - from);
  }

  @Override
  public boolean end(Consumer<AnswerEvent> out) {
    if (answer.failed()) {
      return false;
    }
    JsonNode whole = Json.tree(kept.toByteArray());
    if (whole == null || !whole.isContainerNode()) {
      answer.fail(GeminiStreamReader.unreadable("it is no JSON object"), out);
      return false;
    }
    answer.take(whole, out);
    if (answer.failed()) {
      return false;
    }
    answer.wholeAnyway(out);
    if (!answer.ended()) {
      answer.fail(GeminiStreamReader.unreadable("it has no candidate"), out);
    }
    return answer.ended();
  }
}
