package dev.sluice.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A deadline expires once, never early, at most two ticks late, and not at all once cleared. */
class DeadlinesTest {
  private static final long TICK = Duration.ofMillis(100).toNanos();

  private final Deadlines deadlines = new Deadlines(TICK, 0);
  private long now;

  private final class Alarm extends Deadlines.Deadline {
    private long dueNanos;
    private int rang;

    @Override
    protected void expired() {
      rang++;
      assertThat(now).isBetween(dueNanos, dueNanos + 3 * TICK);
    }

    void set(Duration after) {
      dueNanos = now + after.toNanos();
      deadlines.set(this, after.toNanos());
    }
  }

  private void pass(Duration time) {
    for (long until = now + time.toNanos(); now < until; ) {
      now += TICK;
      deadlines.advance(now);
    }
  }

  @Test
  void holdsWhateverIsSetMovedAndCleared() {
    Random random = new Random(7);
    Alarm[] alarms = new Alarm[50];
    for (int i = 0; i < alarms.length; i++) {
      alarms[i] = new Alarm();
    }
    for (int round = 0; round < 2000; round++) {
      int i = random.nextInt(alarms.length);
      if (random.nextInt(4) == 0) {
        deadlines.clear(alarms[i]);
      } else {
        alarms[i].set(Duration.ofMillis(random.nextInt(20_000)));
      }
      int rangBefore = alarms[i].rang;
      pass(Duration.ofMillis(100L * random.nextInt(5)));
      assertThat(alarms[i].rang - rangBefore).isLessThanOrEqualTo(1);
    }
    pass(Duration.ofMinutes(5));
    for (Alarm alarm : alarms) {
      assertThat(deadlines.isSet(alarm)).isFalse();
    }
  }

  @Test
  void reachesBeyondOneTurnOfTheWheel() {
    Alarm alarm = new Alarm();
    alarm.set(Duration.ofHours(1));
    pass(Duration.ofMinutes(59));
    assertThat(alarm.rang).isZero();
    pass(Duration.ofMinutes(2));
    assertThat(alarm.rang).isEqualTo(1);
  }

  @Test
  void movedLaterItWaitsMovedEarlierItDoesNot() {
    Alarm alarm = new Alarm();
    alarm.set(Duration.ofSeconds(1));
    alarm.set(Duration.ofSeconds(10));
    pass(Duration.ofSeconds(5));
    assertThat(alarm.rang).isZero();
    alarm.set(Duration.ofSeconds(1));
    pass(Duration.ofSeconds(2));
    assertThat(alarm.rang).isEqualTo(1);
  }
}
