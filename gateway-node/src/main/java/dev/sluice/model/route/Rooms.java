package dev.sluice.model.route;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How much providers' own limits leave, by what their answers to this node have said, for each key with a model. What was said counts
 * until the limit resets. Safe for use by many threads.
 */
final class Rooms {
  /** Of limits that count anything. */
  static final double FULL = 1;

  /** @param most its limit; where that is not told, the most that it ever left */
  private record Known(String what, long remaining, long most, long untilNanos) {
    boolean counts(long now) {
      return untilNanos - now > 0;
    }

    double share(int inFlight) {
      long left = what.equals(LimitFields.REQUESTS) ? remaining - inFlight : remaining;
      return most == 0 ? 0 : Math.max(0, Math.min(FULL, (double) left / most));
    }
  }

  private final Map<String, List<Known>> rooms = new ConcurrentHashMap<>();
  private final int mostKnown;
  private final Duration lasts;
  private final Duration longest;

  /**
   * @param mostKnown keys with models of which it is kept; others count as full
   * @param lasts how long counts what comes without its reset
   * @param longest how long counts what comes with it, at most
   */
  Rooms(int mostKnown, Duration lasts, Duration longest) {
    this.mostKnown = mostKnown;
    this.lasts = lasts;
    this.longest = longest;
  }

  /** An answer has said this. */
  void told(String pairId, List<LimitFields.Left> said, long now) {
    if (said.isEmpty() || rooms.size() >= mostKnown && !rooms.containsKey(pairId)) {
      return;
    }
    rooms.merge(pairId, known(said, List.of(), now), (before, none) -> known(said, before, now));
  }

  private List<Known> known(List<LimitFields.Left> said, List<Known> before, long now) {
    List<Known> all = new ArrayList<>(before);
    for (LimitFields.Left one : said) {
      long most = one.limit() >= 0 ? one.limit() : one.remaining();
      for (Known old : before) {
        if (old.what().equals(one.what())) {
          all.remove(old);
          most = one.limit() >= 0 ? most : Math.max(most, old.most());
        }
      }
      Duration counts = one.reset() == null ? lasts : one.reset();
      Duration least = counts.compareTo(longest) < 0 ? counts : longest;
      all.add(new Known(one.what(), one.remaining(), most, now + least.toNanos()));
    }
    return all;
  }

  /**
   * The share that the tightest limit leaves, from 0 to {@link #FULL}; full if nothing is known, or no longer.
   *
   * @param inFlight requests under way, which the provider may not have counted yet
   */
  double room(String pairId, int inFlight, long now) {
    double least = FULL;
    for (Known one : rooms.getOrDefault(pairId, List.of())) {
      if (one.counts(now)) {
        least = Math.min(least, one.share(inFlight));
      }
    }
    return least;
  }
}
