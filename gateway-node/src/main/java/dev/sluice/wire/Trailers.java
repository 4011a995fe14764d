package dev.sluice.wire;

import java.util.Locale;
import java.util.Set;

/**
 * Which fields may go on behind a body. What frames, routes, authorises or describes a message must stand in its head
 * (RFC 9110, section 6.5.1), and so must what the gateway itself says of a client: behind the body it is left out.
 */
public enum Trailers {
  /** None at all: the receiver has not said that it takes any. */
  NONE,
  OF_REQUEST,
  OF_RESPONSE;

  private static final Set<String> IN_HEADS_ONLY = Set.of(
      "age",
      "authentication-info",
      "cache-control",
      "content-encoding",
      "content-range",
      "cookie",
      "expires",
      "forwarded",
      "if-match",
      "if-modified-since",
      "if-none-match",
      "if-range",
      "if-unmodified-since",
      "max-forwards",
      "pragma",
      "proxy-authentication-info",
      "range",
      "set-cookie",
      "vary",
      "warning",
      "www-authenticate");

  /** Whether field number {@code i} goes on. */
  public boolean pass(Fields fields, int i) {
    if (this == NONE || fields.known(i) != null) {
      return false;
    }
    String name = fields.name(i).toLowerCase(Locale.ROOT);
    return !IN_HEADS_ONLY.contains(name)
        && !name.startsWith("x-forwarded-")
        && !name.startsWith("ssl-client-")
        && (this == OF_RESPONSE || name.indexOf('_') < 0);
  }
}
