package dev.sluice.wire;

import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the decoded fields of a head over HTTP/2, or of trailers, and turns them into what a peer that speaks HTTP/1.1
 * would have sent, which {@link RequestHead} and {@link ResponseHead} then read with the same strictness. What could not be
 * said in HTTP/1.1 is malformed (RFC 9113, section 8.2.1 and 8.3).
 */
public final class Http2Head {
  private static final int INITIAL_BYTES = 512;
  private static final int FIELD_OVERHEAD = 32;
  private static final String GRPC = "application/grpc";
  private static final String WEBSOCKET = "websocket";

  private final int mostBytes;
  private byte[] bytes = new byte[INITIAL_BYTES];
  private int length;
  private int listBytes;
  private @Nullable String method;
  private @Nullable String scheme;
  private @Nullable String path;
  private @Nullable String authority;
  private @Nullable String protocol;
  private @Nullable String status;
  private @Nullable String host;
  private @Nullable String contentLength;
  private @Nullable StringBuilder cookie;
  private @Nullable String wrong;
  private boolean fieldsBegan;
  private boolean expectsTrailers;

  /** @param mostBytes longest head that is taken, counted as RFC 9113 counts: 32 bytes more for each field */
  public Http2Head(int mostBytes) {
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
      case ":protocol" -> {
        again = protocol != null;
        protocol = value;
      }
      case ":status" -> {
        again = status != null;
        status = value;
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
        add(name).add(": ").add(value).add("\r\n");
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
      case "content-length" -> {
        if (contentLength != null) {
          wrong = "more than one Content-Length";
        }
        contentLength = value;
      }
      case "sec-websocket-key" -> {
        if (protocol == null) {
          add(name).add(": ").add(value).add("\r\n");
        }
      }
      default -> {
        expectsTrailers |=
            name.equals("trailer") || name.equals("content-type") && value.startsWith(GRPC);
        add(name).add(": ").add(value).add("\r\n");
      }
    }
  }

  /**
   * The head of a request, once all fields are there.
   *
   * @param bodyFollows whether the stream goes on behind the head
   */
  public RequestRead request(boolean bodyFollows, int maxTargetBytes, int maxFields) {
    if (listBytes > mostBytes) {
      return tooLong();
    }
    String named = authority != null ? authority : host;
    if (wrong == null && (method == null || scheme == null || path == null || named == null)) {
      wrong = "a head without method, scheme, path or authority";
    }
    if (wrong == null && status != null) {
      wrong = "a request with a status";
    }
    if (wrong == null && host != null && !host.equalsIgnoreCase(named)) {
      wrong = "a Host other than the authority";
    }
    String asked = String.valueOf(method);
    if (wrong == null && protocol != null) {
      if (!asked.equals("CONNECT") || !bodyFollows || contentLength != null) {
        wrong = "a protocol for another method than CONNECT, or with a length or an end";
      } else if (!protocol.equals(WEBSOCKET)) {
        return new Malformed(501, "no protocol but websocket is offered");
      }
      asked = "GET";
    }
    if (wrong != null) {
      return Malformed.bad(wrong);
    }
    byte[] fields = Arrays.copyOf(bytes, length);
    length = 0;
    add(asked + " " + path + " HTTP/1.1\r\nHost: " + named + "\r\n");
    raw(fields);
    if (cookie != null) {
      add("Cookie: ").add(cookie.toString()).add("\r\n");
    }
    if (protocol != null) {
      upgrade();
    } else if (contentLength != null) {
      add("Content-Length: ").add(contentLength).add("\r\n");
    } else if (bodyFollows) {
      add("Transfer-Encoding: chunked\r\n");
    }
    add("\r\n");
    return RequestHead.read(bytes, 0, length, maxTargetBytes, maxFields);
  }

  /** Whoever speaks HTTP/1.1 asks for WebSocket with a key that nobody has used before (RFC 8441, section 5). */
  private void upgrade() {
    byte[] key = new byte[16];
    ThreadLocalRandom.current().nextBytes(key);
    add("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: ")
        .add(Base64.getEncoder().encodeToString(key))
        .add("\r\n");
  }

  /**
   * The head of an answer, once all fields are there. A length is left out where trailers are to be expected behind the body: in
   * HTTP/1.1 only chunks have them.
   *
   * @param requested method of the request that this answers
   * @param bodyFollows whether the stream goes on behind the head
   */
  public ResponseRead response(String requested, boolean bodyFollows, int maxFields) {
    if (listBytes > mostBytes) {
      return tooLong();
    }
    boolean asks = method != null || scheme != null || path != null || authority != null;
    if (wrong == null && (status == null || asks || protocol != null)) {
      wrong = "an answer without a status, or with fields of a request";
    }
    int number = statusOf(String.valueOf(status));
    if (wrong == null && (number < 100 || number == 101)) {
      wrong = "a status that is no three-digit number, or 101";
    }
    if (wrong != null) {
      return Malformed.bad(wrong);
    }
    byte[] fields = Arrays.copyOf(bytes, length);
    length = 0;
    add("HTTP/1.1 " + number + " " + Reasons.of(number) + "\r\n");
    raw(fields);
    if (cookie != null) {
      add("Cookie: ").add(cookie.toString()).add("\r\n");
    }
    boolean bare = requested.equals("HEAD") || number < 200 || number == 204 || number == 304;
    if (contentLength != null && (bare || !bodyFollows || !expectsTrailers)) {
      add("Content-Length: ").add(contentLength).add("\r\n");
    } else if (!bare) {
      add(bodyFollows ? "Transfer-Encoding: chunked\r\n" : "Content-Length: 0\r\n");
    }
    add("\r\n");
    return ResponseHead.read(bytes, 0, length, requested, maxFields);
  }

  /** Trailers, once all fields are there; null if they can't be read, or are too many. */
  public @Nullable Fields trailers(int maxFields) {
    boolean asks = method != null || scheme != null || path != null || authority != null;
    if (wrong != null || asks || protocol != null || status != null || listBytes > mostBytes) {
      return null;
    }
    add("\r\n");
    return Fields.parse(Arrays.copyOf(bytes, length), maxFields);
  }

  /** The number that three digits make, or -1. */
  private static int statusOf(String text) {
    int number = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9' || i > 2) {
        return -1;
      }
      number = number * 10 + c - '0';
    }
    return number;
  }

  private Malformed tooLong() {
    return new Malformed(431, "a head above " + mostBytes + " bytes");
  }

  private Http2Head add(String text) {
    room(text.length());
    for (int i = 0; i < text.length(); i++) {
      bytes[length++] = (byte) text.charAt(i);
    }
    return this;
  }

  private void raw(byte[] more) {
    room(more.length);
    System.arraycopy(more, 0, bytes, length, more.length);
    length += more.length;
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
