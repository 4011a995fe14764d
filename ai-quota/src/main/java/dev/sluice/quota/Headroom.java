package dev.sluice.quota;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What may still be granted out of buckets at one moment, and when there will be more.
 *
 * @param now entity time, milliseconds
 * @param charged what buckets are charged with, by id, as far as anybody has asked
 */
record Headroom(QuotaLedger ledger, long now, DeskSettings settings, Map<String, Long> charged) {
  Headroom(QuotaLedger ledger, long now, DeskSettings settings) {
    this(ledger, now, settings, new HashMap<>());
  }

  private static final long SHORTEST_LIFE = 2_000;

  /** A lease takes at most this part of the room. */
  private static final long PART = 4;

  /** The buckets that this hold does not fit into; a prefetch fits wherever a part of what is left is anything. */
  List<Bucket> lacking(List<Bucket> path, Amounts need, boolean prefetch) {
    return path.stream()
        .filter(bucket -> !bucket.observed())
        .filter(bucket -> free(bucket) < need.of(bucket.unit()) || prefetch && free(bucket) < PART)
        .toList();
  }

  private long free(Bucket bucket) {
    return bucket.limit()
        - charged.computeIfAbsent(
            bucket.id(), id -> ledger.charged(bucket, now, settings.margin()));
  }

  /** What can be granted of each unit: the least of all buckets of the path. */
  Amounts room(List<Bucket> path) {
    Amounts room = Amounts.ALL;
    for (Bucket bucket : path) {
      if (!bucket.observed() && free(bucket) < room.of(bucket.unit())) {
        room = room.with(bucket.unit(), Math.max(0, free(bucket)));
      }
    }
    return room;
  }

  /**
   * Size of a lease (5.4): the holds that wait for it, or more where there is much room. A limit that is observed makes
   * leases small as it comes near, so that what nodes know of it is new, and no longer once it is passed.
   *
   * @param waiting the longest run of waiting holds that fits
   * @param want what the node would take
   */
  Size size(List<Bucket> path, Amounts room, Amounts waiting, Amounts want) {
    Amounts most = want.min(room.dividedBy(PART));
    for (Bucket bucket : path) {
      if (bucket.observed() && free(bucket) > 0) {
        long part = Math.min(most.of(bucket.unit()), free(bucket) / PART);
        most = most.with(bucket.unit(), part);
      }
    }
    Amounts size = waiting.max(most);
    for (Bucket bucket : path) {
      long least = waiting.of(bucket.unit());
      if (!bucket.observed() && least > 0 && size.of(bucket.unit()) == least) {
        return new Size(waiting, true);
      }
    }
    return new Size(size, size.equals(waiting));
  }

  /** @param exact it is what waits, and not one more of any unit */
  record Size(Amounts amounts, boolean exact) {}

  ToNode.Room of(Bucket bucket) {
    return new ToNode.Room(
        bucket.name(),
        bucket.unit(),
        bucket.limit(),
        free(bucket),
        resetIn(bucket),
        bucket.observed());
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
