package dev.sluice.wire;

import org.jspecify.annotations.Nullable;

/**
 * Reads the field lines of a head, strictly (RFC 9112, section 5): no folded lines, no blank before the colon, no
 * control characters in values. What two parsers could read in two ways is refused, never mended.
 */
final class FieldParser {
  /** The largest number that every language's JSON and JavaScript can hold, and that can't overflow ours. */
  private static final long MOST_CONTENT_BYTES = 1L << 53;

  private static final boolean[] TOKEN = new boolean[256];

  static {
    for (int c = '0'; c <= '9'; c++) {
      TOKEN[c] = true;
    }
    for (int c = 'a'; c <= 'z'; c++) {
      TOKEN[c] = true;
      TOKEN[c - 32] = true;
    }
    for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
      TOKEN[c] = true;
    }
  }

  private FieldParser() {}

  static boolean isToken(byte b) {
    return TOKEN[b & 0xFF];
  }

  /**
   * Reads field lines into {@code fields}.
   *
   * @param from index of the first field line
   * @param end index behind the empty line
   * @return null if all is well
   */
  static @Nullable Malformed parse(byte[] head, int from, int end, int maxFields, Fields fields) {
    int at = from;
    while (at < end - 2) {
      int hash = 0;
      int name = at;
      while (isToken(head[at])) {
        hash = Field.hashStep(hash, head[at++]);
      }
      if (head[at] != ':' || at == name) {
        return unreadable(head, name, at);
      }
      int nameEnd = at++;
      while (head[at] == ' ' || head[at] == '\t') {
        at++;
      }
      int value = at;
      while (head[at] >= ' ' && head[at] != 127 || head[at] < 0 || head[at] == '\t') {
        at++;
      }
      if (head[at] != '\r' || head[at + 1] != '\n') {
        return Malformed.bad("a header value holds a control character");
      }
      int valueEnd = at;
      while (valueEnd > value && (head[valueEnd - 1] == ' ' || head[valueEnd - 1] == '\t')) {
        valueEnd--;
      }
      at += 2;
      if (fields.count() == maxFields) {
        return new Malformed(431, "more than " + maxFields + " header fields");
      }
      fields.add(Field.of(head, name, nameEnd, hash), name, nameEnd, value, valueEnd);
    }
    return null;
  }

  private static Malformed unreadable(byte[] head, int name, int at) {
    if (head[name] == ' ' || head[name] == '\t') {
      return Malformed.bad("a folded header line");
    }
    return Malformed.bad(
        head[at] == ' ' || head[at] == '\t'
            ? "a blank in or behind a header name"
            : "a header name that is no token");
  }

  /** The number that a Content-Length value is, or -1 if it is none or above 2^53. */
  static long contentLength(byte[] head, int from, int to) {
    if (from == to || to - from > 16) {
      return -1;
    }
    long length = 0;
    for (int i = from; i < to; i++) {
      int digit = head[i] - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      length = length * 10 + digit;
    }
    return length <= MOST_CONTENT_BYTES ? length : -1;
  }
}
