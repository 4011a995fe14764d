package dev.sluice.model.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ingress.ModelBalance;
import java.util.List;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

class GroupChoiceTest {
  private static final Spot ONE = Spot.of(0, 1, "d/a", "m", List.of());
  private static final Spot THREE = Spot.of(1, 3, "d/b", "m", List.of());
  private static final Spot NEVER = Spot.of(2, 0, "d/c", "m", List.of());

  private final Random random = new Random(11);
  private final LongUnaryOperator chance = bound -> random.nextInt((int) bound);
  private final TargetLoads loads = new TargetLoads(100);

  private int countOf(Spot wanted, ModelBalance balance, List<Spot> all, int times) {
    int count = 0;
    for (int i = 0; i < times; i++) {
      count += GroupChoice.of(balance, all, loads, chance).equals(wanted) ? 1 : 0;
    }
    return count;
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
    TargetLoads few = new TargetLoads(1);
    assertThat(few.begun(ONE.id())).isTrue();
    assertThat(few.begun(THREE.id())).isFalse();
    assertThat(few.begun(ONE.id())).isTrue();
    assertThat(few.inFlight(ONE.id())).isEqualTo(2);
  }
}
