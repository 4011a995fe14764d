package dev.sluice.wire;

import akka.util.ByteString;
import java.nio.charset.StandardCharsets;

/** Writes chunked framing. */
public final class Chunks {
  /** The chunk that ends a body, without trailers. */
  public static final ByteString LAST =
      ByteString.fromString("0\r\n\r\n", StandardCharsets.US_ASCII);

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private Chunks() {}

  /** One chunk that holds these bytes, at least one of them. */
  public static ByteString chunk(byte[] payload, int from, int to) {
    int size = to - from;
    int digits = (Integer.SIZE - Integer.numberOfLeadingZeros(size) + 3) / 4;
    byte[] chunk = new byte[digits + 2 + size + 2];
    for (int i = digits - 1, rest = size; i >= 0; i--, rest >>>= 4) {
      chunk[i] = HEX[rest & 15];
    }
    chunk[digits] = '\r';
    chunk[digits + 1] = '\n';
    System.arraycopy(payload, from, chunk, digits + 2, size);
    chunk[chunk.length - 2] = '\r';
    chunk[chunk.length - 1] = '\n';
    return ByteString.fromArrayUnsafe(chunk);
  }
}
