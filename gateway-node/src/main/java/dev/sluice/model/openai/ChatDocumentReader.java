package dev.sluice.model.openai;

import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerReader;
import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;

/** Reads a chat completion that comes whole. */
final class ChatDocumentReader implements AnswerReader {
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private final ChatAnswer answer;
  private boolean failed;

  /** @param ids what those of tool calls begin with where the server gives none */
  ChatDocumentReader(String ids) {
    this.answer = new ChatAnswer(ids);
  }

  @Override
  public void read(byte[] bytes, int from, int to, Consumer<AnswerEvent> out) {
    if (failed) {
      return;
    }
    if (kept.size() + to - from > MOST_KEPT_BYTES) {
      failed = true;
      kept.reset();
      out.accept(new AnswerEvent.Failed(
          ChatAnswer.unreadable("it is longer than " + MOST_KEPT_BYTES + " bytes")));
      return;
    }
    kept.write(bytes, from, to - from);
  }

  @Override
  public boolean end(Consumer<AnswerEvent> out) {
    if (failed) {
      return false;
    }
    failed = !answer.read(kept.toByteArray(), out);
    if (!failed) {
      answer.over(out);
    }
    return !failed;
  }
}
