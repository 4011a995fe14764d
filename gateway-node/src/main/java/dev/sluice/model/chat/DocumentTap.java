package dev.sluice.model.chat;

import java.util.Arrays;

/** Follows an answer that is one document and passes as it is. */
public abstract class DocumentTap implements AnswerTap {
  private static final byte[] NOTHING = {};

  /** Looks at the next bytes, in pieces of any size. */
  protected abstract void read(byte[] bytes, int from, int to);

  @Override
  public final byte[] pass(byte[] bytes, int from, int to) {
    read(bytes, from, to);
    return from == 0 && to == bytes.length ? bytes : Arrays.copyOfRange(bytes, from, to);
  }

  @Override
  public final byte[] rest() {
    return NOTHING;
  }

  /** A document has a length of its own: that it is cut, its connection tells. */
  @Override
  public final boolean whole() {
    return true;
  }
}
