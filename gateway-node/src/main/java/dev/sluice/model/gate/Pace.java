package dev.sluice.model.gate;

import java.time.Duration;

/** How fast a queue has moved of late. Pure: times are told, in nanoseconds of a monotonic clock. */
final class Pace {
  private static final long LEAST_MILLIS = 1_000;
  private static final long MOST_MILLIS = Duration.ofMinutes(10).toMillis();
  private static final double NANOS_PER_MILLI = 1e6;
  /** Share of the newest of all measurements: an eighth. */
  private static final double NEWEST = 0.125;

  private double gapNanos;
  private long lastNanos;

  /** @param waited whether one that had to wait goes in, so that it says how long the one before has taken */
  void in(boolean waited, long now) {
    if (waited) {
      double gap = now - lastNanos;
      gapNanos = gapNanos == 0 ? gap : gapNanos + NEWEST * (gap - gapNanos);
    }
    lastNanos = now;
  }

  /**
   * When one of this position may go in: as many go in before, each as long after the other as of late.
   *
   * @param stands whether somebody waits now
   * @param leastNanos that it takes in any case
   */
  long millis(int position, boolean stands, long leastNanos, long now) {
    double gap = gapNanos == 0 ? 0 : Math.max(gapNanos, stands ? (double) (now - lastNanos) : 0);
    double nanos = Math.max((double) leastNanos, gap * Math.max(1, position));
    return Math.min(MOST_MILLIS, Math.max(LEAST_MILLIS, (long) (nanos / NANOS_PER_MILLI)));
  }
}
