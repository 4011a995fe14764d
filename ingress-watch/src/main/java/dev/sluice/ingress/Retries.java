package dev.sluice.ingress;

/**
 * When another endpoint is tried. Never once a byte of a streamed body has been taken or of an answer has been sent.
 *
 * @param tries in all, the first included; at least 1
 */
public record Retries(int tries) {
  /** As ingress-nginx: three tries, on a failed or silent connection. */
  public static final Retries DEFAULT = new Retries(3);
}
