package dev.sluice.wire;

import akka.http.shaded.com.twitter.hpack.Encoder;
import akka.util.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;

/**
 * Writes the heads that go out on one HTTP/2 connection, compressed (RFC 7541). What is begun must be finished and sent
 * before the next head is begun: both sides' tables follow the order on the wire.
 */
public final class Http2HeadWriter implements HeadSink {
  private static final int TABLE_BYTES = 4096;

  private final Encoder encoder = new Encoder(TABLE_BYTES);
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);
  private int tableBytes = TABLE_BYTES;
  private boolean authorityDue;

  /** Begins the head of an answer. */
  public Http2HeadWriter response(int status) {
    return begin().encode(":status", Integer.toString(status));
  }

  /** Begins the head of a request. A Host that is the first field becomes its authority. */
  public Http2HeadWriter request(String method, String scheme, String target) {
    begin()
        .encode(":method", method)
        .encode(":scheme", scheme)
        .encode(":path", HeadWriter.withoutControls(target));
    authorityDue = true;
    return this;
  }

  /** Begins trailers. */
  public Http2HeadWriter trailers() {
    return begin();
  }

  private Http2HeadWriter begin() {
    out.reset();
    authorityDue = false;
    if (tableBytes != encoder.getMaxHeaderTableSize()) {
      resizeTable();
    }
    return this;
  }

  @Override
  public Http2HeadWriter field(Field field, String value) {
    if (field == Field.HOST && authorityDue) {
      authorityDue = false;
      return value.isEmpty() ? this : encode(":authority", HeadWriter.withoutControls(value));
    }
    return field(field.lowerName(), value);
  }

  @Override
  public Http2HeadWriter field(String name, String value) {
    authorityDue = false;
    return isOfConnection(name)
        ? this
        : encode(name.toLowerCase(Locale.ROOT), HeadWriter.withoutControls(value));
  }

  @Override
  public Http2HeadWriter field(Fields from, int i) {
    return field(from.name(i), from.value(i));
  }

  /** The compressed head. */
  public byte[] finish() {
    return out.toByteArray();
  }

  /** The frames of a compressed head. */
  public static ByteString frames(int stream, byte[] block, boolean endStream) {
    int end = Math.min(block.length, Http2Frames.PAYLOAD_BYTES);
    int flags = (endStream ? Http2Frames.END_STREAM : 0)
        | (end == block.length ? Http2Frames.END_HEADERS : 0);
    ByteString frames = Http2Frames.frame(Http2Frames.HEADERS, flags, stream, block, 0, end);
    while (end < block.length) {
      int from = end;
      end = Math.min(block.length, from + Http2Frames.PAYLOAD_BYTES);
      int more = end == block.length ? Http2Frames.END_HEADERS : 0;
      frames = frames.concat(
          Http2Frames.frame(Http2Frames.CONTINUATION, more, stream, block, from, end));
    }
    return frames;
  }

  /** How large a table of our fields the peer keeps: told back in front of the next head. */
  public void tableBytes(int bytes) {
    tableBytes = Math.min(bytes, TABLE_BYTES);
  }

  private void resizeTable() {
    try {
      encoder.setMaxHeaderTableSize(out, tableBytes);
    } catch (IOException e) {
      throw new UncheckedIOException("an array can always be written to", e);
    }
  }

  private Http2HeadWriter encode(String name, String value) {
    try {
      encoder.encodeHeader(out, name, value, false);
    } catch (IOException e) {
      throw new UncheckedIOException("an array can always be written to", e);
    }
    return this;
  }

  private static boolean isOfConnection(String name) {
    return switch (name.length()) {
      case 7 -> name.equalsIgnoreCase("upgrade");
      case 10 -> name.equalsIgnoreCase("connection") || name.equalsIgnoreCase("keep-alive");
      case 16 -> name.equalsIgnoreCase("proxy-connection");
      case 17 -> name.equalsIgnoreCase("transfer-encoding");
      default -> false;
    };
  }
}
