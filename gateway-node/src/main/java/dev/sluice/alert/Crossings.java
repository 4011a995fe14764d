package dev.sluice.alert;

import dev.sluice.quota.Balance;
import dev.sluice.quota.Unit;
import dev.sluice.quota.Window;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds marks that were reached, and remembers which it has found. Bounded; knows no clock. Safe for use by many threads. */
final class Crossings {
  private static final long HOUR_MILLIS = 3_600_000;
  private static final int WHOLE = 100;

  /** A limit counts as used up when less than this part of it is free: the last tokens of it fit no request. */
  private static final int LAST_PART = 64;

  private record Mark(String tenant, String bucket, int mark) {}

  private final List<Integer> marks;
  private final int mostRemembered;
  private final Map<Mark, Long> found = new HashMap<>();

  /** @param marks in percent */
  Crossings(List<Integer> marks, int mostRemembered) {
    this.marks = List.copyOf(marks);
    this.mostRemembered = mostRemembered;
  }

  /** Those that were not found before in the same window. */
  synchronized List<Crossing> of(String tenant, long now, List<Balance> balances) {
    List<Crossing> crossings = new ArrayList<>();
    for (Balance balance : balances) {
      long window = windowStart(balance, now);
      for (int mark : marks) {
        if (balance.limit() > 0 && reaches(balance, mark) && isNew(tenant, balance, mark, window)) {
          crossings.add(new Crossing(
              tenant,
              balance.name(),
              balance.unit(),
              mark,
              balance.settled() + balance.held(),
              balance.limit(),
              balance.observed(),
              window));
        }
      }
    }
    return crossings;
  }

  /** Nobody could be told: it is found again when its limit is looked at again. */
  synchronized void forget(Crossing crossing) {
    found.remove(
        new Mark(crossing.tenant(), crossing.bucket(), crossing.mark()), crossing.windowStart());
  }

  /** All of them are found again. */
  synchronized void forgetAll() {
    found.clear();
  }

  private static boolean reaches(Balance balance, int mark) {
    long used = balance.settled() + balance.held();
    boolean full = mark >= WHOLE && balance.free() <= balance.limit() / LAST_PART;
    return full || (double) used * WHOLE >= (double) balance.limit() * mark;
  }

  /** Short windows are told of once an hour: an alert each second would help nobody. */
  private static long windowStart(Balance balance, long now) {
    Window window = balance.window();
    if (window.calendar()) {
      return window.startOf(now);
    }
    if (window.sliding() || balance.unit() == Unit.IN_FLIGHT_REQUESTS) {
      return now - now % Math.max(HOUR_MILLIS, window.widthMillis());
    }
    return balance.limit();
  }

  private boolean isNew(String tenant, Balance balance, int mark, long window) {
    Mark key = new Mark(tenant, balance.name(), mark);
    Long before = found.get(key);
    if (before != null && before == window) {
      return false;
    }
    if (found.size() >= mostRemembered) {
      found.clear();
    }
    found.put(key, window);
    return true;
  }
}
