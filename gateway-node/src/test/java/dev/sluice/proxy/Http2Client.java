package dev.sluice.proxy;

import akka.util.ByteString;
import dev.sluice.wire.Http2Frames;
import dev.sluice.wire.Http2HeadReader;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** HTTP/2 in the clear, frame by frame, as the test says. Fields go out uncompressed. */
final class Http2Client implements AutoCloseable {
  /** A frame that came; the payload of heads is their fields, a line each. */
  record Frame(int type, int flags, int stream, String payload) {
    boolean endsStream() {
      return (flags & Http2Frames.END_STREAM) != 0;
    }

    /** The error code of a frame that ends a stream or a connection. */
    int code() {
      byte[] bytes = payload.getBytes(StandardCharsets.ISO_8859_1);
      return Http2Frames.int32(bytes, bytes.length - 4);
    }
  }

  private final RawClient raw;
  private final Http2HeadReader heads = new Http2HeadReader(1 << 20);

  private Http2Client(RawClient raw) {
    this.raw = raw;
  }

  static Http2Client open(RunningEdge edge, int... settings) {
    Http2Client client = new Http2Client(RawClient.openSmall(edge.http()));
    client.send(Http2Frames.PREFACE);
    client.send(Http2Frames.settings(settings));
    return client;
  }

  Http2Client send(ByteString bytes) {
    raw.send(bytes.toArray());
    return this;
  }

  Http2Client frame(int type, int flags, int stream, String payload) {
    byte[] bytes = payload.getBytes(StandardCharsets.ISO_8859_1);
    return send(Http2Frames.frame(type, flags, stream, bytes, 0, bytes.length));
  }

  /** A head whose fields are names and values in turn. */
  Http2Client head(int stream, boolean last, String... fields) {
    return frame(
        Http2Frames.HEADERS,
        Http2Frames.END_HEADERS | (last ? Http2Frames.END_STREAM : 0),
        stream,
        block(fields));
  }

  Http2Client get(int stream, String host, String path) {
    return head(stream, true, request("GET", host, path));
  }

  Http2Client post(int stream, String host, String path) {
    return head(stream, false, request("POST", host, path));
  }

  Http2Client data(int stream, boolean last, String bytes) {
    return frame(Http2Frames.DATA, last ? Http2Frames.END_STREAM : 0, stream, bytes);
  }

  static String[] request(String method, String host, String path, String... more) {
    List<String> fields = new ArrayList<>(
        List.of(":method", method, ":scheme", "http", ":path", path, ":authority", host));
    fields.addAll(List.of(more));
    return fields.toArray(String[]::new);
  }

  /** Literals without indexing and without Huffman coding (RFC 7541, section 6.2.2). */
  static String block(String... fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < fields.length; i += 2) {
      out.write(0);
      for (String text : List.of(fields[i], fields[i + 1])) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        if (bytes.length < 127) {
          out.write(bytes.length);
        } else {
          out.write(127);
          int rest = bytes.length - 127;
          while (rest >= 128) {
            out.write(rest % 128 + 128);
            rest /= 128;
          }
          out.write(rest);
        }
        out.writeBytes(bytes);
      }
    }
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  /** The next frame that is not about settings or windows. */
  Frame next() {
    while (true) {
      byte[] header = raw.read(Http2Frames.HEADER_BYTES).getBytes(StandardCharsets.ISO_8859_1);
      if (header.length < Http2Frames.HEADER_BYTES) {
        throw new AssertionError("the connection ended");
      }
      int length = Http2Frames.int32(header, 0) >>> 8;
      String payload = raw.read(length);
      Frame frame = new Frame(header[3], header[4], Http2Frames.int31(header, 5), payload);
      if (frame.type() == Http2Frames.HEADERS) {
        StringBuilder fields = new StringBuilder();
        heads.read(
            payload.getBytes(StandardCharsets.ISO_8859_1),
            (name, value) -> fields.append(name).append(": ").append(value).append('\n'));
        return new Frame(frame.type(), frame.flags(), frame.stream(), fields.toString());
      }
      if (frame.type() != Http2Frames.SETTINGS && frame.type() != Http2Frames.WINDOW_UPDATE) {
        return frame;
      }
    }
  }

  /** The next frame of this kind, whatever comes before it on other streams. */
  Frame next(int type) {
    Frame frame = next();
    while (frame.type() != type) {
      if (frame.type() == Http2Frames.GOAWAY && frame.code() != 0) {
        throw new AssertionError("the connection ends with error " + frame.code());
      }
      frame = next();
    }
    return frame;
  }

  /** Reads on until the other side ends the connection, in whatever way. */
  void awaitEnd() {
    try {
      raw.rest();
    } catch (java.io.UncheckedIOException e) {
      if (e.getCause() instanceof java.net.SocketTimeoutException) {
        throw new AssertionError("the connection stays open", e);
      }
    }
  }

  /** Body of the answer whose frames come next. */
  String body() {
    StringBuilder body = new StringBuilder();
    Frame frame = next();
    while (true) {
      body.append(frame.type() == Http2Frames.DATA ? frame.payload() : "");
      if (frame.endsStream()) {
        return body.toString();
      }
      frame = next();
    }
  }

  @Override
  public void close() {
    raw.close();
  }
}
