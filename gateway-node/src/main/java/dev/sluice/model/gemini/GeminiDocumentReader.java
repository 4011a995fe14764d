package dev.sluice.model.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.DocumentReader;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.ProviderError;
import java.util.function.Consumer;

/** Reads an answer of Gemini's that comes whole. */
final class GeminiDocumentReader extends DocumentReader {
  private final GeminiAnswer answer = new GeminiAnswer();

  @Override
  protected boolean read(byte[] document, Consumer<AnswerEvent> out) {
    JsonNode whole = Json.tree(document);
    if (whole == null || !whole.isContainerNode()) {
      answer.fail(unreadable("it is no JSON object"), out);
      return false;
    }
    answer.take(whole, out);
    if (answer.failed()) {
      return false;
    }
    answer.wholeAnyway(out);
    if (!answer.ended()) {
      answer.fail(unreadable("it has no candidate"), out);
    }
    return answer.ended();
  }

  @Override
  protected ProviderError unreadable(String why) {
    return GeminiStreamReader.unreadable(why);
  }
}
