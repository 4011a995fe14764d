package dev.sluice.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The whole protocol, both sides, in simulated time. Every failure names the seed of its schedule. */
class LeaseProtocolTest {
  private static final int SCHEDULES = 300;

  private static Plan plan(long balance, long perMinute) {
    List<Bucket> buckets = new ArrayList<>();
    if (balance > 0) {
      buckets.add(Bucket.of("balance", Unit.TOKENS, balance, Window.BALANCE));
    }
    if (perMinute > 0) {
      buckets.add(Bucket.of("per-minute", Unit.TOKENS, perMinute, Window.sliding(60_000)));
    }
    return Plan.ofTenant(buckets);
  }

  /** Traffic for a while, on all nodes, of holds up to {@code most}. */
  private static void load(Simulation run, long millis, int most, int perSecond) {
    Random random = run.random;
    for (long at = 0; at < millis; at += 1 + random.nextInt(2_000 / perSecond)) {
      long need = 1 + random.nextInt(most);
      long use = random.nextInt(3) == 0 ? random.nextInt((int) need + 1) : need;
      int node = random.nextInt(run.nodes.length);
      long lasts = random.nextInt(4_000);
      run.at(
          at,
          () -> run.nodes[node].request(
              Amounts.ofTokens(need), Amounts.ofTokens(use), lasts, answer -> {}));
    }
  }

  private static void runSchedule(long seed, Plan plan, Simulation.Faults faults) {
    Simulation run = new Simulation(seed, plan, faults);
    run.startFaults();
    load(run, 120_000, 40, 20);
    run.runFor(125_000);
    run.heal();
    run.runFor(90_000);
    run.judgeUse();
    run.judgeCharges();
    assertThat(run.violations).as("seed %d", seed).isEmpty();
  }

  @Test
  void aBalanceIsNeverOverspentAndChargedToTheTokenWhateverFails() {
    for (long seed = 1; seed <= SCHEDULES; seed++) {
      runSchedule(seed, plan(10_000, 0), Simulation.Faults.ALL);
    }
  }

  @Test
  void noMinuteIsEverOverspentWhateverFails() {
    for (long seed = 1; seed <= SCHEDULES; seed++) {
      runSchedule(seed, plan(0, 3_000), Simulation.Faults.ALL);
    }
  }

  @Test
  void aBalanceAndAMinuteTogetherHold() {
    for (long seed = 1; seed <= SCHEDULES; seed++) {
      runSchedule(seed, plan(20_000, 3_000), Simulation.Faults.ALL);
    }
  }

  @Test
  void withoutFaultsABalanceIsUsedToTheLastToken() {
    for (long seed = 1; seed <= SCHEDULES; seed++) {
      Simulation run = new Simulation(seed, plan(5_000, 0), Simulation.Faults.NONE);
      load(run, 120_000, 40, 20);
      run.runFor(180_000);
      int[] last = {0};
      for (int i = 0; i < 2_000; i++) {
        run.at(
            i * 20L,
            () -> run.nodes[last[0]++ % 3].request(
                Amounts.ofTokens(1), Amounts.ofTokens(1), 5, answer -> {}));
      }
      run.runFor(60_000);
      run.judgeUse();
      run.judgeCharges();
      assertThat(run.violations).as("seed %d", seed).isEmpty();
      Bucket bucket = run.plan.buckets().values().iterator().next();
      assertThat(run.entity.ledger().charged(bucket, Long.MAX_VALUE / 2, 10))
          .as("seed %d", seed)
          .isEqualTo(5_000);
    }
  }
}
