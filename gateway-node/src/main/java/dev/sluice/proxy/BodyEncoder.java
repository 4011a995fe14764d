package dev.sluice.proxy;

import akka.util.ByteString;
import com.aayushatharva.brotli4j.encoder.BrotliOutputStream;
import com.aayushatharva.brotli4j.encoder.Encoder;
import dev.sluice.wire.Chunks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/**
 * Compresses the body of one answer. What comes in leaves at once, in one chunk: an event is never kept waiting for the
 * next one. Holds native memory until it is closed.
 */
final class BodyEncoder implements AutoCloseable {
  private static final int BUFFER_BYTES = 8 * 1024;

  /** 512 KiB in powers of two, as nginx's module has it. */
  private static final int BROTLI_WINDOW = 19;

  private final ByteArrayOutputStream made = new ByteArrayOutputStream(BUFFER_BYTES);
  private final OutputStream encoding;
  private boolean closed;

  private interface Opening {
    OutputStream into(OutputStream made) throws IOException;
  }

  private BodyEncoder(Opening opening) {
    try {
      encoding = opening.into(made);
    } catch (IOException e) {
      throw inMemory(e);
    }
  }

  /** @param level 1 to 9 */
  static BodyEncoder gzip(int level) {
    return new BodyEncoder(made -> new Gzip(made, level));
  }

  /** @param level 0 to 11 */
  static BodyEncoder brotli(int level) {
    Encoder.Parameters parameters =
        new Encoder.Parameters().setQuality(level).setWindow(BROTLI_WINDOW);
    return new BodyEncoder(made -> new BrotliOutputStream(made, parameters, BUFFER_BYTES));
  }

  /** What a decoder needs to have all of {@code bytes}, as a chunk; nothing after {@link #close}. */
  ByteString piece(ByteString bytes) {
    if (closed || bytes.isEmpty()) {
      return ByteString.emptyByteString();
    }
    try {
      encoding.write(bytes.toArrayUnsafe());
      encoding.flush();
    } catch (IOException e) {
      throw inMemory(e);
    }
    return chunk();
  }

  /** The end of the body. */
  ByteString end() {
    if (closed) {
      return ByteString.emptyByteString();
    }
    close();
    return chunk().concat(Chunks.LAST);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      try {
        encoding.close();
      } catch (IOException e) {
        throw inMemory(e);
      }
    }
  }

  private ByteString chunk() {
    byte[] bytes = made.toByteArray();
    made.reset();
    return bytes.length == 0 ? ByteString.emptyByteString() : Chunks.chunk(bytes, 0, bytes.length);
  }

  private static UncheckedIOException inMemory(IOException e) {
    return new UncheckedIOException("writing to memory", e);
  }

  private static final class Gzip extends GZIPOutputStream {
    Gzip(OutputStream made, int level) throws IOException {
      super(made, BUFFER_BYTES, true);
      def.setLevel(level);
    }
  }
}
