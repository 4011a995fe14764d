package dev.sluice.wire;

/**
 * Finds the end of a body in the bytes of a connection, and its payload between the framing. Chunked framing is read
 * strictly (RFC 9112, section 7.1) and remembered across any split of the bytes; nothing is gathered.
 */
public final class BodyReader {
  /** Takes the payload of a body, piece by piece. */
  public interface Payload {
    void piece(byte[] bytes, int from, int to);
  }

  private enum At {
    DATA,
    SIZE,
    EXTENSION,
    SIZE_LF,
    DATA_CR,
    DATA_LF,
    TRAILER_START,
    TRAILER,
    TRAILER_LF,
    LAST_LF,
    DONE,
    BROKEN
  }

  private static final int MAX_SIZE_DIGITS = 13;
  private static final int MAX_LINE_BYTES = 8192;

  private final boolean chunked;
  private At at;
  private long left;
  private int lineBytes;

  private BodyReader(boolean chunked, At at, long left) {
    this.chunked = chunked;
    this.at = at;
    this.left = left;
  }

  /**
   * Begins a body.
   *
   * @param length its bytes, or {@link BodyLength#CHUNKED} or {@link BodyLength#UNTIL_CLOSE}
   */
  public static BodyReader of(long length) {
    if (length == BodyLength.CHUNKED) {
      return new BodyReader(true, At.SIZE, 0);
    }
    if (length == BodyLength.UNTIL_CLOSE) {
      return new BodyReader(false, At.DATA, Long.MAX_VALUE);
    }
    return new BodyReader(false, length == 0 ? At.DONE : At.DATA, length);
  }

  /** The body is over. A body that ends with its connection never says so. */
  public boolean done() {
    return at == At.DONE;
  }

  /** The framing can't be read; where the message ends is unknown. */
  public boolean broken() {
    return at == At.BROKEN;
  }

  /**
   * Reads on.
   *
   * @param payload takes what lies between the framing
   * @return index behind the last byte that belongs to this body
   */
  public int read(byte[] bytes, int from, int to, Payload payload) {
    int i = from;
    while (i < to && at != At.DONE && at != At.BROKEN) {
      if (at == At.DATA) {
        int size = (int) Math.min(left, to - i);
        payload.piece(bytes, i, i + size);
        i += size;
        left -= size;
        if (left == 0) {
          at = chunked ? At.DATA_CR : At.DONE;
        }
      } else {
        at = next(bytes[i++]);
      }
    }
    return i;
  }

  private At next(byte b) {
    return switch (at) {
      case SIZE -> size(b);
      case EXTENSION -> b == '\r' ? At.SIZE_LF : lineByte(b, At.EXTENSION);
      case SIZE_LF -> b == '\n' ? afterSize() : At.BROKEN;
      case DATA_CR -> b == '\r' ? At.DATA_LF : At.BROKEN;
      case DATA_LF -> b == '\n' ? beginLine(At.SIZE) : At.BROKEN;
      case TRAILER_START -> b == '\r' ? At.LAST_LF : lineByte(b, At.TRAILER);
      case TRAILER -> b == '\r' ? At.TRAILER_LF : lineByte(b, At.TRAILER);
      case TRAILER_LF -> b == '\n' ? At.TRAILER_START : At.BROKEN;
      case LAST_LF -> b == '\n' ? At.DONE : At.BROKEN;
      default -> At.BROKEN;
    };
  }

  private At size(byte b) {
    int digit = b >= '0' && b <= '9'
        ? b - '0'
        : b >= 'a' && b <= 'f' ? b - 'a' + 10 : b >= 'A' && b <= 'F' ? b - 'A' + 10 : -1;
    if (digit >= 0) {
      left = left * 16 + digit;
      return ++lineBytes > MAX_SIZE_DIGITS ? At.BROKEN : At.SIZE;
    }
    if (lineBytes == 0) {
      return At.BROKEN;
    }
    return b == '\r' ? At.SIZE_LF : b == ';' ? At.EXTENSION : At.BROKEN;
  }

  private At afterSize() {
    return left > 0 ? At.DATA : beginLine(At.TRAILER_START);
  }

  private At beginLine(At line) {
    lineBytes = 0;
    return line;
  }

  /** Chunk extensions and trailers go by, bounded in all. A bare line feed would end the line for others. */
  private At lineByte(byte b, At line) {
    return b == '\n' || b == 0 || ++lineBytes > MAX_LINE_BYTES ? At.BROKEN : line;
  }
}
