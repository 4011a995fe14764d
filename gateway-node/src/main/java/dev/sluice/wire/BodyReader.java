package dev.sluice.wire;

import akka.util.ByteString;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the end of a body in the bytes of a connection, and its payload between the framing. Chunked framing is read
 * strictly (RFC 9112, section 7.1) and remembered across any split of the bytes; nothing is gathered but trailers.
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
  private static final int USUAL_TRAILERS = 64;

  private final boolean chunked;
  private final int mostTrailerBytes;
  private final int mostTrailers;
  private At at;
  private long left;
  private int lineBytes;
  /** Where in the bytes of the last read the trailers begin, or -1 if it did not come to them. */
  private int trailersFrom = -1;

  private @Nullable ByteArrayOutputStream lines;
  private @Nullable Fields trailers;

  private BodyReader(boolean chunked, At at, long left, int mostTrailerBytes, int mostTrailers) {
    this.chunked = chunked;
    this.at = at;
    this.left = left;
    this.mostTrailerBytes = mostTrailerBytes;
    this.mostTrailers = mostTrailers;
  }

  /**
   * Begins a body.
   *
   * @param length its bytes, or {@link BodyLength#CHUNKED} or {@link BodyLength#UNTIL_CLOSE}
   */
  public static BodyReader of(long length) {
    return of(length, MAX_LINE_BYTES, USUAL_TRAILERS);
  }

  /**
   * Begins a body.
   *
   * @param length its bytes, or {@link BodyLength#CHUNKED} or {@link BodyLength#UNTIL_CLOSE}
   * @param trailerBytes longest trailers that are taken, all lines together
   * @param trailerFields most trailers that are taken
   */
  public static BodyReader of(long length, int trailerBytes, int trailerFields) {
    if (length == BodyLength.CHUNKED) {
      return new BodyReader(true, At.SIZE, 0, trailerBytes, trailerFields);
    }
    boolean endless = length == BodyLength.UNTIL_CLOSE;
    return new BodyReader(
        false, length == 0 ? At.DONE : At.DATA, endless ? Long.MAX_VALUE : length, 0, 0);
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
    trailersFrom = inTrailers() ? from : -1;
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
        if (trailersFrom < 0 && at == At.TRAILER_START) {
          trailersFrom = i;
        }
      }
    }
    return i;
  }

  /**
   * Takes from a buffer what can go on to another peer as it is: all of this body but what follows the size of a last
   * chunk, which {@link #read} has to see.
   *
   * @return what was taken, a part of the buffer
   */
  public ByteBuffer pass(ByteBuffer bytes) {
    ByteBuffer piece = bytes.duplicate();
    while (bytes.hasRemaining() && at != At.DONE && at != At.BROKEN && !inTrailers()) {
      if (at == At.DATA) {
        int size = (int) Math.min(left, bytes.remaining());
        bytes.position(bytes.position() + size);
        left -= size;
        if (left == 0) {
          at = chunked ? At.DATA_CR : At.DONE;
        }
      } else {
        at = next(bytes.get());
      }
    }
    return piece.limit(bytes.position());
  }

  private boolean inTrailers() {
    return at == At.TRAILER_START || at == At.TRAILER || at == At.TRAILER_LF || at == At.LAST_LF;
  }

  /** What stood behind the chunks, once the body is {@link #done}; null if nothing did. */
  public @Nullable Fields trailers() {
    return trailers;
  }

  /**
   * What goes on to another peer of the bytes that the last {@link #read} took of a chunked body: chunks as they came, and
   * behind the last one the trailers that may pass.
   *
   * @param end what that read returned
   */
  public ByteString framed(byte[] bytes, int from, int end, Trailers passing) {
    if (trailersFrom < 0 || done() && trailers == null && trailersFrom == end - 2) {
      return ByteString.fromArrayUnsafe(bytes, from, end - from);
    }
    ByteString chunks = ByteString.fromArrayUnsafe(bytes, from, trailersFrom - from);
    return done() ? chunks.concat(Chunks.trailers(trailers, passing)) : chunks;
  }

  private At next(byte b) {
    return switch (at) {
      case SIZE -> size(b);
      case EXTENSION -> b == '\r' ? At.SIZE_LF : lineByte(b, At.EXTENSION);
      case SIZE_LF -> b == '\n' ? afterSize() : At.BROKEN;
      case DATA_CR -> b == '\r' ? At.DATA_LF : At.BROKEN;
      case DATA_LF -> b == '\n' ? beginLine(At.SIZE) : At.BROKEN;
      case TRAILER_START -> b == '\r' ? At.LAST_LF : trailerByte(b);
      case TRAILER -> b == '\r' ? At.TRAILER_LF : trailerByte(b);
      case TRAILER_LF -> b == '\n' ? trailerEnd() : At.BROKEN;
      case LAST_LF -> b == '\n' ? lastEnd() : At.BROKEN;
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

  /** Chunk extensions go by, bounded. A bare line feed would end the line for others. */
  private At lineByte(byte b, At line) {
    return b == '\n' || b == 0 || ++lineBytes > MAX_LINE_BYTES ? At.BROKEN : line;
  }

  private At trailerByte(byte b) {
    if (b == '\n' || b == 0 || ++lineBytes > mostTrailerBytes) {
      return At.BROKEN;
    }
    if (lines == null) {
      lines = new ByteArrayOutputStream();
    }
    lines.write(b);
    return At.TRAILER;
  }

  private At trailerEnd() {
    if (lines != null) {
      lines.write('\r');
      lines.write('\n');
    }
    return At.TRAILER_START;
  }

  private At lastEnd() {
    if (lines == null) {
      return At.DONE;
    }
    lines.write('\r');
    lines.write('\n');
    trailers = Fields.parse(lines.toByteArray(), mostTrailers);
    return trailers == null ? At.BROKEN : At.DONE;
  }
}
