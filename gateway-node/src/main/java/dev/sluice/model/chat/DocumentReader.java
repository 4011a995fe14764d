package dev.sluice.model.chat;

import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;

/** Keeps an answer that comes whole until it is there, and reads it then. */
public abstract class DocumentReader implements AnswerReader {
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private boolean tooLong;

  /**
   * Says what the document says.
   *
   * @return whether it is an answer that came to its own end
   */
  protected abstract boolean read(byte[] document, Consumer<AnswerEvent> out);

  /** In the words of its dialect. */
  protected abstract ProviderError unreadable(String why);

  @Override
  public final void read(byte[] bytes, int from, int to, Consumer<AnswerEvent> out) {
    if (tooLong) {
      return;
    }
    if (kept.size() + to - from > MOST_KEPT_BYTES) {
      tooLong = true;
      kept.reset();
      out.accept(
          new AnswerEvent.Failed(unreadable("it is longer than " + MOST_KEPT_BYTES + " bytes")));
    } else {
      kept.write(bytes, from, to - from);
    }
  }

  @Override
  public final boolean end(Consumer<AnswerEvent> out) {
    return !tooLong && read(kept.toByteArray(), out);
  }
}
