package dev.sluice.tenancy;

import dev.sluice.ingress.DeclaredTenant;
import dev.sluice.ingress.SpendingTree;
import dev.sluice.quota.Bucket;
import dev.sluice.quota.Plan;
import dev.sluice.quota.Unit;
import dev.sluice.quota.Window;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A tenant's limits in the words of its quota. */
final class PlanOfTree {
  private PlanOfTree() {}

  /** @param topUps what was added to limits, by their name */
  static Plan of(SpendingTree tree, Map<String, Long> topUps) {
    Map<String, Bucket> byName = new HashMap<>();
    tree.limits()
        .forEach(limit ->
            byName.put(limit.name(), bucket(limit, topUps.getOrDefault(limit.name(), 0L))));
    Map<String, Bucket> buckets = new HashMap<>();
    byName.values().forEach(bucket -> buckets.put(bucket.id(), bucket));
    Map<String, List<String>> paths = new HashMap<>();
    for (SpendingTree.Path path : tree.paths()) {
      paths.put(
          path.name(),
          path.limits().stream()
              .map(limit -> Objects.requireNonNull(byName.get(limit.name())).id())
              .toList());
    }
    return new Plan(Map.copyOf(buckets), Map.copyOf(paths));
  }

  /** Only balances grow by top-ups: what was added while the limit had no window waits for it to have none again. */
  private static Bucket bucket(SpendingTree.Limit limit, long toppedUp) {
    Window window = switch (limit.window()) {
      case SECOND -> Window.sliding(1_000);
      case MINUTE -> Window.sliding(60_000);
      case HOUR -> Window.sliding(3_600_000);
      case DAY -> Window.day(limit.zone());
      case MONTH -> Window.month(limit.zone());
      case NONE -> Window.BALANCE;
    };
    long amount =
        limit.window() == DeclaredTenant.Window.NONE ? limit.amount() + toppedUp : limit.amount();
    Bucket bucket = Bucket.of(limit.name(), unit(limit.unit()), amount, window);
    return limit.observed() ? bucket.asObserved() : bucket;
  }

  private static Unit unit(DeclaredTenant.Unit unit) {
    return switch (unit) {
      case TOKENS -> Unit.TOKENS;
      case INPUT_TOKENS -> Unit.INPUT_TOKENS;
      case OUTPUT_TOKENS -> Unit.OUTPUT_TOKENS;
      case REQUESTS -> Unit.REQUESTS;
      case IN_FLIGHT_REQUESTS -> Unit.IN_FLIGHT_REQUESTS;
      case COST -> Unit.COST;
    };
  }
}
