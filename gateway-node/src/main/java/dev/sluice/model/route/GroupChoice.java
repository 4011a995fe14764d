package dev.sluice.model.route;

import dev.sluice.ingress.KeyHash;
import dev.sluice.ingress.ModelBalance;
import dev.sluice.model.route.AttemptPlan.Way;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongUnaryOperator;

/** Chooses one target of a group, and by which key it is asked. Pure. */
final class GroupChoice {
  /** As many as a double holds. */
  private static final int DRAWN_BITS = 53;

  private static final Backlog NOTHING_WAITS = new Backlog(0, 0, 0);

  private record Queued(Way way, Backlog backlog) {}

  private GroupChoice() {}

  /**
   * @param all those that can be asked, at least one: each target once, or by each of its keys where they differ
   * @param random gives a number from 0 up to its bound, that excluded
   */
  static Way of(
      ModelBalance balance, List<Way> all, Prompt prompt, Loads loads, LongUnaryOperator random) {
    return switch (balance) {
      case WEIGHTED -> byWeight(all, random);
      case LEAST_IN_FLIGHT -> leastInFlight(all, loads, random);
      case LOWEST_LATENCY -> quickerOfTwo(all, loads, random);
      case HEADROOM -> roomiest(all, loads, random);
      case PREFIX_HASH -> byPrompt(all, prompt, loads, random);
      case QUEUE -> shortestQueue(all, loads, random);
    };
  }

  /** Whether the keys of a target differ in what the choice goes by. */
  static boolean looksAtKeys(ModelBalance balance) {
    return balance == ModelBalance.HEADROOM;
  }

  private static Way byWeight(List<Way> all, LongUnaryOperator random) {
    long sum = all.stream().mapToLong(GroupChoice::weight).sum();
    if (sum == 0) {
      return all.get(0);
    }
    long left = random.applyAsLong(sum);
    for (Way one : all) {
      left -= weight(one);
      if (left < 0) {
        return one;
      }
    }
    return all.get(all.size() - 1);
  }

  private static int weight(Way way) {
    return way.spot().weight();
  }

  private static int inFlight(Way way, Loads loads) {
    return loads.inFlight(way.spot().id());
  }

  private static Way leastInFlight(List<Way> all, Loads loads, LongUnaryOperator random) {
    return best(all, (one, other) -> compare(one, other, loads), random);
  }

  /** The first by an order; of several that are equal, one at random. */
  private static <T> T best(List<T> all, Comparator<T> order, LongUnaryOperator random) {
    List<T> best = new ArrayList<>();
    for (T one : all) {
      int place = best.isEmpty() ? -1 : order.compare(one, best.get(0));
      if (place < 0) {
        best.clear();
      }
      if (place <= 0) {
        best.add(one);
      }
    }
    return best.get((int) random.applyAsLong(best.size()));
  }

  /** By answers under way for each unit of weight, this one included; those of weight 0 last. */
  private static int compare(Way one, Way other, Loads loads) {
    if (weight(one) == 0 || weight(other) == 0) {
      return Integer.compare(weight(one) == 0 ? 1 : 0, weight(other) == 0 ? 1 : 0);
    }
    return Long.compare(
        (inFlight(one, loads) + 1L) * weight(other), (inFlight(other, loads) + 1L) * weight(one));
  }

  private static Way quickerOfTwo(List<Way> all, Loads loads, LongUnaryOperator random) {
    Way one = byWeight(all, random);
    List<Way> others =
        all.stream().filter(way -> way.spot().index() != one.spot().index()).toList();
    if (others.isEmpty()) {
      return one;
    }
    Way other = byWeight(others, random);
    boolean never = weight(other) == 0 && weight(one) > 0;
    return never || expected(one, loads) <= expected(other, loads) ? one : other;
  }

  /** Of one that nobody has measured, nothing is expected: so that it is found out. */
  private static double expected(Way way, Loads loads) {
    return (double) loads.firstTokenNanos(way.spot().id()) * (inFlight(way, loads) + 1);
  }

  /**
   * The one where least waits for its weight; of equals, where most memory is left; of such, the one with fewest of ours. Where one has
   * not told, or not of late, they can't be compared: then it is the last of these alone.
   */
  private static Way shortestQueue(List<Way> all, Loads loads, LongUnaryOperator random) {
    List<Queued> queues = new ArrayList<>();
    for (Way way : all) {
      Backlog backlog = loads.backlog(way.spot().id());
      if (backlog == null && weight(way) > 0) {
        return leastInFlight(all, loads, random);
      }
      queues.add(new Queued(way, backlog == null ? NOTHING_WAITS : backlog));
    }
    Comparator<Queued> order = Comparator.<Queued>comparingInt(
            one -> weight(one.way()) == 0 ? 1 : 0)
        .thenComparingDouble(
            one -> (one.backlog().waiting() + 1.0) / Math.max(1, weight(one.way())))
        .thenComparingDouble(one -> one.backlog().cacheUse())
        .thenComparing((one, other) -> compare(one.way(), other.way(), loads));
    return best(queues, order, random).way();
  }

  /**
   * The one that the prompt belongs to: by weight, and such that few prompts move when there is one more or less. One that has more
   * than its share of all requests is passed over.
   */
  private static Way byPrompt(List<Way> all, Prompt prompt, Loads loads, LongUnaryOperator random) {
    List<Way> weighted = all.stream().filter(way -> weight(way) > 0).toList();
    if (prompt.key() == 0 || weighted.isEmpty()) {
      return leastInFlight(all, loads, random);
    }
    long weights = weighted.stream().mapToLong(GroupChoice::weight).sum();
    long requests = 1 + weighted.stream().mapToLong(way -> inFlight(way, loads)).sum();
    Comparator<Way> order = Comparator.comparingDouble(way -> claim(way, prompt.key()));
    return weighted.stream()
        .filter(way -> inFlight(way, loads) + 1
            <= Math.ceil((double) requests * weight(way) * prompt.loadPercent() / (100 * weights)))
        .max(order)
        .orElseGet(() -> leastInFlight(all, loads, random));
  }

  /** Weighted rendezvous: each wins as many prompts as its weight says, whoever else is there. */
  private static double claim(Way way, long prompt) {
    long drawn = KeyHash.spread(prompt ^ KeyHash.of(way.spot().id())) >>> (Long.SIZE - DRAWN_BITS);
    return -weight(way) / Math.log((drawn + 0.5) / (1L << DRAWN_BITS));
  }

  /** Of all, the one whose provider's limits leave most; of equals, the one with fewest under way. Those of weight 0 last. */
  private static Way roomiest(List<Way> all, Loads loads, LongUnaryOperator random) {
    Comparator<Way> order = Comparator.<Way>comparingInt(way -> weight(way) == 0 ? 1 : 0)
        .thenComparingDouble(way -> -loads.room(way.spot().id(), way.by().pairId()))
        .thenComparing((one, other) -> compare(one, other, loads));
    return best(all, order, random);
  }
}
