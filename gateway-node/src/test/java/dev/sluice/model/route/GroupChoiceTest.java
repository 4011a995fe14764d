package dev.sluice.model.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ingress.KeyHash;
import dev.sluice.ingress.ModelBalance;
import dev.sluice.model.route.AttemptPlan.Way;
import dev.sluice.model.route.LimitFields.Left;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GroupChoiceTest {
  private static final Spot ONE = new Spot(0, 1, TargetIds.of("d/a", "m", List.of()));
  private static final Spot THREE = new Spot(1, 3, TargetIds.of("d/b", "m", List.of()));
  private static final Spot NEVER = new Spot(2, 0, TargetIds.of("d/c", "m", List.of()));

  private final Random random = new Random(11);
  private final LongUnaryOperator chance = bound -> random.nextInt((int) bound);
  private long now;
  private Prompt prompt = Prompt.NONE;
  private final TargetLoads loads = loads(100);

  private TargetLoads loads(int mostKnown) {
    Lasts lasts = new Lasts(Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofSeconds(5));
    return new TargetLoads(mostKnown, () -> now, lasts);
  }

  private int countOf(Spot wanted, ModelBalance balance, List<Spot> all, int times) {
    List<Way> ways = all.stream().map(spot -> new Way(spot, 0)).toList();
    int count = 0;
    for (int i = 0; i < times; i++) {
      count += GroupChoice.of(balance, ways, prompt, loads, chance).spot().equals(wanted) ? 1 : 0;
    }
    return count;
  }

  @Test
  void isWhereLeastWaits() {
    List<Spot> all = List.of(ONE, THREE, NEVER);
    loads.begun(THREE.id());
    loads.told(THREE.id(), new Backlog(0, 50, 0.1));
    assertThat(countOf(THREE, ModelBalance.QUEUE, all, 100))
        .as("one has told nothing: by requests in flight for the weight, two for three")
        .isEqualTo(100);
    loads.told(ONE.id(), new Backlog(0, 1, 0.9));
    loads.told(THREE.id(), new Backlog(5, 1, 0.1));
    assertThat(countOf(ONE, ModelBalance.QUEUE, all, 100)).isEqualTo(100);
    loads.begun(ONE.id());
    loads.begun(ONE.id());
    assertThat(countOf(THREE, ModelBalance.QUEUE, all, 100))
        .as("3 for a weight of 1 would be more than 6 for one of 3")
        .isEqualTo(100);
    now += Duration.ofSeconds(5).toNanos();
    loads.told(ONE.id(), new Backlog(0, 3, 0.9));
    assertThat(countOf(THREE, ModelBalance.QUEUE, all, 100))
        .as("what the other said is too old: by requests in flight, of which it has one for three")
        .isEqualTo(100);
    assertThat(countOf(NEVER, ModelBalance.QUEUE, List.of(NEVER), 1)).isOne();
  }

  @Test
  void amongEqualQueuesIsWhoseMemoryIsLeastFull() {
    Spot same = new Spot(3, 1, TargetIds.of("d/d", "m", List.of()));
    loads.told(ONE.id(), new Backlog(2, 9, 0.8));
    loads.told(same.id(), new Backlog(2, 30, 0.3));
    assertThat(countOf(same, ModelBalance.QUEUE, List.of(ONE, same), 100)).isEqualTo(100);
    loads.forgetBacklog(same.id());
    loads.begun(same.id());
    assertThat(countOf(ONE, ModelBalance.QUEUE, List.of(ONE, same), 100)).isEqualTo(100);
  }

  private Spot targetOf(long key, List<Spot> all) {
    prompt = new Prompt(KeyHash.spread(key), 125);
    List<Way> ways = all.stream().map(spot -> new Way(spot, 0)).toList();
    return GroupChoice.of(ModelBalance.PREFIX_HASH, ways, prompt, loads, chance).spot();
  }

  @Test
  void isWhomThePromptBelongsToByWeight() {
    List<Spot> all = List.of(ONE, THREE, NEVER);
    int ofThree = 0;
    for (int key = 1; key <= 4000; key++) {
      Spot target = targetOf(key, all);
      assertThat(targetOf(key, all)).isEqualTo(target);
      assertThat(target).isNotEqualTo(NEVER);
      ofThree += target.equals(THREE) ? 1 : 0;
    }
    assertThat(ofThree).isBetween(2850, 3150);
  }

  @Test
  void movesOnlyThePromptsOfATargetThatGoes() {
    List<Spot> all = IntStream.range(0, 5)
        .mapToObj(i -> new Spot(i, 1, TargetIds.of("d/p" + i, "m", List.of())))
        .toList();
    List<Spot> fewer = all.subList(0, 4);
    for (int key = 1; key <= 1000; key++) {
      Spot before = targetOf(key, all);
      if (!before.equals(all.get(4))) {
        assertThat(targetOf(key, fewer)).isEqualTo(before);
      }
    }
  }

  @Test
  void onePromptsTargetIsPassedOverWhileItIsTooBusy() {
    List<Spot> all = IntStream.range(0, 4)
        .mapToObj(i -> new Spot(i, 1, TargetIds.of("d/p" + i, "m", List.of())))
        .toList();
    int[] most = new int[4];
    for (int requests = 1; requests <= 100; requests++) {
      Spot target = targetOf(7, all);
      loads.begun(target.id());
      most[target.index()]++;
      assertThat((double) most[target.index()]).isLessThanOrEqualTo(Math.ceil(requests * 1.25 / 4));
    }
    assertThat(most).as("it is still the busiest by far").contains(32);
  }

  @Test
  void withoutAPromptItIsWhoAnswersFewest() {
    loads.begun(ONE.id());
    assertThat(countOf(THREE, ModelBalance.PREFIX_HASH, List.of(ONE, THREE, NEVER), 100))
        .isEqualTo(100);
    prompt = new Prompt(5, 125);
    assertThat(countOf(NEVER, ModelBalance.PREFIX_HASH, List.of(NEVER), 1)).isOne();
  }

  /** What a provider says of its limit of tokens. */
  private void left(Spot spot, long remaining, Duration reset) {
    loads.left(spot.keys().get(0).pairId(), List.of(new Left("tokens", remaining, 100, reset)));
  }

  @Test
  void isWhoseLimitsLeaveMost() {
    List<Spot> all = List.of(ONE, THREE, NEVER);
    left(THREE, 99, Duration.ofSeconds(30));
    assertThat(countOf(ONE, ModelBalance.HEADROOM, all, 100))
        .as("of whom nothing is known, that counts as full, but for weight 0")
        .isEqualTo(100);
    left(ONE, 40, Duration.ofSeconds(10));
    assertThat(countOf(THREE, ModelBalance.HEADROOM, all, 100)).isEqualTo(100);
    left(THREE, 10, Duration.ofSeconds(30));
    assertThat(countOf(ONE, ModelBalance.HEADROOM, all, 100)).isEqualTo(100);
    now += Duration.ofSeconds(31).toNanos();
    loads.begun(ONE.id());
    assertThat(countOf(THREE, ModelBalance.HEADROOM, all, 100))
        .as("both have reset, and one is busy")
        .isEqualTo(100);
    assertThat(countOf(NEVER, ModelBalance.HEADROOM, List.of(NEVER), 1)).isOne();
  }

  @Test
  void isByWeight() {
    List<Spot> all = List.of(ONE, THREE, NEVER);
    assertThat(countOf(THREE, ModelBalance.WEIGHTED, all, 4000)).isBetween(2850, 3150);
    assertThat(countOf(NEVER, ModelBalance.WEIGHTED, all, 4000)).isZero();
    assertThat(countOf(NEVER, ModelBalance.WEIGHTED, List.of(NEVER), 1)).isOne();
  }

  @Test
  void isWhoAnswersFewestForItsWeight() {
    List<Spot> all = List.of(NEVER, ONE, THREE);
    assertThat(countOf(THREE, ModelBalance.LEAST_IN_FLIGHT, all, 100)).isEqualTo(100);
    loads.begun(THREE.id());
    loads.begun(THREE.id());
    assertThat(countOf(THREE, ModelBalance.LEAST_IN_FLIGHT, all, 1000))
        .as("one for each unit of weight, as the other")
        .isBetween(400, 600);
    loads.begun(THREE.id());
    assertThat(countOf(ONE, ModelBalance.LEAST_IN_FLIGHT, all, 100)).isEqualTo(100);
  }

  @Test
  void isTheQuickerOfTwo() {
    List<Spot> all = List.of(ONE, THREE, NEVER);
    loads.begun(ONE.id());
    loads.begun(THREE.id());
    loads.firstToken(ONE.id(), 1000);
    assertThat(countOf(THREE, ModelBalance.LOWEST_LATENCY, List.of(ONE, THREE), 100))
        .as("nobody has measured it")
        .isEqualTo(100);
    loads.firstToken(THREE.id(), 3000);
    assertThat(countOf(ONE, ModelBalance.LOWEST_LATENCY, List.of(ONE, THREE), 100))
        .isEqualTo(100);
    for (int i = 0; i < 5; i++) {
      loads.begun(ONE.id());
    }
    assertThat(countOf(THREE, ModelBalance.LOWEST_LATENCY, List.of(ONE, THREE), 100))
        .as("the quick one is busy")
        .isEqualTo(100);
    assertThat(countOf(NEVER, ModelBalance.LOWEST_LATENCY, all, 1000)).isZero();
  }

  @Test
  void measuresMovePartOfTheWayAndForgetNobodyWhoRuns() {
    loads.begun(ONE.id());
    loads.firstToken(ONE.id(), 800);
    loads.firstToken(ONE.id(), 1600);
    assertThat(loads.firstTokenNanos(ONE.id())).isEqualTo(900);
    loads.over(ONE.id());
    assertThat(loads.inFlight(ONE.id())).isZero();
    loads.begun(THREE.id());
    loads.over(THREE.id());
    assertThat(loads.firstTokenNanos(THREE.id())).isZero();
  }

  @Test
  void keepsNoMoreFiguresThanItMay() {
    TargetLoads few = loads(1);
    assertThat(few.begun(ONE.id())).isTrue();
    assertThat(few.begun(THREE.id())).isFalse();
    assertThat(few.begun(ONE.id())).isTrue();
    assertThat(few.inFlight(ONE.id())).isEqualTo(2);
  }
}
