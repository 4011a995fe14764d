package dev.sluice.proxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Reads HTTP/1.1 off a stream without understanding much of it. */
final class Streams {
  private Streams() {}

  /** Bytes up to the first empty line, with it; what came before the end if there is none. */
  static String head(InputStream in) {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    try {
      int matched = 0;
      while (matched < 4) {
        int b = in.read();
        if (b < 0) {
          break;
        }
        head.write(b);
        matched = b == "\r\n\r\n".charAt(matched) ? matched + 1 : b == '\r' ? 1 : 0;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }

  static String read(InputStream in, int bytes) {
    try {
      return new String(in.readNBytes(bytes), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads past this many bytes, or to the end; returns how many there were. */
  static int skip(InputStream in, int bytes) {
    byte[] block = new byte[64 * 1024];
    int skipped = 0;
    try {
      while (skipped < bytes) {
        int read = in.read(block, 0, Math.min(block.length, bytes - skipped));
        if (read < 0) {
          break;
        }
        skipped += read;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return skipped;
  }

  /** Value of the first field with this name; "0" where there is none. */
  static String field(String head, String name) {
    for (String line : head.split("\r\n", -1)) {
      if (line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":")) {
        return line.substring(name.length() + 1).strip();
      }
    }
    return "0";
  }
}
