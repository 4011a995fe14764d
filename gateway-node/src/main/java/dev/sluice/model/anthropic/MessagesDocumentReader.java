package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.DocumentReader;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.ProviderError;
import java.util.function.Consumer;

/** Reads an answer that comes whole. */
public final class MessagesDocumentReader extends DocumentReader {
  private final MessagesAnswer answer = new MessagesAnswer();

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
