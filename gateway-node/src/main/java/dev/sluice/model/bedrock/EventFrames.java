package dev.sluice.model.bedrock;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Takes a stream of {@code application/vnd.amazon.eventstream} apart, in pieces of any size. A frame is the length of all, the
 * length of its header fields, a checksum of both, fields, payload, and a checksum of all before; numbers are big-endian. The
 * first frame that is wrong ends the reading.
 */
final class EventFrames {
  /** Takes a frame. */
  interface Sink {
    /** @param fields those that are texts */
    void frame(Map<String, String> fields, byte[] payload);
  }

  private static final int PRELUDE_BYTES = 12;
  private static final int CHECKED_PRELUDE_BYTES = 8;
  private static final int CHECKSUM_BYTES = 4;
  private static final int MOST_FIELD_BYTES = 128 << 10;

  /** Bytes of the values of the types from 0 that have a fixed length; type 6 and 7 begin with theirs, in two bytes. */
  private static final int[] VALUE_BYTES = {0, 0, 1, 2, 4, 8, -1, -1, 8, 16};

  private static final int TEXT = 7;

  private final int mostBytes;
  private byte[] kept = new byte[1 << 10];
  private int size;
  private @Nullable String failure;

  /** @param mostBytes of one frame */
  EventFrames(int mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** What was wrong; null if nothing was. */
  @Nullable
  String failure() {
    return failure;
  }

  /** Whether the last frame has come to its end. */
  boolean atEnd() {
    return size == 0 && failure == null;
  }

  void read(byte[] bytes, int from, int to, Sink sink) {
    if (failure != null) {
      return;
    }
    keep(bytes, from, to);
    int at = 0;
    while (failure == null && size - at >= PRELUDE_BYTES) {
      int length = frameLength(at);
      if (failure != null || size - at < length) {
        break;
      }
      frame(at, length, sink);
      at += length;
    }
    System.arraycopy(kept, at, kept, 0, size - at);
    size -= at;
  }

  private void keep(byte[] bytes, int from, int to) {
    int needed = size + to - from;
    if (needed > kept.length) {
      kept = Arrays.copyOf(kept, Math.max(needed, 2 * kept.length));
    }
    System.arraycopy(bytes, from, kept, size, to - from);
    size = needed;
  }

  /** Checked as soon as it is there, so that no wrong length is waited for. */
  private int frameLength(int at) {
    ByteBuffer prelude = ByteBuffer.wrap(kept, at, PRELUDE_BYTES);
    int length = prelude.getInt();
    int fields = prelude.getInt();
    if (prelude.getInt() != checksum(at, CHECKED_PRELUDE_BYTES)) {
      failure = "the checksum of a frame's lengths is wrong";
    } else if (length < 0 || length > mostBytes) {
      failure = "a frame is longer than " + mostBytes + " bytes";
    } else if (fields < 0
        || fields > MOST_FIELD_BYTES
        || length < PRELUDE_BYTES + fields + CHECKSUM_BYTES) {
      failure = "the lengths of a frame don't fit each other";
    }
    return length;
  }

  private void frame(int at, int length, Sink sink) {
    int checked = length - CHECKSUM_BYTES;
    ByteBuffer all = ByteBuffer.wrap(kept, at, length);
    if (all.getInt(at + checked) != checksum(at, checked)) {
      failure = "the checksum of a frame is wrong";
      return;
    }
    int payload = at + PRELUDE_BYTES + all.getInt(at + CHECKSUM_BYTES);
    Map<String, String> fields = fields(at + PRELUDE_BYTES, payload);
    if (fields == null) {
      failure = "the fields of a frame can't be read";
      return;
    }
    sink.frame(fields, Arrays.copyOfRange(kept, payload, at + checked));
  }

  private int checksum(int from, int length) {
    CRC32 crc = new CRC32();
    crc.update(kept, from, length);
    return (int) crc.getValue();
  }

  /** Null if they can't be read. */
  private @Nullable Map<String, String> fields(int from, int to) {
    Map<String, String> fields = new HashMap<>();
    int at = from;
    while (at < to) {
      int nameEnd = at + 1 + (kept[at] & 0xff);
      if (nameEnd >= to) {
        return null;
      }
      String name = new String(kept, at + 1, nameEnd - at - 1, StandardCharsets.UTF_8);
      int type = kept[nameEnd];
      at = nameEnd + 1;
      if (type < 0 || type >= VALUE_BYTES.length) {
        return null;
      }
      int length = VALUE_BYTES[type];
      if (length < 0) {
        if (to - at < 2) {
          return null;
        }
        length = (kept[at] & 0xff) << 8 | kept[at + 1] & 0xff;
        at += 2;
      }
      if (to - at < length) {
        return null;
      }
      if (type == TEXT
          && fields.put(name, new String(kept, at, length, StandardCharsets.UTF_8)) != null) {
        return null;
      }
      at += length;
    }
    return fields;
  }
}
