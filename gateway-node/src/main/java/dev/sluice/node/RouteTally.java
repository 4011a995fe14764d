package dev.sluice.node;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What the requests of one route have come to since that was last told. Small, so that the tallies of thousands of routes stay
 * near the processor; instruments, which are large, hear of it now and then. Safe for use by many threads.
 */
final class RouteTally {
  /** Who is told. */
  interface Told {
    /** @param status 0 for those that were not answered, or with no status */
    void requests(int status, long count);

    /** @param nanos that each of them has taken, about */
    void times(long nanos, long count);
  }

  /** Upper ends of the buckets in which Prometheus is told of times: within one, all are told as their mean. */
  private static final long[] ENDS = Arrays.stream(
          new long[] {5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000})
      .map(TimeUnit.MILLISECONDS::toNanos)
      .toArray();

  private static final int MOST_STATUSES = 16;
  private static final int MOST_STATUS = 599;

  /** Of a request that was not answered, or with a number that is no status. */
  private static final int NO_STATUS = -1;

  /** Statuses that were seen; 0 where there is none yet. */
  private final AtomicIntegerArray statuses = new AtomicIntegerArray(MOST_STATUSES);

  /** Requests by status, then by bucket their number and the sum of their times. */
  private final AtomicLongArray cells = new AtomicLongArray(MOST_STATUSES + 2 * (ENDS.length + 1));

  void over(int status, long nanos) {
    cells.getAndIncrement(slot(status > 0 && status <= MOST_STATUS ? status : NO_STATUS));
    int bucket = 0;
    while (bucket < ENDS.length && nanos > ENDS[bucket]) {
      bucket++;
    }
    int cell = MOST_STATUSES + 2 * bucket;
    cells.getAndIncrement(cell);
    cells.getAndAdd(cell + 1, nanos);
  }

  /** The last one is for all statuses for which there is no room. */
  private int slot(int status) {
    for (int slot = 0; slot < MOST_STATUSES - 1; slot++) {
      int known = statuses.get(slot);
      if (known == 0 && statuses.compareAndSet(slot, 0, status)) {
        return slot;
      }
      if (statuses.get(slot) == status) {
        return slot;
      }
    }
    statuses.set(MOST_STATUSES - 1, NO_STATUS);
    return MOST_STATUSES - 1;
  }

  /** Tells what has come since the last time. On one thread at a time. */
  void tell(Told told) {
    for (int slot = 0; slot < MOST_STATUSES; slot++) {
      long count = cells.get(slot) == 0 ? 0 : cells.getAndSet(slot, 0);
      if (count > 0) {
        told.requests(Math.max(0, statuses.get(slot)), count);
      }
    }
    for (int cell = MOST_STATUSES; cell < cells.length(); cell += 2) {
      long count = cells.get(cell) == 0 ? 0 : cells.getAndSet(cell, 0);
      if (count > 0) {
        told.times(cells.getAndSet(cell + 1, 0) / count, count);
      }
    }
  }
}
