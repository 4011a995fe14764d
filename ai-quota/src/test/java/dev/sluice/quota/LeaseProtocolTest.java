package dev.sluice.quota;

import static dev.sluice.quota.Schedules.BALANCE;
import static dev.sluice.quota.Schedules.DAY;
import static dev.sluice.quota.Schedules.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The whole protocol, both sides, in simulated time and under faults. A failure names the seed of its schedule; {@code
 * -Dsluice.schedules=100000} runs more of them, {@code -Dsluice.first-schedule=7} begins with another seed.
 */
class LeaseProtocolTest {
  private static final int SCHEDULES = Integer.getInteger("sluice.schedules", 8);
  private static final int FIRST = Integer.getInteger("sluice.first-schedule", 1);

  /** Few are enough to notice a defect; one that needs more would go unnoticed in the build. */
  private static final int SCHEDULES_OF_A_DEFECT = 60;

  private static LongStream seeds(int most) {
    return LongStream.range(FIRST, FIRST + Math.min(most, SCHEDULES));
  }

  private static void holds(List<Bucket> buckets) {
    seeds(1_000)
        .forEach(seed -> assertThat(run(seed, buckets, Simulation.Faults.ALL).judged())
            .as("seed %d", seed)
            .isEmpty());
  }

  private static Simulation run(long seed, List<Bucket> buckets, Simulation.Faults faults) {
    return Schedules.run(seed, Plan.ofTenant(buckets), faults, Simulation.Defect.NONE);
  }

  @Test
  void aBalanceIsNeverOverspentAndChargedToTheTokenWhateverFails() {
    holds(List.of(BALANCE));
  }

  @Test
  void noMinuteIsOverspentWhateverFails() {
    holds(List.of(MINUTE));
  }

  @Test
  void noDayIsOverspentWhateverFails() {
    holds(List.of(DAY));
  }

  @Test
  void severalBucketsHoldTogether() {
    holds(List.of(BALANCE, MINUTE, DAY));
  }

  @Test
  void noBucketOfATreeIsOverspentInAnyUnitWhateverFails() {
    Tally tally = new Tally();
    List<String> wrong = new CopyOnWriteArrayList<>();
    seeds(Integer.MAX_VALUE).parallel().forEach(seed -> {
      Simulation run = Schedules.runTree(seed, Simulation.Defect.NONE);
      List<String> violations = run.judged();
      tally.add(run, violations);
      if (!violations.isEmpty()) {
        wrong.add("seed " + seed + ": " + violations);
      }
      if (run.faults().equals(Simulation.Faults.NONE) && run.judge.falseRefusals() > 0) {
        wrong.add("seed " + seed + ": refused what would have fitted all the while");
      }
    });
    System.out.println(tally);
    assertThat(wrong).isEmpty();
    assertThat(tally.refused()).as("limits were reached").isPositive();
    assertThat(tally.falselyRefused()).isZero();
  }

  /** Three nodes, a thousand requests a second of half a second each. */
  @Test
  void farFromAnyLimitAnAppendServesFiftyRequests() {
    Bucket balance = Bucket.of("balance", Unit.TOKENS, 1L << 50, Window.BALANCE);
    Bucket minute = Bucket.of("minute", Unit.REQUESTS, 1L << 40, Window.sliding(60_000));
    Simulation run = new Simulation(
        1, Plan.ofTenant(List.of(balance, minute)), Simulation.Faults.NONE, Simulation.Defect.NONE);
    Amounts need = Amounts.ofRequest(10, 20, 30);
    for (int at = 0; at < 20_000; at++) {
      Simulation.Node node = run.nodes[at % run.nodes.length];
      run.at(at, () -> node.request(Plan.TENANT_PATH, need, need, 500, answer -> {}));
    }
    run.runFor(5_000);
    int before = run.journal.size();
    run.runFor(15_000);
    assertThat(run.journal.size() - before).isLessThan(15_000 / 50);
    assertThat(run.judge.granted()).isGreaterThan(19_900);
  }

  @ParameterizedTest
  @EnumSource(value = Simulation.Defect.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aDefectOfTheProtocolIsNoticed(Simulation.Defect defect) {
    long noticedBy = LongStream.range(1, SCHEDULES_OF_A_DEFECT)
        .filter(seed -> !Schedules.runTree(seed, defect).judged().isEmpty())
        .findFirst()
        .orElse(0);
    assertThat(noticedBy).as("seed that notices").isPositive();
  }

  @Test
  void pathsMayComeAndGoUnderOpenLeases() {
    Bucket key = Bucket.of("keys/a/day", Unit.TOKENS, 400, DAY.window());
    Plan flat = Plan.ofTenant(List.of(BALANCE, MINUTE));
    Plan tree = new Plan(
        Map.of(BALANCE.id(), BALANCE, MINUTE.id(), MINUTE, key.id(), key),
        Map.of(
            Plan.TENANT_PATH,
            List.of(BALANCE.id(), MINUTE.id()),
            "keys/a",
            List.of(BALANCE.id(), MINUTE.id(), key.id())));
    seeds(1_000).forEach(seed -> {
      Simulation run = new Simulation(seed, tree, Simulation.Faults.ALL, Simulation.Defect.NONE);
      run.startFaults();
      Schedules.load(run, 0, 80_000, 100);
      for (int i = 1; i < 16; i++) {
        Plan next = i % 2 == 0 ? tree : flat;
        run.at(i * 5_000L, () -> run.plan = next);
      }
      run.runFor(85_000);
      run.heal();
      run.runFor(60_000);
      assertThat(run.judged().stream().filter(what -> !what.startsWith("keys/")))
          .as("seed %d", seed)
          .isEmpty();
    });
  }

  @Test
  void withoutFaultsABalanceIsUsedToTheLastToken() {
    seeds(1_000).forEach(seed -> {
      Simulation run = run(seed, List.of(BALANCE), Simulation.Faults.NONE);
      for (int i = 0; i < 2_000; i++) {
        Simulation.Node node = run.nodes[i % run.nodes.length];
        Amounts one = Amounts.ofTokens(1);
        run.at(i * 20L, () -> node.request(Plan.TENANT_PATH, one, one, 5, answer -> {}));
      }
      run.runFor(60_000);
      assertThat(run.judged()).as("seed %d", seed).isEmpty();
      assertThat(run.judge.usedBetween(Unit.TOKENS, 0, Long.MAX_VALUE))
          .as("seed %d", seed)
          .isEqualTo(BALANCE.limit());
    });
  }

  @Test
  void withoutFaultsNearlyAllOfAMinuteCanBeUsed() {
    seeds(1_000).forEach(seed -> {
      Simulation run = run(seed, List.of(MINUTE), Simulation.Faults.NONE);
      assertThat(run.judge.usedBetween(Unit.TOKENS, 30_000, 90_000))
          .as("seed %d", seed)
          .isGreaterThan(MINUTE.limit() * 95 / 100);
    });
  }
}
