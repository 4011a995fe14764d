package dev.sluice.wire;

import akka.util.ByteString;
import java.nio.charset.StandardCharsets;

/** The frames of HTTP/2 (RFC 9113): their numbers, and how they are written. */
public final class Http2Frames {
  /** What a client begins its connection with. */
  public static final ByteString PREFACE =
      ByteString.fromString("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", StandardCharsets.US_ASCII);

  public static final int HEADER_BYTES = 9;
  /** Longest payload of a frame, in both directions: we don't ask for more, and need no more. */
  public static final int PAYLOAD_BYTES = 16_384;

  public static final int LARGEST_WINDOW = Integer.MAX_VALUE;
  public static final int FIRST_WINDOW = 65_535;

  public static final int DATA = 0;
  public static final int HEADERS = 1;
  public static final int PRIORITY = 2;
  public static final int RST_STREAM = 3;
  public static final int SETTINGS = 4;
  public static final int PUSH_PROMISE = 5;
  public static final int PING = 6;
  public static final int GOAWAY = 7;
  public static final int WINDOW_UPDATE = 8;
  public static final int CONTINUATION = 9;

  public static final int END_STREAM = 1;
  public static final int ACK = 1;
  public static final int END_HEADERS = 4;
  public static final int PADDED = 8;
  public static final int WITH_PRIORITY = 32;

  public static final int HEADER_TABLE_SIZE = 1;
  public static final int ENABLE_PUSH = 2;
  public static final int MAX_CONCURRENT_STREAMS = 3;
  public static final int INITIAL_WINDOW_SIZE = 4;
  public static final int MAX_FRAME_SIZE = 5;
  public static final int MAX_HEADER_LIST_SIZE = 6;
  /** Whether CONNECT may name a protocol (RFC 8441). */
  public static final int ENABLE_CONNECT_PROTOCOL = 8;

  /** Why a stream or a connection ends. */
  public enum Why {
    NO_ERROR(0),
    PROTOCOL_ERROR(1),
    INTERNAL_ERROR(2),
    FLOW_CONTROL_ERROR(3),
    STREAM_CLOSED(5),
    FRAME_SIZE_ERROR(6),
    REFUSED_STREAM(7),
    CANCEL(8),
    COMPRESSION_ERROR(9),
    ENHANCE_YOUR_CALM(11);

    private final int code;

    Why(int code) {
      this.code = code;
    }

    /** The reason with this number; one that we have no name for is an internal error of the peer. */
    static Why of(int code) {
      for (Why why : values()) {
        if (why.code == code) {
          return why;
        }
      }
      return INTERNAL_ERROR;
    }
  }

  private Http2Frames() {}

  /** A frame whose payload is {@code bytes[from, to)}, copied. */
  public static ByteString frame(int type, int flags, int stream, byte[] bytes, int from, int to) {
    byte[] frame = new byte[HEADER_BYTES + to - from];
    header(frame, to - from, type, flags, stream);
    System.arraycopy(bytes, from, frame, HEADER_BYTES, to - from);
    return ByteString.fromArrayUnsafe(frame);
  }

  /** The header of a frame whose payload follows. */
  public static ByteString header(int length, int type, int flags, int stream) {
    byte[] header = new byte[HEADER_BYTES];
    header(header, length, type, flags, stream);
    return ByteString.fromArrayUnsafe(header);
  }

  private static void header(byte[] to, int length, int type, int flags, int stream) {
    to[0] = (byte) (length >>> 16);
    to[1] = (byte) (length >>> 8);
    to[2] = (byte) length;
    to[3] = (byte) type;
    to[4] = (byte) flags;
    putInt(to, 5, stream);
  }

  public static ByteString windowUpdate(int stream, int bytes) {
    return ofInts(WINDOW_UPDATE, 0, stream, bytes);
  }

  public static ByteString reset(int stream, Why why) {
    return ofInts(RST_STREAM, 0, stream, why.code);
  }

  public static ByteString goAway(int lastStream, Why why) {
    return ofInts(GOAWAY, 0, 0, lastStream, why.code);
  }

  public static ByteString settingsAck() {
    return ofInts(SETTINGS, ACK, 0);
  }

  /** @param pairs keys and values, in turn */
  public static ByteString settings(int... pairs) {
    byte[] payload = new byte[pairs.length / 2 * 6];
    for (int i = 0; i < pairs.length / 2; i++) {
      payload[i * 6] = (byte) (pairs[i * 2] >>> 8);
      payload[i * 6 + 1] = (byte) pairs[i * 2];
      putInt(payload, i * 6 + 2, pairs[i * 2 + 1]);
    }
    return frame(SETTINGS, 0, 0, payload, 0, payload.length);
  }

  private static ByteString ofInts(int type, int flags, int stream, int... ints) {
    byte[] payload = new byte[ints.length * 4];
    for (int i = 0; i < ints.length; i++) {
      putInt(payload, i * 4, ints[i]);
    }
    return frame(type, flags, stream, payload, 0, payload.length);
  }

  private static void putInt(byte[] to, int at, int value) {
    to[at] = (byte) (value >>> 24);
    to[at + 1] = (byte) (value >>> 16);
    to[at + 2] = (byte) (value >>> 8);
    to[at + 3] = (byte) value;
  }

  /** The four bytes from here as a number, the first bit left out. */
  public static int int31(byte[] from, int at) {
    return int32(from, at) & 0x7fff_ffff;
  }

  public static int int32(byte[] from, int at) {
    return (from[at] & 255) << 24
        | (from[at + 1] & 255) << 16
        | (from[at + 2] & 255) << 8
        | from[at + 3] & 255;
  }
}
