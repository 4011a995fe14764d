package dev.sluice.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The whole protocol, both sides, in simulated time and under faults. A failure names the seed of its schedule; {@code
 * -Dsluice.schedules=10000} runs more of them.
 */
class LeaseProtocolTest {
  private static final int SCHEDULES = Integer.getInteger("sluice.schedules", 8);

  private static final Bucket BALANCE = Bucket.of("balance", Unit.TOKENS, 10_000, Window.BALANCE);
  private static final Bucket MINUTE =
      Bucket.of("per-minute", Unit.TOKENS, 3_000, Window.sliding(60_000));
  private static final Bucket DAY =
      Bucket.of("per-day", Unit.TOKENS, 12_000, Window.day(ZoneOffset.UTC));

  /** Requests on all nodes for a while, each of up to 40 tokens. */
  private static void load(Simulation run, long from, long until, int mostPauseMillis) {
    Random random = run.random;
    for (long at = from; at < until; at += 1 + random.nextLong(mostPauseMillis)) {
      long need = 1 + random.nextLong(40);
      long use = random.nextInt(3) == 0 ? random.nextLong(need + 1) : need;
      int node = random.nextInt(run.nodes.length);
      long lasts = random.nextInt(4_000);
      run.at(
          at,
          () -> run.nodes[node].request(
              Amounts.ofTokens(need), Amounts.ofTokens(use), lasts, answer -> {}));
    }
  }

  /** A minute of little traffic up to a midnight, a minute of much behind it; then all is healed and falls quiet. */
  private static Simulation run(long seed, List<Bucket> buckets, Simulation.Faults faults) {
    Simulation run = new Simulation(seed, Plan.ofTenant(buckets), faults);
    run.startFaults();
    load(run, 0, 60_000, 300);
    load(run, 60_000, 90_000, 30);
    run.runFor(95_000);
    run.heal();
    run.runFor(60_000);
    run.judgeUse();
    run.judgeCharges();
    return run;
  }

  private static void holds(List<Bucket> buckets) {
    for (long seed = 1; seed <= SCHEDULES; seed++) {
      assertThat(run(seed, buckets, Simulation.Faults.ALL).violations)
          .as("seed %d", seed)
          .isEmpty();
    }
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
  void withoutFaultsABalanceIsUsedToTheLastToken() {
    for (long seed = 1; seed <= SCHEDULES; seed++) {
      Simulation run = run(seed, List.of(BALANCE), Simulation.Faults.NONE);
      for (int i = 0; i < 2_000; i++) {
        Simulation.Node node = run.nodes[i % run.nodes.length];
        run.at(
            i * 20L, () -> node.request(Amounts.ofTokens(1), Amounts.ofTokens(1), 5, answer -> {}));
      }
      run.runFor(60_000);
      run.judgeUse();
      run.judgeCharges();
      assertThat(run.violations).as("seed %d", seed).isEmpty();
      assertThat(run.used()).as("seed %d", seed).isEqualTo(BALANCE.limit());
    }
  }

  @Test
  void withoutFaultsNearlyAllOfAMinuteCanBeUsed() {
    for (long seed = 1; seed <= SCHEDULES; seed++) {
      Simulation run = run(seed, List.of(MINUTE), Simulation.Faults.NONE);
      assertThat(run.usedBetween(30_000, 90_000))
          .as("seed %d", seed)
          .isGreaterThan(MINUTE.limit() * 95 / 100);
    }
  }
}
