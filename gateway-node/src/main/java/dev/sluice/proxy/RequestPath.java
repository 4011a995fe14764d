package dev.sluice.proxy;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The path of a request in the one form in which it is matched and filtered: decoded once, slashes merged, {@code .}
 * segments taken out. Upstreams get the target as it was sent; so a path that an upstream could read as another one than
 * was matched is refused: encoded slashes and backslashes, NUL, broken escapes, {@code ..} segments, also with parameters
 * ({@code ..;}), which servlet containers take off first.
 */
final class RequestPath {
  /**
   * What reading a path came to.
   *
   * @param path the form that is matched, or null if it is refused
   * @param refusedFor why, or empty
   */
  record Parsed(@Nullable String path, String refusedFor) {}

  private RequestPath() {}

  /** @param target path and query as sent, one char per byte, beginning with a slash */
  static Parsed parse(String target) {
    int mark = target.indexOf('?');
    int end = mark < 0 ? target.length() : mark;
    for (int i = 0; i < end; i++) {
      char c = target.charAt(i);
      if (c == '%'
          || c == '\\'
          || c >= 0x80
          || c == '/'
              && i + 1 < end
              && (target.charAt(i + 1) == '/' || target.charAt(i + 1) == '.')) {
        return normalise(target, end);
      }
    }
    return new Parsed(mark < 0 ? target : target.substring(0, end), "");
  }

  private static Parsed normalise(String target, int end) {
    byte[] out = new byte[end];
    int length = 0;
    for (int i = 0; i < end; i++) {
      char c = target.charAt(i);
      if (c == '%') {
        int high = hex(target, i + 1, end);
        int low = hex(target, i + 2, end);
        if (high < 0 || low < 0) {
          return refused("a % that no two hex digits follow");
        }
        int b = high * 16 + low;
        if (b == '/' || b == '\\' || b == 0) {
          return refused(b == 0 ? "an encoded NUL" : "an encoded slash or backslash");
        }
        out[length++] = (byte) b;
        i += 2;
      } else if (c == '\\') {
        return refused("a backslash");
      } else if (c != '/' || length == 0 || out[length - 1] != '/') {
        out[length++] = (byte) c;
      }
    }
    return withoutDots(out, length);
  }

  /** Takes {@code .} segments out; refuses {@code ..}. */
  private static Parsed withoutDots(byte[] path, int size) {
    byte[] out = new byte[size];
    int length = 0;
    int at = 0;
    while (at < size) {
      int next = at + 1;
      while (next < size && path[next] != '/') {
        next++;
      }
      int segment = next - at - 1;
      if (segment >= 2
          && path[at + 1] == '.'
          && path[at + 2] == '.'
          && (segment == 2 || path[at + 3] == ';')) {
        return refused("a .. segment");
      }
      if (segment == 1 && path[at + 1] == '.') {
        if (next == size) {
          out[length++] = '/';
        }
      } else {
        System.arraycopy(path, at, out, length, next - at);
        length += next - at;
      }
      at = next;
    }
    try {
      return new Parsed(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(out, 0, length))
              .toString(),
          "");
    } catch (CharacterCodingException e) {
      return new Parsed(new String(out, 0, length, StandardCharsets.ISO_8859_1), "");
    }
  }

  private static int hex(String text, int at, int end) {
    return at < end ? Character.digit(text.charAt(at), 16) : -1;
  }

  private static Parsed refused(String why) {
    return new Parsed(null, why);
  }
}
