package dev.sluice.ingress;

/** A step between match and action. A route's filters run in the order they stand. */
public sealed interface Filter {
  /**
   * Sends a plain-HTTP request to the same place over HTTPS.
   *
   * @param status 301, 302, 307 or 308
   */
  record RequireHttps(int status) implements Filter {}
}
