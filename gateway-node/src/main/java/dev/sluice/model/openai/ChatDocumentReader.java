package dev.sluice.model.openai;

import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.DocumentReader;
import dev.sluice.model.chat.ProviderError;
import java.util.function.Consumer;

/** Reads a chat completion that comes whole. */
final class ChatDocumentReader extends DocumentReader {
  private final ChatAnswer answer;

  /** @param ids what those of tool calls begin with where the server gives none */
  ChatDocumentReader(String ids) {
    this.answer = new ChatAnswer(ids);
  }

  @Override
  protected boolean read(byte[] document, Consumer<AnswerEvent> out) {
    boolean good = answer.read(document, out);
    if (good) {
      answer.over(out);
    }
    return good;
  }

  @Override
  protected ProviderError unreadable(String why) {
    return ChatAnswer.unreadable(why);
  }
}
