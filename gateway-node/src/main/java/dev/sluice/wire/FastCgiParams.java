package dev.sluice.wire;

import akka.util.ByteString;
import java.io.ByteArrayOutputStream;

/** Names and values as FastCGI writes them: their lengths, then themselves. */
final class FastCgiParams {
  private static final int LARGE = 128;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream(1024);

  void add(String name, String value) {
    byte[] key = FastCgiLink.bytes(name);
    byte[] text = FastCgiLink.bytes(value);
    length(key.length);
    length(text.length);
    out.write(key, 0, key.length);
    out.write(text, 0, text.length);
  }

  private void length(int length) {
    if (length < LARGE) {
      out.write(length);
    } else {
      out.write(length >>> 24 | LARGE);
      out.write(length >>> 16);
      out.write(length >>> 8);
      out.write(length);
    }
  }

  ByteString bytes() {
    return ByteString.fromArrayUnsafe(out.toByteArray());
  }
}
