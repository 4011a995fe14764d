package dev.sluice.chaos.check;

import dev.sluice.chaos.history.Served;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Judges limits by what a provider has served and by what the admin API says is charged. Knows neither what clients saw nor
 * how leases work: only that nothing may be served past a limit, and that what is charged has its reasons.
 */
public final class QuotaJudge {
  /**
   * How a run ended, once all was quiet.
   *
   * @param endMillis by the clock that holds are stamped with
   * @param accounts of each limit
   * @param openAtKills what nodes had in advance and on hold at the moments in which one of them was killed, added up; 0
   *     of a limit that is not named
   */
  public record End(long endMillis, Map<Limit, Account> accounts, Map<Limit, Long> openAtKills) {}

  /**
   * What came of it.
   *
   * @param violations none if all is well
   * @param served within the fullest window of each limit, by the window that holds fell in
   */
  public record Verdict(List<String> violations, Map<Limit, Long> served) {}

  private final List<Limit> limits;
  private final List<String> violations = new ArrayList<>();

  private QuotaJudge(List<Limit> limits) {
    this.limits = limits;
  }

  public static Verdict judge(List<Limit> limits, List<Served> all, End end) {
    return new QuotaJudge(limits).judge(all, end);
  }

  private Verdict judge(List<Served> all, End end) {
    for (Served one : all) {
      violate(
          one.input() > one.held().input() || one.output() > one.held().output(),
          "served more than was put aside: " + one);
    }
    Map<Limit, Long> fullest = new TreeMap<>(Comparator.comparing(Limit::toString));
    for (Limit limit : limits) {
      List<Served> own = all.stream()
          .filter(one -> limit.counts(one.held()))
          .sorted(Comparator.comparingLong(one -> one.held().atMillis()))
          .toList();
      long most = limit.window().sliding() ? mostWithin(limit, own) : mostIn(limit, own);
      violate(most > limit.amount(), limit + ": " + most + " served within one window");
      fullest.put(limit, most);
      judgeCharge(limit, own, end);
    }
    return new Verdict(List.copyOf(violations), fullest);
  }

  /** In any interval as wide as the window. */
  private static long mostWithin(Limit limit, List<Served> sorted) {
    long most = 0;
    long sum = 0;
    int from = 0;
    for (Served one : sorted) {
      sum += limit.unit().of(one);
      while (one.held().atMillis() - sorted.get(from).held().atMillis()
          >= limit.window().millis()) {
        sum -= limit.unit().of(sorted.get(from++));
      }
      most = Math.max(most, sum);
    }
    return most;
  }

  private static long mostIn(Limit limit, List<Served> all) {
    Map<Long, Long> windows = new TreeMap<>();
    for (Served one : all) {
      windows.merge(limit.window().startOf(one.held().atMillis()), limit.unit().of(one), Long::sum);
    }
    return windows.values().stream().mapToLong(one -> one).max().orElse(0);
  }

  /** What is charged now, if all of it fell into the window of now: no less than was served, and no more without a reason. */
  private void judgeCharge(Limit limit, List<Served> own, End end) {
    Account account = end.accounts().get(limit);
    if (account == null || isPast(limit, own, end.endMillis())) {
      return;
    }
    long start = limit.window().startOf(end.endMillis());
    long served = 0;
    long atMost = 0;
    for (Served one : own) {
      if (limit.window().startOf(one.held().atMillis()) == start) {
        served += limit.unit().of(one);
        atMost += one.whole() ? limit.unit().of(one) : limit.unit().of(one.held());
      }
    }
    violate(
        account.charged() < served,
        limit + ": " + served + " served, only " + account.charged() + " charged");
    violate(
        account.settled() > atMost,
        limit + ": " + account.settled() + " settled, though only " + atMost
            + " can have been used");
    long lent = account.leased() + account.held();
    long open = end.openAtKills().getOrDefault(limit, 0L);
    violate(
        lent > open,
        limit + ": " + lent + " charged for leases, though only " + open
            + " were open when nodes were killed");
  }

  /** Whether some of it has left a sliding window by now. */
  private static boolean isPast(Limit limit, List<Served> sorted, long now) {
    return limit.window().sliding()
        && !sorted.isEmpty()
        && sorted.get(0).held().atMillis() <= now - limit.window().millis();
  }

  private void violate(boolean violated, String what) {
    if (violated) {
      violations.add(what);
    }
  }
}
