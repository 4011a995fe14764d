package dev.sluice.wire;

import akka.http.shaded.com.twitter.hpack.Decoder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.function.BiConsumer;

/**
 * Reads the compressed heads of one HTTP/2 connection (RFC 7541). Every head must be read, in order, whatever becomes of
 * its stream: later ones build on it.
 */
public final class Http2HeadReader {
  private static final int TABLE_BYTES = 4096;
  /** The static table's {@code :method: GET}: what comes out of it tells whether the head before it was whole. */
  private static final byte[] PROBE = {(byte) 0x82};

  private final Decoder decoder;

  /** @param mostBytes fields behind this many bytes of one head are left out */
  public Http2HeadReader(int mostBytes) {
    this.decoder = new Decoder(mostBytes, TABLE_BYTES);
  }

  /**
   * Reads a whole head.
   *
   * @param field takes each name and value, one char per byte
   * @return whether it could be read; if not, nothing more can be
   */
  public boolean read(byte[] block, BiConsumer<String, String> field) {
    try {
      ByteArrayInputStream in = new ByteArrayInputStream(block);
      decoder.decode(in, (name, value, parsed, sensitive) -> {
        field.accept(name, value);
        return parsed;
      });
      return in.available() == 0 && wasWhole();
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }

  private boolean wasWhole() throws IOException {
    boolean[] clean = new boolean[1];
    decoder.decode(new ByteArrayInputStream(PROBE), (name, value, parsed, sensitive) -> {
      clean[0] = name.equals(":method") && value.equals("GET");
      return parsed;
    });
    decoder.endHeaderBlock();
    return clean[0];
  }
}
