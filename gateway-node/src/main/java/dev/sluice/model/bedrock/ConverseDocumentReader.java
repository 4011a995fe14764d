package dev.sluice.model.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.anthropic.Errors;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.DocumentReader;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.ProviderError;
import java.util.function.Consumer;

/** Reads an answer of Converse's that comes whole. */
final class ConverseDocumentReader extends DocumentReader {
  private final ConverseAnswer answer = new ConverseAnswer();

  @Override
  protected boolean read(byte[] document, Consumer<AnswerEvent> out) {
    JsonNode whole = Json.tree(document);
    if (whole == null || !whole.isObject()) {
      answer.fail(unreadable("it is no JSON object"), out);
    } else {
      answer.document(whole, out);
    }
    return answer.over();
  }

  @Override
  protected ProviderError unreadable(String why) {
    return Errors.unreadable(why);
  }
}
