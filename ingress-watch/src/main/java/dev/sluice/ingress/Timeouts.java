package dev.sluice.ingress;

import java.time.Duration;

/**
 * How long a route waits for its upstream.
 *
 * @param connect for a connection; shared by all routes to the same endpoint, so that the shortest in force rules
 * @param read for the next byte of an answer
 * @param send for the upstream to take the next bytes of a request
 */
public record Timeouts(Duration connect, Duration read, Duration send) {
  /** Those of ingress-nginx. */
  public static final Timeouts DEFAULT =
      new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofSeconds(60));
}
