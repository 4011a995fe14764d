package dev.sluice.model.route;

import dev.sluice.ingress.ModelBalance;
import dev.sluice.ingress.ModelFallback;
import dev.sluice.model.health.Standing;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Whom one call asks, and whom next, group by group, until attempts or time are used up. Who cools down is passed over, whoever
 * has failed this call is not asked again. Pure: health, load, chance and time are told.
 */
public final class AttemptPlan {
  /** Targets of which one is chosen before the next tier is tried. */
  public record Tier(ModelBalance balance, List<Spot> spots) {}

  /** @param key index among those of the spot */
  public record Way(Spot spot, int key) {
    public TargetIds.Key by() {
      return spot.keys().get(key);
    }
  }

  /** What comes next. */
  public sealed interface Next {
    /** Somebody is asked. */
    record Ask(Way way) implements Next {}

    /**
     * Nobody can be asked for a while.
     *
     * @param soonest when that may change
     */
    record Wait(Standing.Closed soonest) implements Next {}

    /** Nobody is left. */
    record Nobody() implements Next {}
  }

  private final ModelFallback rule;
  private final long startNanos;
  private final List<Tier> tiers;
  private final int firstKey;
  private final Prompt prompt;
  /** Indexes of keys, by the index of their target. */
  private final Map<Integer, BitSet> tried = new HashMap<>();

  private int attempts;
  private @Nullable Set<Spot> full;

  /** @param firstKey where keys begin to take turns, at least 0 */
  public AttemptPlan(
      ModelFallback rule, long startNanos, List<Tier> tiers, int firstKey, Prompt prompt) {
    this.rule = rule;
    this.startNanos = startNanos;
    this.tiers = List.copyOf(tiers);
    this.firstKey = firstKey;
    this.prompt = prompt;
  }

  /** Whom to ask now. */
  public Next next(Function<String, Standing> health, Loads loads, LongUnaryOperator random) {
    Standing.Closed soonest = null;
    for (Tier tier : tiers) {
      List<Way> open = new ArrayList<>();
      for (Spot spot : tier.spots()) {
        Found found = find(spot, health, GroupChoice.looksAtKeys(tier.balance()));
        open.addAll(found.ways());
        soonest = found.ways().isEmpty() ? sooner(soonest, found.closed()) : soonest;
      }
      if (!open.isEmpty()) {
        return new Next.Ask(GroupChoice.of(tier.balance(), open, prompt, loads, random));
      }
    }
    return soonest == null ? new Next.Nobody() : new Next.Wait(soonest);
  }

  /**
   * @param ways the first that can be used, or all
   * @param closed when there may be one; null if never
   */
  private record Found(List<Way> ways, Standing.@Nullable Closed closed) {}

  private Found find(Spot spot, Function<String, Standing> health, boolean all) {
    if (full != null && full.contains(spot)) {
      return new Found(List.of(), null);
    }
    Standing.Closed soonest = null;
    List<Way> ways = all ? new ArrayList<>() : List.of();
    for (int i = 0; i < spot.keys().size(); i++) {
      Way way = new Way(spot, (firstKey + i) % spot.keys().size());
      if (wasTried(way)) {
        continue;
      }
      Standing.Closed closed = later(
          later(closed(health, spot.id()), closed(health, way.by().id())),
          closed(health, way.by().pairId()));
      if (closed != null) {
        soonest = sooner(soonest, closed);
      } else if (all) {
        ways.add(way);
      } else {
        return new Found(List.of(way), null);
      }
    }
    return new Found(ways, soonest);
  }

  private static Standing.@Nullable Closed closed(Function<String, Standing> health, String id) {
    return health.apply(id) instanceof Standing.Closed closed ? closed : null;
  }

  private static Standing.@Nullable Closed later(
      Standing.@Nullable Closed one, Standing.@Nullable Closed other) {
    return one == null || other != null && other.nanos() > one.nanos() ? other : one;
  }

  private static Standing.@Nullable Closed sooner(
      Standing.@Nullable Closed one, Standing.@Nullable Closed other) {
    return one == null || other != null && other.nanos() < one.nanos() ? other : one;
  }

  /** Whether there is only one target. */
  public boolean isOnly() {
    return tiers.size() == 1 && tiers.get(0).spots().size() == 1;
  }

  /** This target has no room: it is not asked, until {@link #readmit}. */
  public void passOver(Spot spot) {
    if (full == null) {
      full = new HashSet<>();
    }
    full.add(spot);
  }

  public void readmit() {
    full = null;
  }

  /** Somebody is being asked. */
  public void begun(Way way) {
    attempts++;
    tried(way.spot()).set(way.key());
  }

  private BitSet tried(Spot spot) {
    return tried.computeIfAbsent(spot.index(), none -> new BitSet());
  }

  private boolean wasTried(Way way) {
    BitSet keys = tried.get(way.spot().index());
    return keys != null && keys.get(way.key());
  }

  /**
   * It came to nothing.
   *
   * @param keyOnly whether another key of the same target may do better
   */
  public void failed(Way way, boolean keyOnly) {
    if (!keyOnly) {
      drop(way.spot());
    }
  }

  /** This target is not asked for this call. */
  public void drop(Spot spot) {
    tried(spot).set(0, spot.keys().size());
  }

  /**
   * Whether another one may be asked if this one comes to nothing: as far as attempts and time go, and if there is one.
   *
   * @param keyOnly whether another key of the same target may do better
   */
  public boolean mayGoOn(
      Way way, boolean keyOnly, long nowNanos, Function<String, Standing> health) {
    boolean nobodyElse = isOnly() && !keyOnly;
    if (nobodyElse
        || attempts >= rule.attempts()
        || nowNanos - startNanos >= rule.deadline().toNanos()) {
      return false;
    }
    for (Tier tier : tiers) {
      for (Spot spot : tier.spots()) {
        boolean other = keyOnly || spot.index() != way.spot().index();
        if (other && !find(spot, health, false).ways().isEmpty()) {
          return true;
        }
      }
    }
    return false;
  }
}
