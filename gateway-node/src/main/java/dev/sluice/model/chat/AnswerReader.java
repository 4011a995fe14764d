package dev.sluice.model.chat;

import java.util.function.Consumer;

/**
 * Reads an answer in a provider's dialect, in pieces of any size; the same bytes make the same events however they are split.
 * Never throws: what can't be read is a {@link AnswerEvent.Failed}, after which all bytes are ignored. Bounded: of what has not
 * come to its end it keeps at most {@link #MOST_KEPT_BYTES}.
 */
public interface AnswerReader {
  /** Of an event, or of a whole document. */
  int MOST_KEPT_BYTES = 32 << 20;

  void read(byte[] bytes, int from, int to, Consumer<AnswerEvent> out);

  /**
   * No more bytes come. Says what is left to say.
   *
   * @return whether the answer had come to its own end
   */
  boolean end(Consumer<AnswerEvent> out);
}
