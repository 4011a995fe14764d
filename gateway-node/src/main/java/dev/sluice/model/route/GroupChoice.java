package dev.sluice.model.route;

import dev.sluice.ingress.ModelBalance;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;

/** Chooses one target of a group. Pure. */
final class GroupChoice {
  private GroupChoice() {}

  /**
   * @param all those that can be asked; at least one
   * @param random gives a number from 0 up to its bound, that excluded
   */
  static Spot of(ModelBalance balance, List<Spot> all, Loads loads, LongUnaryOperator random) {
    return switch (balance) {
      case WEIGHTED -> byWeight(all, random);
      case LEAST_IN_FLIGHT -> leastInFlight(all, loads, random);
      case LOWEST_LATENCY -> quickerOfTwo(all, loads, random);
    };
  }

  private static Spot byWeight(List<Spot> all, LongUnaryOperator random) {
    long sum = all.stream().mapToLong(Spot::weight).sum();
    if (sum == 0) {
      return all.get(0);
    }
    long left = random.applyAsLong(sum);
    for (Spot one : all) {
      left -= one.weight();
      if (left < 0) {
        return one;
      }
    }
    return all.get(all.size() - 1);
  }

  private static Spot leastInFlight(List<Spot> all, Loads loads, LongUnaryOperator random) {
    List<Spot> best = new ArrayList<>();
    for (Spot one : all) {
      int order = best.isEmpty() ? -1 : compare(one, best.get(0), loads);
      if (order < 0) {
        best.clear();
      }
      if (order <= 0) {
        best.add(one);
      }
    }
    return best.get((int) random.applyAsLong(best.size()));
  }

  /** By answers under way for each unit of weight, this one included; those of weight 0 last. */
  private static int compare(Spot one, Spot other, Loads loads) {
    if (one.weight() == 0 || other.weight() == 0) {
      return Integer.compare(one.weight() == 0 ? 1 : 0, other.weight() == 0 ? 1 : 0);
    }
    return Long.compare(
        (loads.inFlight(one.id()) + 1L) * other.weight(),
        (loads.inFlight(other.id()) + 1L) * one.weight());
  }

  private static Spot quickerOfTwo(List<Spot> all, Loads loads, LongUnaryOperator random) {
    Spot one = byWeight(all, random);
    List<Spot> others = all.stream().filter(spot -> spot.index() != one.index()).toList();
    if (others.isEmpty()) {
      return one;
    }
    Spot other = byWeight(others, random);
    boolean never = other.weight() == 0 && one.weight() > 0;
    return never || expected(one, loads) <= expected(other, loads) ? one : other;
  }

  /** Of one that nobody has measured, nothing is expected: so that it is found out. */
  private static double expected(Spot spot, Loads loads) {
    return (double) loads.firstTokenNanos(spot.id()) * (loads.inFlight(spot.id()) + 1);
  }
}
