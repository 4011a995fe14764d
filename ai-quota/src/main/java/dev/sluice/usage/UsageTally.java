package dev.sluice.usage;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What was used since the last batch. Bounded: with too many lines, models and targets are counted together, and with far
 * too many a call is only counted as lost. Safe for use by many threads; knows no clock and no database.
 */
final class UsageTally {
  private final int mostLines;
  private final AtomicLong lost = new AtomicLong();
  private volatile Map<UsageLine, UsageCounts> current = new ConcurrentHashMap<>();

  UsageTally(int mostLines) {
    this.mostLines = mostLines;
  }

  void add(Spent spent, long nowMillis) {
    UsageLine line = UsageLine.of(spent, nowMillis);
    while (true) {
      Map<UsageLine, UsageCounts> into = current;
      UsageCounts counts = into.get(line);
      if (counts == null) {
        UsageLine which = into.size() < mostLines ? line : line.coarse();
        if (into.size() >= 2 * mostLines && !into.containsKey(which)) {
          lost.incrementAndGet();
          return;
        }
        counts = into.computeIfAbsent(which, none -> new UsageCounts());
      }
      if (counts.add(spent)) {
        return;
      }
    }
  }

  /** What has come together, which begins anew. Called by one thread. */
  Map<UsageLine, UsageCounts.Sums> take() {
    Map<UsageLine, UsageCounts> taken = current;
    current = new ConcurrentHashMap<>();
    Map<UsageLine, UsageCounts.Sums> sums = new HashMap<>();
    taken.forEach((line, counts) -> {
      UsageCounts.Sums sum = counts.take();
      if (sum.requests() > 0) {
        sums.put(line, sum);
      }
    });
    return sums;
  }

  /** Calls that were counted nowhere. */
  long lost() {
    return lost.get();
  }

  int lines() {
    return current.size();
  }
}
