package dev.sluice.proxy;

import java.util.concurrent.TimeUnit;

/**
 * How many second tries one worker may spend: a share of its requests of the last ten seconds, and a few in any case. When an
 * upstream is down for all, asking it thrice does not help it up.
 */
final class RetryBudget {
  private static final long SLICE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int SLICES = 10;

  private final int percent;
  private final int least;
  private final long[] requests = new long[SLICES];
  private final long[] retries = new long[SLICES];
  private long slice = Long.MIN_VALUE;

  /**
   * @param percent second tries for a hundred requests
   * @param least second tries in ten seconds however few requests there were
   */
  RetryBudget(int percent, int least) {
    this.percent = percent;
    this.least = least;
  }

  void request(long now) {
    requests[at(now)]++;
  }

  /** Takes a second try out of the budget; false if it is spent. */
  boolean retry(long now) {
    int at = at(now);
    long asked = 0;
    long again = 0;
    for (int i = 0; i < SLICES; i++) {
      asked += requests[i];
      again += retries[i];
    }
    if (again >= least && again >= asked * percent / 100) {
      return false;
    }
    retries[at]++;
    return true;
  }

  private int at(long now) {
    long current = Math.floorDiv(now, SLICE_NANOS);
    if (slice == Long.MIN_VALUE || current - slice >= SLICES) {
      java.util.Arrays.fill(requests, 0);
      java.util.Arrays.fill(retries, 0);
      slice = current;
    }
    while (slice < current) {
      int next = Math.floorMod(++slice, SLICES);
      requests[next] = 0;
      retries[next] = 0;
    }
    return Math.floorMod(slice, SLICES);
  }
}
