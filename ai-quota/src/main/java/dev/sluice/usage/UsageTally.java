package dev.sluice.usage;

import java.util.HashMap;
import java.util.Map;

/**
 * What was used since the last batch. Bounded: with too many lines, models and targets are counted together, and with far
 * too many a call is only counted as lost. Safe for use by many threads; knows no clock and no database.
 */
final class UsageTally {
  private final int mostLines;
  private Map<UsageLine, UsageCounts> current = new HashMap<>();
  private long lost;

  UsageTally(int mostLines) {
    this.mostLines = mostLines;
  }

  void add(Spent spent, long nowMillis) {
    add(UsageLine.of(spent, nowMillis), spent);
  }

  private synchronized void add(UsageLine line, Spent spent) {
    UsageCounts counts = current.get(line);
    if (counts == null) {
      UsageLine which = current.size() < mostLines ? line : line.coarse();
      if (current.size() >= 2 * mostLines && !current.containsKey(which)) {
        lost++;
        return;
      }
      counts = current.computeIfAbsent(which, none -> new UsageCounts());
    }
    counts.add(spent);
  }

  /** What has come together, which begins anew. Copied outside of the lock: those who add wait for no batch. */
  Map<UsageLine, UsageCounts.Sums> take() {
    Map<UsageLine, UsageCounts.Sums> sums = new HashMap<>();
    swap().forEach((line, counts) -> sums.put(line, counts.sums()));
    return sums;
  }

  private synchronized Map<UsageLine, UsageCounts> swap() {
    Map<UsageLine, UsageCounts> taken = current;
    current = new HashMap<>();
    return taken;
  }

  /** Calls that were counted nowhere. */
  synchronized long lost() {
    return lost;
  }

  synchronized int lines() {
    return current.size();
  }
}
