package dev.sluice.wire;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Head of a request as it came. */
public final class RequestHead implements RequestRead {

  private final String method;
  private final String target;
  private final boolean http11;
  private final Fields fields;
  private final String authority;
  private final String host;
  private final long bodyLength;
  private final boolean keepAlive;

  private RequestHead(
      String method,
      String target,
      boolean http11,
      Fields fields,
      String authority,
      long bodyLength,
      boolean keepAlive) {
    this.method = method;
    this.target = target;
    this.http11 = http11;
    this.fields = fields;
    this.authority = authority;
    this.host = hostOf(authority);
    this.bodyLength = bodyLength;
    this.keepAlive = keepAlive;
  }

  public String method() {
    return method;
  }

  /** Path and query exactly as sent, one char per byte; starts with a slash, or is {@code *}. */
  public String target() {
    return target;
  }

  /** False for HTTP/1.0. */
  public boolean http11() {
    return http11;
  }

  public Fields fields() {
    return fields;
  }

  /** The Host field as sent, with its port; empty if an HTTP/1.0 client sent none. */
  public String authority() {
    return authority;
  }

  /** The host of {@link #authority} in lower case, without port and without a dot at its end. */
  public String host() {
    return host;
  }

  /** Bytes of the body, 0 if there is none, {@link BodyLength#CHUNKED} if they are not known beforehand. */
  public long bodyLength() {
    return bodyLength;
  }

  /** Its length as it stands on the wire of HTTP/1.1, with single blanks. */
  public int bytes() {
    return method.length() + target.length() + " HTTP/1.1\r\n\r\n".length() + 1 + fields.bytes();
  }

  public boolean hasBody() {
    return bodyLength != 0;
  }

  /** Whether the client means to send another request on this connection. */
  public boolean keepAlive() {
    return keepAlive;
  }

  public boolean expectsContinue() {
    return http11 && fields.lists(Field.EXPECT, "100-continue");
  }

  /** Whether the client asks for another protocol on this connection, such as WebSocket. */
  public boolean asksUpgrade() {
    return http11
        && fields.indexOf(Field.UPGRADE) >= 0
        && fields.lists(Field.CONNECTION, "upgrade");
  }

  /**
   * Reads a whole head, from the request line to the empty line.
   *
   * @param from index of the first byte
   * @param end index behind the empty line
   * @param maxTargetBytes longest request target that is taken; a longer one is a 414
   * @param maxFields most header fields that are taken; more are a 431
   */
  public static RequestRead read(
      byte[] head, int from, int end, int maxTargetBytes, int maxFields) {
    int at = from;
    while (FieldParser.isToken(head[at])) {
      at++;
    }
    if (at == from || head[at] != ' ') {
      return Malformed.bad("a request line that does not begin with a method and a blank");
    }
    String method = method(head, from, at);
    int targetFrom = ++at;
    while (head[at] > ' ' && head[at] != 127 || head[at] < 0) {
      at++;
    }
    int targetTo = at;
    if (targetTo == targetFrom || head[at] != ' ') {
      return Malformed.bad("a request target with a blank or a control character, or none");
    }
    if (targetTo - targetFrom > maxTargetBytes) {
      return new Malformed(414, "a request target above " + maxTargetBytes + " bytes");
    }
    at++;
    if (at + 10 > end || !isVersion(head, at)) {
      return Malformed.bad("a request line that does not end in HTTP/1.1 or HTTP/1.0");
    }
    if (head[at + 5] != '1' || head[at + 7] != '1' && head[at + 7] != '0') {
      return new Malformed(505, "an HTTP version other than 1.1 and 1.0");
    }
    boolean http11 = head[at + 7] == '1';
    Fields fields = new Fields(head);
    Malformed malformed = FieldParser.parse(head, at + 10, end, maxFields, fields);
    if (malformed != null) {
      return malformed;
    }
    String target =
        new String(head, targetFrom, targetTo - targetFrom, StandardCharsets.ISO_8859_1);
    return check(method, target, http11, fields);
  }

  private static RequestRead check(String method, String target, boolean http11, Fields fields) {
    if (method.equals("CONNECT")) {
      return new Malformed(501, "CONNECT is not offered");
    }
    int hosts = 0;
    int lengths = 0;
    int codings = 0;
    long length = 0;
    String authority = "";
    boolean close = false;
    boolean keep = http11;
    for (int i = 0; i < fields.count(); i++) {
      Field field = fields.known(i);
      if (field == null) {
        continue;
      }
      switch (field) {
        case HOST -> {
          hosts++;
          authority = fields.value(i);
        }
        case CONTENT_LENGTH -> {
          lengths++;
          length = fields.contentLength(i);
        }
        case TRANSFER_ENCODING -> {
          codings++;
          if (!fields.valueIs(i, "chunked")) {
            return Malformed.bad("a Transfer-Encoding other than chunked");
          }
        }
        case CONNECTION -> {
          close |= fields.valueLists(i, "close");
          keep |= fields.valueLists(i, "keep-alive");
        }
        default -> {}
      }
    }
    if (hosts > 1) {
      return Malformed.bad("more than one Host");
    }
    if (hosts == 0 && http11) {
      return Malformed.bad("no Host");
    }
    if (hosts == 1 && !isAuthority(authority)) {
      return Malformed.bad("a Host that is no host name, address or either with a port");
    }
    if (lengths > 1) {
      return Malformed.bad("more than one Content-Length");
    }
    if (lengths == 1 && length < 0) {
      return Malformed.bad("a Content-Length that is no plain number");
    }
    if (codings > 1) {
      return Malformed.bad("more than one Transfer-Encoding");
    }
    if (codings == 1 && (lengths == 1 || !http11)) {
      return Malformed.bad(
          lengths == 1
              ? "both Content-Length and Transfer-Encoding"
              : "Transfer-Encoding in HTTP/1.0");
    }
    String path = originForm(target, authority, method);
    if (path == null) {
      return Malformed.bad("a request target that is neither a path nor a URL of the Host");
    }
    return new RequestHead(
        method,
        path,
        http11,
        fields,
        authority,
        codings == 1 ? BodyLength.CHUNKED : length,
        keep && !close);
  }

  /** The target as path and query, or null if it is of another form or names another host than the Host field. */
  private static @Nullable String originForm(String target, String authority, String method) {
    if (target.indexOf('#') >= 0) {
      return null;
    }
    if (target.charAt(0) == '/') {
      return target;
    }
    if (target.equals("*")) {
      return method.equals("OPTIONS") ? target : null;
    }
    int scheme = target.regionMatches(true, 0, "http://", 0, 7)
        ? 7
        : target.regionMatches(true, 0, "https://", 0, 8) ? 8 : 0;
    if (scheme == 0) {
      return null;
    }
    int end = scheme;
    while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
      end++;
    }
    if (!target.substring(scheme, end).equalsIgnoreCase(authority)) {
      return null;
    }
    String rest = target.substring(end);
    return rest.startsWith("/") ? rest : "/" + rest;
  }

  private static boolean isVersion(byte[] head, int at) {
    return head[at] == 'H'
        && head[at + 1] == 'T'
        && head[at + 2] == 'T'
        && head[at + 3] == 'P'
        && head[at + 4] == '/'
        && head[at + 5] >= '0'
        && head[at + 5] <= '9'
        && head[at + 6] == '.'
        && head[at + 7] >= '0'
        && head[at + 7] <= '9'
        && head[at + 8] == '\r'
        && head[at + 9] == '\n';
  }

  private static String method(byte[] head, int from, int to) {
    int length = to - from;
    if (length == 3 && head[from] == 'G' && head[from + 1] == 'E' && head[from + 2] == 'T') {
      return "GET";
    }
    if (length == 4
        && head[from] == 'P'
        && head[from + 1] == 'O'
        && head[from + 2] == 'S'
        && head[from + 3] == 'T') {
      return "POST";
    }
    return new String(head, from, length, StandardCharsets.US_ASCII);
  }

  private static boolean isAuthority(String authority) {
    if (authority.isEmpty()) {
      return false;
    }
    int i = 0;
    if (authority.charAt(0) == '[') {
      i = authority.indexOf(']') + 1;
      if (i < 4) {
        return false;
      }
      for (int k = 1; k < i - 1; k++) {
        char c = authority.charAt(k);
        if (!(isHex(c) || c == ':' || c == '.')) {
          return false;
        }
      }
    } else {
      while (i < authority.length() && isHostChar(authority.charAt(i))) {
        i++;
      }
      if (i == 0) {
        return false;
      }
    }
    if (i == authority.length()) {
      return true;
    }
    if (authority.charAt(i) != ':' || authority.length() - i > 6) {
      return false;
    }
    for (int k = i + 1; k < authority.length(); k++) {
      if (authority.charAt(k) < '0' || authority.charAt(k) > '9') {
        return false;
      }
    }
    return true;
  }

  private static boolean isHostChar(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || c == '.'
        || c == '-'
        || c == '_';
  }

  private static boolean isHex(char c) {
    return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
  }

  private static String hostOf(String authority) {
    int end = authority.length();
    int colon = authority.lastIndexOf(':');
    if (colon >= 0 && colon > authority.lastIndexOf(']')) {
      end = colon;
    }
    if (end > 0 && authority.charAt(end - 1) == '.') {
      end--;
    }
    return authority.substring(0, end).toLowerCase(Locale.ROOT);
  }
}
