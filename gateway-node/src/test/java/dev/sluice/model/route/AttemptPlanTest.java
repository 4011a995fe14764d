package dev.sluice.model.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ingress.ModelBalance;
import dev.sluice.ingress.ModelFallback;
import dev.sluice.model.health.Sign;
import dev.sluice.model.health.Standing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AttemptPlanTest {
  private static final ModelFallback RULE =
      new ModelFallback(3, Duration.ofSeconds(10), Duration.ZERO);
  private static final Spot A = new Spot(0, 1, TargetIds.of("d/a", "m", List.of()));
  private static final Spot B = new Spot(1, 1, TargetIds.of("d/b", "m", List.of("k1", "k2", "k3")));
  private static final Spot C = new Spot(2, 1, TargetIds.of("d/c", "m", List.of()));
  private static final Spot D = new Spot(3, 1, TargetIds.of("d/d", "m", List.of()));
  private static final TargetLoads IDLE = idle();

  private static TargetLoads idle() {
    Duration any = Duration.ofMinutes(1);
    return new TargetLoads(100, () -> 0, new Lasts(any, any, any));
  }

  private final Map<String, Standing> closed = new HashMap<>();

  private Standing health(String id) {
    return closed.getOrDefault(id, Standing.OPEN);
  }

  private static AttemptPlan plan(int firstKey, Spot... spots) {
    List<AttemptPlan.Tier> tiers = new ArrayList<>();
    for (Spot spot : spots) {
      tiers.add(new AttemptPlan.Tier(ModelBalance.WEIGHTED, List.of(spot)));
    }
    return new AttemptPlan(RULE, 0, tiers, firstKey, Prompt.NONE);
  }

  private AttemptPlan.Next next(AttemptPlan plan) {
    return plan.next(this::health, IDLE, bound -> 0);
  }

  private AttemptPlan.Way way(AttemptPlan plan) {
    return ((AttemptPlan.Next.Ask) next(plan)).way();
  }

  private AttemptPlan.Way failed(AttemptPlan plan, boolean keyOnly) {
    AttemptPlan.Way way = way(plan);
    plan.begun(way);
    plan.failed(way, keyOnly);
    return way;
  }

  @Test
  void asksTheTiersInTheirOrderEachOnce() {
    AttemptPlan plan = plan(0, A, C, D);
    assertThat(failed(plan, false).spot()).isEqualTo(A);
    assertThat(failed(plan, false).spot()).isEqualTo(C);
    assertThat(failed(plan, false).spot()).isEqualTo(D);
    assertThat(next(plan)).isInstanceOf(AttemptPlan.Next.Nobody.class);
  }

  @Test
  void letsKeysTakeTurnsAndAsksAnotherOneWhenAKeyIsToBlame() {
    AttemptPlan plan = plan(4, B, C);
    assertThat(failed(plan, true).by().id()).isEqualTo("key d/b#k2");
    assertThat(failed(plan, true).by().id()).isEqualTo("key d/b#k3");
    assertThat(failed(plan, false).by().id()).isEqualTo("key d/b#k1");
    assertThat(way(plan).spot()).isEqualTo(C);
  }

  @Test
  void asksNoOtherKeyOfATargetThatIsToBlame() {
    AttemptPlan plan = plan(0, B, C);
    failed(plan, false);
    assertThat(way(plan).spot()).isEqualTo(C);
  }

  @Test
  void passesOverWhoCoolsDown() {
    closed.put("target d/a/m", new Standing.Closed(9, Sign.FAILED));
    closed.put("key d/b#k1", new Standing.Closed(5, Sign.REJECTED));
    closed.put("limit d/b/m#k2", new Standing.Closed(7, Sign.LIMITED));
    AttemptPlan plan = plan(0, A, B);
    assertThat(way(plan).by().id()).isEqualTo("key d/b#k3");
  }

  @Test
  void saysWhenTheFirstOfThoseMayBeAskedWhoCoolDown() {
    closed.put("target d/a/m", new Standing.Closed(9, Sign.FAILED));
    closed.put("target d/c/m", new Standing.Closed(3, Sign.FAILED));
    closed.put("key d/c#", new Standing.Closed(8, Sign.REJECTED));
    assertThat(next(plan(0, A, C)))
        .as("a target is closed as long as any of its own is")
        .isEqualTo(new AttemptPlan.Next.Wait(new Standing.Closed(8, Sign.REJECTED)));
  }

  @Test
  void goesOnWithinItsAttemptsAndItsTime() {
    AttemptPlan plan = plan(0, A, C, D, B);
    AttemptPlan.Way first = failed(plan, false);
    assertThat(plan.mayGoOn(first, false, 0, this::health)).isTrue();
    assertThat(plan.mayGoOn(first, false, Duration.ofSeconds(10).toNanos(), this::health))
        .isFalse();
    failed(plan, false);
    assertThat(plan.mayGoOn(failed(plan, false), false, 0, this::health)).isFalse();
  }

  @Test
  void doesNotGoOnWhereNobodyElseIs() {
    AttemptPlan plan = plan(0, A);
    AttemptPlan.Way only = way(plan);
    plan.begun(only);
    assertThat(plan.mayGoOn(only, true, 0, this::health)).isFalse();
    AttemptPlan keys = plan(0, B);
    AttemptPlan.Way key = way(keys);
    keys.begun(key);
    assertThat(keys.mayGoOn(key, true, 0, this::health)).isTrue();
    assertThat(keys.mayGoOn(key, false, 0, this::health)).isFalse();
    closed.put("key d/b#k2", new Standing.Closed(5, Sign.REJECTED));
    closed.put("key d/b#k3", new Standing.Closed(5, Sign.REJECTED));
    assertThat(keys.mayGoOn(key, true, 0, this::health)).isFalse();
  }

  @Test
  void asksEachOfAGroupBeforeTheNextGroup() {
    AttemptPlan plan = new AttemptPlan(
        RULE,
        0,
        List.of(
            new AttemptPlan.Tier(ModelBalance.LEAST_IN_FLIGHT, List.of(A, C)),
            new AttemptPlan.Tier(ModelBalance.WEIGHTED, List.of(D))),
        0,
        Prompt.NONE);
    List<Spot> first = List.of(failed(plan, false).spot(), failed(plan, false).spot());
    assertThat(first).containsExactlyInAnyOrder(A, C);
    assertThat(way(plan).spot()).isEqualTo(D);
  }

  @Test
  void asksByTheKeyWhoseLimitsLeaveMost() {
    TargetLoads loads = idle();
    long[] left = {10, 90, 50};
    for (int key = 0; key < left.length; key++) {
      loads.left(
          B.keys().get(key).pairId(),
          List.of(new LimitFields.Left("requests", left[key], 100, Duration.ofMinutes(1))));
    }
    AttemptPlan plan = new AttemptPlan(
        RULE, 0, List.of(new AttemptPlan.Tier(ModelBalance.HEADROOM, List.of(B))), 0, Prompt.NONE);
    List<Integer> asked = new ArrayList<>();
    for (int i = 0; i < left.length; i++) {
      AttemptPlan.Way way =
          ((AttemptPlan.Next.Ask) plan.next(this::health, loads, bound -> 0)).way();
      plan.begun(way);
      plan.failed(way, true);
      asked.add(way.key());
    }
    assertThat(asked).containsExactly(1, 2, 0);
  }
}
