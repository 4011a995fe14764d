package dev.sluice.model.gate;

import java.util.Map;
import java.util.TreeMap;

/**
 * What was used within a span of time that slides along. Pure: times are told, in nanoseconds of a monotonic clock. Counts what
 * was used up to a fortieth of the span too long, never too short.
 */
final class RateWindow {
  private static final int SLOTS = 40;

  private final long spanNanos;
  private final long slotNanos;
  private final TreeMap<Long, Long> used = new TreeMap<>();
  private long sum;

  RateWindow(long spanNanos) {
    this.spanNanos = spanNanos;
    this.slotNanos = spanNanos / SLOTS;
  }

  long spanNanos() {
    return spanNanos;
  }

  void add(long atNanos, long amount) {
    used.merge(Math.floorDiv(atNanos, slotNanos), amount, Long::sum);
    sum += amount;
  }

  /** Puts right what was added for that moment, if it still counts. */
  void correct(long atNanos, long more, long nowNanos) {
    age(nowNanos);
    long slot = Math.floorDiv(atNanos, slotNanos);
    Long before = used.get(slot);
    if (before == null && more <= 0 || !counts(slot, nowNanos)) {
      return;
    }
    long had = before == null ? 0 : before;
    long has = Math.max(0, had + more);
    used.put(slot, has);
    sum += has - had;
  }

  private boolean counts(long slot, long nowNanos) {
    return (slot + 1) * slotNanos > nowNanos - spanNanos;
  }

  private void age(long nowNanos) {
    while (!used.isEmpty() && !counts(used.firstKey(), nowNanos)) {
      sum -= used.pollFirstEntry().getValue();
    }
  }

  /** What was used in the span up to now. */
  long used(long nowNanos) {
    age(nowNanos);
    return sum;
  }

  /** How long until no more than this is left of what is used now, if nothing more is. */
  long nanosUntil(long atMost, long nowNanos) {
    age(nowNanos);
    long left = sum;
    for (Map.Entry<Long, Long> slot : used.entrySet()) {
      if (left <= atMost) {
        break;
      }
      left -= slot.getValue();
      if (left <= atMost) {
        return (slot.getKey() + 1) * slotNanos + spanNanos - nowNanos;
      }
    }
    return 0;
  }
}
