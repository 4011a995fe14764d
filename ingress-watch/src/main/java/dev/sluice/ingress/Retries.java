package dev.sluice.ingress;

import java.time.Duration;
import java.util.Set;

/**
 * When another endpoint is tried. Never once a byte of a streamed body has been taken or of an answer has been sent.
 *
 * @param tries in all, the first included; at least 1
 * @param onError whether after a connection that failed
 * @param onTimeout whether after one that stayed silent
 * @param onMalformed whether after an answer that can't be read
 * @param statuses of answers after which it is tried again
 * @param nonIdempotent whether also for methods that must not be repeated
 * @param within time from the first try on after which no other begins; zero for any
 */
public record Retries(
    int tries,
    boolean onError,
    boolean onTimeout,
    boolean onMalformed,
    Set<Integer> statuses,
    boolean nonIdempotent,
    Duration within) {
  /** As ingress-nginx: three tries, on a failed or silent connection. */
  public static final Retries DEFAULT = new Retries(3);

  public Retries(int tries) {
    this(tries, true, true, false, Set.of(), false, Duration.ZERO);
  }
}
