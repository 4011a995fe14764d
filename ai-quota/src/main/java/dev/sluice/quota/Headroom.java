package dev.sluice.quota;

import java.util.List;
import java.util.Map;

/**
 * What may still be granted out of buckets at one moment, and when there will be more.
 *
 * @param now entity time, milliseconds
 */
record Headroom(QuotaLedger ledger, long now, DeskSettings settings) {
  private static final long SHORTEST_LIFE = 2_000;

  /** The buckets that this hold does not fit into; a prefetch fits wherever anything is left. */
  List<Bucket> lacking(List<Bucket> path, Amounts need, boolean prefetch) {
    return path.stream()
        .filter(bucket -> free(bucket) < need.of(bucket.unit()) || prefetch && free(bucket) <= 0)
        .toList();
  }

  private long free(Bucket bucket) {
    return bucket.limit() - ledger.charged(bucket, now, settings.margin());
  }

  /** What can be granted of each unit: the least of all buckets of the path. */
  Amounts room(List<Bucket> path) {
    long tokens = Long.MAX_VALUE;
    for (Bucket bucket : path) {
      switch (bucket.unit()) {
        case TOKENS -> tokens = Math.min(tokens, free(bucket));
      }
    }
    return new Amounts(Math.max(0, tokens));
  }

  ToNode.Room of(Bucket bucket) {
    return new ToNode.Room(
        bucket.name(), bucket.unit(), bucket.limit(), free(bucket), resetIn(bucket));
  }

  /** Milliseconds until there may be room for this: 0 if what is missing is only lent out or held. */
  long roomIn(Bucket bucket, Amounts need) {
    long missing = ledger.charges(bucket, now, settings.margin()).settled()
        + need.of(bucket.unit())
        - bucket.limit();
    if (missing <= 0) {
      return 0;
    }
    Window window = bucket.window();
    if (window.calendar()) {
      return window.endOf(now) - now;
    }
    if (window.sliding()) {
      for (Map.Entry<Long, Long> slot : ledger.settledBySlot(bucket).entrySet()) {
        long ages = slot.getKey() + window.widthMillis() + settings.margin() - now;
        missing -= ages > 0 ? slot.getValue() : 0;
        if (missing <= 0) {
          return ages;
        }
      }
    }
    return ToNode.NEVER;
  }

  /** Milliseconds until all of it is free again. */
  long resetIn(Bucket bucket) {
    Window window = bucket.window();
    if (window.calendar()) {
      return window.endOf(now) - now;
    }
    if (!window.sliding()) {
      return ToNode.NEVER;
    }
    long newest = ledger.newestCharge(bucket);
    return newest == 0
        ? 0
        : Math.max(0, Math.min(newest, now) + window.widthMillis() + settings.margin() - now);
  }

  /** Milliseconds that a lease on this path may live at most (5.5). */
  long life(List<Bucket> path) {
    long shortest = shortestSliding(path);
    return shortest == 0
        ? settings.life()
        : Math.min(settings.life(), Math.max(SHORTEST_LIFE, 2 * shortest));
  }

  /** Width of the slots in which holds on this path are counted; 0 if one will do. */
  long slotMillis(List<Bucket> path) {
    long shortest = shortestSliding(path);
    return shortest == 0 ? 0 : Math.max(1, shortest / DeskSettings.SLOTS);
  }

  /** Width of the shortest sliding window; 0 if there is none. */
  private static long shortestSliding(List<Bucket> path) {
    return path.stream()
        .map(Bucket::window)
        .filter(Window::sliding)
        .mapToLong(Window::widthMillis)
        .min()
        .orElse(0);
  }

  /** Entity time at which the first calendar window of the path ends. */
  long endOfCalendars(List<Bucket> path) {
    return path.stream()
        .mapToLong(bucket -> bucket.window().endOf(now))
        .min()
        .orElse(Long.MAX_VALUE);
  }
}
