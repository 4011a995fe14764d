package dev.sluice.wire;

import akka.util.ByteString;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Gathers bytes until they hold a whole head. A head that arrives in one piece, as nearly all do, is not copied, nor are the pieces
 * of a body: they lie one behind the other as they came, and are only joined where somebody asks for more in one piece.
 */
public final class HeadBuffer {
  /** The head is not whole yet. */
  public static final int PARTIAL = -1;
  /** A line ends in LF without CR. */
  public static final int BARE_LINE_FEED = -2;

  private static final byte[] EMPTY = {};
  /** A piece below this is joined with the one before it: a piece costs more than its bytes. */
  private static final int SMALL_PIECE = 4096;

  private final Deque<ByteString> behind = new ArrayDeque<>(2);
  private int bytesBehind;
  private byte[] bytes = EMPTY;
  private int from;
  private int to;
  private int scanned;
  /** Whether the array is ours, with room behind {@link #to}; what lies before may be in use by others, unchanged. */
  private boolean own;

  public void append(ByteString more) {
    if (from == to) {
      adopt(more);
    } else if (behind.isEmpty() && more.size() < SMALL_PIECE) {
      join(more);
    } else if (!behind.isEmpty() && behind.getLast().size() < SMALL_PIECE) {
      behind.addLast(behind.removeLast().concat(more).compact());
      bytesBehind += more.size();
    } else {
      behind.addLast(more);
      bytesBehind += more.size();
    }
  }

  private void adopt(ByteString piece) {
    bytes = piece.toArrayUnsafe();
    own = false;
    from = 0;
    scanned = 0;
    to = bytes.length;
  }

  private void join(ByteString more) {
    byte[] array = more.toArrayUnsafe();
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

  private void joinNext() {
    ByteString next = behind.removeFirst();
    bytesBehind -= next.size();
    join(next);
  }

  /** Joins pieces until so many bytes lie in one, or all do. */
  public void gather(int wanted) {
    while (to - from < wanted && !behind.isEmpty()) {
      joinNext();
    }
  }

  /** Bytes gathered and not taken. */
  public int size() {
    return to - from + bytesBehind;
  }

  /** Index behind the last byte that lies in one piece with {@link #from}. */
  public int to() {
    return to;
  }

  /** The array that {@link #from}, {@link #to} and the result of {@link #headEnd} point into. */
  public byte[] array() {
    return bytes;
  }

  public int from() {
    return from;
  }

  /** Leaves out empty lines in front of a request line, which some clients send after a body. */
  public void skipEmptyLines() {
    gather(2);
    while (to - from >= 2 && bytes[from] == '\r' && bytes[from + 1] == '\n') {
      from += 2;
      gather(2);
    }
    scanned = Math.max(scanned, from);
    if (from == to) {
      take(to);
    }
  }

  /** Index behind the empty line that ends the head, or {@link #PARTIAL} or {@link #BARE_LINE_FEED}. */
  public int headEnd() {
    int end = scan();
    while (end == PARTIAL && !behind.isEmpty()) {
      joinNext();
      end = scan();
    }
    return end;
  }

  private int scan() {
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
    if (from < to) {
      return;
    }
    ByteString next = behind.pollFirst();
    if (next == null) {
      bytes = EMPTY;
      from = 0;
      to = 0;
      scanned = 0;
    } else {
      bytesBehind -= next.size();
      adopt(next);
    }
  }

  /** Takes all bytes away, and returns them. */
  public ByteString takeAll() {
    ByteString all = ByteString.fromArrayUnsafe(bytes, from, to - from);
    for (ByteString next : behind) {
      all = all.concat(next);
    }
    behind.clear();
    bytesBehind = 0;
    take(to);
    return all;
  }
}
