package dev.sluice.wire;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the decoded fields of a request over HTTP/2 and turns them into the head that an HTTP/1.1 client would have
 * sent, which {@link RequestHead} then reads with the same strictness. What could not be said in HTTP/1.1 is malformed
 * (RFC 9113, section 8.2.1 and 8.3).
 */
public final class Http2RequestHead {
  private static final int INITIAL_BYTES = 512;
  private static final int FIELD_OVERHEAD = 32;

  private final int mostBytes;
  private byte[] bytes = new byte[INITIAL_BYTES];
  private int length;
  private int listBytes;
  private @Nullable String method;
  private @Nullable String scheme;
  private @Nullable String path;
  private @Nullable String authority;
  private @Nullable String host;
  private @Nullable StringBuilder cookie;
  private @Nullable String wrong;
  private boolean fieldsBegan;
  private boolean lengthGiven;

  /** @param mostBytes longest head that is taken, counted as RFC 9113 counts: 32 bytes more for each field */
  public Http2RequestHead(int mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** Takes a field, one char per byte. */
  public void field(String name, String value) {
    listBytes += name.length() + value.length() + FIELD_OVERHEAD;
    if (wrong != null || listBytes > mostBytes) {
      return;
    }
    if (!isValue(value)) {
      wrong = "a field value with a line end or NUL in it";
    } else if (name.startsWith(":")) {
      pseudo(name, value);
    } else {
      fieldsBegan = true;
      regular(name, value);
    }
  }

  private void pseudo(String name, String value) {
    boolean again = false;
    switch (name) {
      case ":method" -> {
        again = method != null;
        method = value;
      }
      case ":scheme" -> {
        again = scheme != null;
        scheme = value;
      }
      case ":path" -> {
        again = path != null;
        path = value;
      }
      case ":authority" -> {
        again = authority != null;
        authority = value;
      }
      default -> again = true;
    }
    if (again || fieldsBegan) {
      wrong = "a pseudo field that is unknown, doubled, or behind other fields";
    } else if (!isVisible(value)) {
      wrong = "a pseudo field that is empty, or has a blank or control character in it";
    }
  }

  private void regular(String name, String value) {
    if (!isLowerToken(name)) {
      wrong = "a field name that is no token in lower case";
      return;
    }
    switch (name) {
      case "connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade" ->
        wrong = "a field that belongs to a connection of HTTP/1.1";
      case "te" -> {
        if (!value.equals("trailers")) {
          wrong = "a TE other than trailers";
        }
      }
      case "cookie" -> {
        cookie = cookie == null ? new StringBuilder() : cookie.append("; ");
        cookie.append(value);
      }
      case "host" -> {
        if (host != null) {
          wrong = "more than one Host";
        }
        host = value;
      }
      default -> {
        lengthGiven |= name.equals("content-length");
        add(name).add(": ").add(value).add("\r\n");
      }
    }
  }

  /**
   * The head, once all fields are there.
   *
   * @param bodyFollows whether the stream goes on behind the head
   */
  public RequestRead read(boolean bodyFollows, int maxTargetBytes, int maxFields) {
    if (listBytes > mostBytes) {
      return new Malformed(431, "a head above " + mostBytes + " bytes");
    }
    String named = authority != null ? authority : host;
    if (wrong == null && (method == null || scheme == null || path == null || named == null)) {
      wrong = "a head without method, scheme, path or authority";
    }
    if (wrong == null && host != null && !host.equalsIgnoreCase(named)) {
      wrong = "a Host other than the authority";
    }
    if (wrong != null) {
      return Malformed.bad(wrong);
    }
    byte[] fields = Arrays.copyOf(bytes, length);
    length = 0;
    add(method + " " + path + " HTTP/1.1\r\nHost: " + named + "\r\n");
    room(fields.length);
    System.arraycopy(fields, 0, bytes, length, fields.length);
    length += fields.length;
    if (cookie != null) {
      add("Cookie: ").add(cookie.toString()).add("\r\n");
    }
    if (bodyFollows && !lengthGiven) {
      add("Transfer-Encoding: chunked\r\n");
    }
    add("\r\n");
    return RequestHead.read(bytes, 0, length, maxTargetBytes, maxFields);
  }

  private Http2RequestHead add(String text) {
    room(text.length());
    for (int i = 0; i < text.length(); i++) {
      bytes[length++] = (byte) text.charAt(i);
    }
    return this;
  }

  private void room(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }

  private static boolean isValue(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\r' || c == '\n' || c == 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isVisible(String value) {
    for (int i = 0; i < value.length(); i++) {
      if (value.charAt(i) <= ' ' || value.charAt(i) == 127) {
        return false;
      }
    }
    return !value.isEmpty();
  }

  private static boolean isLowerToken(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c >= 'A' && c <= 'Z' || c > 126 || !FieldParser.isToken((byte) c)) {
        return false;
      }
    }
    return !name.isEmpty();
  }
}
