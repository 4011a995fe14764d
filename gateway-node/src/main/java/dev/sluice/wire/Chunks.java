package dev.sluice.wire;

import akka.util.ByteString;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes chunked framing. */
public final class Chunks {
  /** The chunk that ends a body, without trailers. */
  public static final ByteString LAST =
      ByteString.fromString("0\r\n\r\n", StandardCharsets.US_ASCII);

  private static final ByteString LAST_SIZE =
      ByteString.fromString("0\r\n", StandardCharsets.US_ASCII);
  private static final ByteString LINE_END =
      ByteString.fromString("\r\n", StandardCharsets.US_ASCII);

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private Chunks() {}

  /** One chunk that holds these bytes, at least one of them. */
  public static ByteString chunk(byte[] payload, int from, int to) {
    int size = to - from;
    byte[] chunk = sizeLine(size, size + 2);
    System.arraycopy(payload, from, chunk, chunk.length - size - 2, size);
    chunk[chunk.length - 2] = '\r';
    chunk[chunk.length - 1] = '\n';
    return ByteString.fromArrayUnsafe(chunk);
  }

  /** One chunk that holds these bytes, at least one of them; they are not copied. */
  public static ByteString chunk(ByteString payload) {
    byte[] size = sizeLine(payload.size(), 0);
    return ByteString.fromArrayUnsafe(size).concat(payload).concat(LINE_END);
  }

  /** The chunk that ends a body, and behind it the trailers that may pass. */
  public static ByteString last(@Nullable Fields trailers, Trailers passing) {
    return trailers == null ? LAST : LAST_SIZE.concat(trailers(trailers, passing));
  }

  /** What follows the size of the last chunk. */
  static ByteString trailers(@Nullable Fields trailers, Trailers passing) {
    HeadWriter lines = new HeadWriter();
    for (int i = 0; trailers != null && i < trailers.count(); i++) {
      if (passing.pass(trailers, i)) {
        lines.field(trailers, i);
      }
    }
    return lines.finish();
  }

  /** A chunk's size and the end of its line, with room for more behind them. */
  private static byte[] sizeLine(int size, int room) {
    int digits = (Integer.SIZE - Integer.numberOfLeadingZeros(size) + 3) / 4;
    byte[] line = new byte[digits + 2 + room];
    for (int i = digits - 1, rest = size; i >= 0; i--, rest >>>= 4) {
      line[i] = HEX[rest & 15];
    }
    line[digits] = '\r';
    line[digits + 1] = '\n';
    return line;
  }
}
