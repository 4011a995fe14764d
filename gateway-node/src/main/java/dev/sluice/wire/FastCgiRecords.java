package dev.sluice.wire;

import akka.util.ByteString;
import org.jspecify.annotations.Nullable;

/** Records of FastCGI, version 1: written, and found in the bytes of a connection. */
final class FastCgiRecords {
  /** One record that came. */
  record Part(int type, ByteString content) {}

  static final int END_REQUEST = 3;
  static final int STDOUT = 6;
  private static final int BEGIN_REQUEST = 1;
  private static final int PARAMS = 4;
  private static final int STDIN = 5;
  private static final int VERSION = 1;
  private static final int HEADER_BYTES = 8;
  private static final int ID = 1;
  private static final int RESPONDER = 1;
  private static final int MOST_CONTENT_BYTES = 32 * 1024;
  private static final int STATUS_AT = 4;

  private ByteString buffer = ByteString.emptyByteString();

  /** A request of an application that answers; the connection ends behind it. */
  static ByteString begin() {
    return record(BEGIN_REQUEST, ByteString.fromArray(new byte[] {0, RESPONDER, 0, 0, 0, 0, 0, 0}));
  }

  /** All of them, and their end. */
  static ByteString params(ByteString content) {
    return stream(PARAMS, content).concat(record(PARAMS, ByteString.emptyByteString()));
  }

  static ByteString stdin(ByteString content) {
    return stream(STDIN, content);
  }

  static ByteString stdinEnd() {
    return record(STDIN, ByteString.emptyByteString());
  }

  /** Whether an END_REQUEST says that the request was answered. */
  static boolean isComplete(ByteString content) {
    return content.size() > STATUS_AT && content.apply(STATUS_AT) == 0;
  }

  private static ByteString stream(int type, ByteString content) {
    ByteString all = ByteString.emptyByteString();
    for (ByteString rest = content; !rest.isEmpty(); rest = rest.drop(MOST_CONTENT_BYTES)) {
      all = all.concat(record(type, rest.take(MOST_CONTENT_BYTES)));
    }
    return all;
  }

  private static ByteString record(int type, ByteString content) {
    int size = content.size();
    byte[] header = {VERSION, (byte) type, 0, ID, (byte) (size >>> 8), (byte) size, 0, 0};
    return ByteString.fromArrayUnsafe(header).concat(content);
  }

  void append(ByteString bytes) {
    buffer = buffer.concat(bytes);
  }

  /** The next whole record, or null. At most 64 KiB wait for the rest of one. */
  @Nullable
  Part next() {
    if (buffer.size() < HEADER_BYTES) {
      return null;
    }
    int size = (buffer.apply(4) & 255) << 8 | buffer.apply(5) & 255;
    int padding = buffer.apply(6) & 255;
    if (buffer.size() < HEADER_BYTES + size + padding) {
      return null;
    }
    Part one = new Part(buffer.apply(1), buffer.drop(HEADER_BYTES).take(size).compact());
    buffer = buffer.drop(HEADER_BYTES + size + padding).compact();
    return one;
  }
}
