package dev.sluice.wire;

import akka.util.ByteString;

/**
 * Gathers bytes until they hold a whole head. A head that arrives in one piece, as nearly all do, is not copied.
 */
public final class HeadBuffer {
  /** The head is not whole yet. */
  public static final int PARTIAL = -1;
  /** A line ends in LF without CR. */
  public static final int BARE_LINE_FEED = -2;

  private static final byte[] EMPTY = {};

  private byte[] bytes = EMPTY;
  private int from;
  private int to;
  private int scanned;
  /** Whether the array is ours, with room behind {@link #to}; what lies before may be in use by others, unchanged. */
  private boolean own;

  public void append(ByteString more) {
    byte[] array = more.toArrayUnsafe();
    if (from == to) {
      bytes = array;
      own = false;
      from = 0;
      scanned = 0;
      to = array.length;
      return;
    }
    int size = to - from;
    if (!own || bytes.length - to < array.length) {
      byte[] larger = new byte[Math.max(2 * size, size + array.length)];
      System.arraycopy(bytes, from, larger, 0, size);
      bytes = larger;
      own = true;
      scanned -= from;
      from = 0;
      to = size;
    }
    System.arraycopy(array, 0, bytes, to, array.length);
    to += array.length;
  }

  /** Bytes gathered and not taken. */
  public int size() {
    return to - from;
  }

  /** The array that {@link #from} and the result of {@link #headEnd} point into. */
  public byte[] array() {
    return bytes;
  }

  public int from() {
    return from;
  }

  /** Leaves out empty lines in front of a request line, which some clients send after a body. */
  public void skipEmptyLines() {
    while (to - from >= 2 && bytes[from] == '\r' && bytes[from + 1] == '\n') {
      from += 2;
    }
    scanned = Math.max(scanned, from);
  }

  /** Index behind the empty line that ends the head, or {@link #PARTIAL} or {@link #BARE_LINE_FEED}. */
  public int headEnd() {
    for (int i = scanned; i < to; i++) {
      if (bytes[i] != '\n') {
        continue;
      }
      if (i == from || bytes[i - 1] != '\r') {
        return BARE_LINE_FEED;
      }
      if (i - 3 >= from && bytes[i - 2] == '\n') {
        return i + 1;
      }
    }
    scanned = to;
    return PARTIAL;
  }

  /** Takes the bytes up to this index of the array away. */
  public void take(int upTo) {
    from = upTo;
    scanned = upTo;
    if (from == to) {
      bytes = EMPTY;
      from = 0;
      to = 0;
      scanned = 0;
    }
  }

  /** Takes all bytes away, and returns them. */
  public ByteString takeAll() {
    ByteString all = ByteString.fromArrayUnsafe(bytes, from, to - from);
    take(to);
    return all;
  }
}
