package dev.sluice.model.health;

import static dev.sluice.model.health.HealthSamples.SETTINGS;
import static dev.sluice.model.health.HealthSamples.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HealthStateTest {
  private static final List<Sign> SIGNS = List.of(Sign.values());

  private static HealthState failed(HealthState state, int times, long now) {
    HealthState after = state;
    for (int i = 0; i < times; i++) {
      after = after.after(Sign.FAILED, null, now, SETTINGS);
    }
    return after;
  }

  @Test
  void coolsDownAfterFailuresInARowOnly() {
    HealthState two = failed(HealthState.WELL, 2, 0);
    assertThat(two.cools(0)).isFalse();
    assertThat(failed(two.after(Sign.GOOD, null, 0, SETTINGS), 2, 0).cools(0)).isFalse();
    HealthState three = failed(two, 1, 0);
    assertThat(three.cools(seconds(2) - 1)).isTrue();
    assertThat(three.cools(seconds(2))).isFalse();
    assertThat(three.isWell()).as("one may try it").isFalse();
  }

  @Test
  void coolsDownTwiceAsLongEachTimeUpToABound() {
    HealthState state = failed(HealthState.WELL, 3, 0);
    long now = 0;
    for (long expected : new long[] {2, 4, 8, 16, 32, 60, 60}) {
      assertThat(state.untilNanos() - now).isEqualTo(seconds(expected));
      now = state.untilNanos();
      state = failed(state, 1, now);
    }
  }

  @Test
  void isWellAgainAfterAnAnswerOnTrialAndNotBefore() {
    HealthState cooling = failed(HealthState.WELL, 3, 0);
    assertThat(cooling.after(Sign.GOOD, null, 1, SETTINGS))
        .as("an answer to what was sent before")
        .isEqualTo(cooling);
    assertThat(cooling.after(Sign.GOOD, null, seconds(2), SETTINGS)).isEqualTo(HealthState.WELL);
  }

  @Test
  void honoursRetryAfterAtOnceWithinABound() {
    HealthState limited = HealthState.WELL.after(Sign.LIMITED, Duration.ofSeconds(30), 0, SETTINGS);
    assertThat(limited.untilNanos()).isEqualTo(seconds(30));
    assertThat(HealthState.WELL
            .after(Sign.LIMITED, Duration.ofDays(9), 0, SETTINGS)
            .untilNanos())
        .isEqualTo(seconds(1000));
    assertThat(HealthState.WELL.after(Sign.LIMITED, null, 0, SETTINGS).cools(0)).isFalse();
    assertThat(HealthState.WELL
            .after(Sign.FAILED, Duration.ofSeconds(5), 0, SETTINGS)
            .untilNanos())
        .isEqualTo(seconds(5));
  }

  @Test
  void leavesAKeyThatIsNotAcceptedAloneAtOnce() {
    HealthState rejected = HealthState.WELL.after(Sign.REJECTED, null, 0, SETTINGS);
    assertThat(rejected.untilNanos()).isEqualTo(seconds(100));
    assertThat(rejected.after(Sign.REJECTED, null, 1, SETTINGS))
        .as("what was in flight does not double it")
        .isEqualTo(rejected);
    assertThat(rejected.after(Sign.REJECTED, null, seconds(100), SETTINGS).untilNanos())
        .isEqualTo(seconds(300));
  }

  @Test
  void neverEndsACoolDownSooner() {
    Random random = new Random(7);
    for (int round = 0; round < 2000; round++) {
      HealthState state = HealthState.WELL;
      long now = 0;
      for (int step = 0; step < 40; step++) {
        now += seconds(random.nextInt(4));
        Sign sign = SIGNS.get(random.nextInt(4));
        Duration retry = random.nextBoolean() ? null : Duration.ofSeconds(random.nextInt(50));
        HealthState next = random.nextInt(5) == 0
            ? state.atLeast(1, Sign.FAILED, now + seconds(random.nextInt(20)))
            : state.after(sign, retry, now, SETTINGS);
        if (state.cools(now)) {
          assertThat(next.untilNanos()).isGreaterThanOrEqualTo(state.untilNanos());
        }
        state = next;
      }
    }
  }
}
