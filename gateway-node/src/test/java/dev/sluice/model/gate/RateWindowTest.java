package dev.sluice.model.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateWindowTest {
  private static final long SECOND = 1_000_000_000;

  private final RateWindow window = new RateWindow(60 * SECOND);

  @Test
  void countsForAWholeSpanAndLittleLonger() {
    window.add(0, 7);
    assertThat(window.used(60 * SECOND)).isEqualTo(7);
    assertThat(window.used(62 * SECOND)).isZero();
  }

  @Test
  void tellsWhenThereIsRoom() {
    window.add(0, 7);
    window.add(30 * SECOND, 5);
    assertThat(window.nanosUntil(12, 31 * SECOND)).isZero();
    long wait = window.nanosUntil(5, 31 * SECOND);
    assertThat(wait).isBetween(29 * SECOND, 31 * SECOND);
    assertThat(window.used(31 * SECOND + wait)).isEqualTo(5);
  }

  @Test
  void isPutRightWhereItWasAddedAndOnlyWhileThatCounts() {
    window.add(0, 7);
    window.correct(0, -5, SECOND);
    assertThat(window.used(SECOND)).isEqualTo(2);
    window.correct(0, -5, SECOND);
    assertThat(window.used(SECOND)).isZero();
    window.correct(0, 9, 100 * SECOND);
    assertThat(window.used(100 * SECOND)).isZero();
  }

  /** Whoever asks for room first is never above the limit in any minute. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void neverMoreThanTheLimitInAnyMinute(long seed) {
    Random random = new Random(seed);
    GateRule rule = new GateRule(0, 90, 4000, 1, 1);
    Rates rates = new Rates();
    TreeMap<Long, Long> began = new TreeMap<>();
    long now = -50 * SECOND;
    for (int i = 0; i < 3000; i++) {
      now += random.nextInt(200_000_000);
      long tokens = 1L + random.nextInt(120);
      if (rates.room(rule, tokens, now)) {
        rates.began(now, 1, tokens);
        began.put(now, tokens);
      }
      Map<Long, Long> minute = began.tailMap(now - 60 * SECOND, false);
      assertThat(minute.size()).isLessThanOrEqualTo(90);
      assertThat(minute.values().stream().mapToLong(one -> one).sum()).isLessThanOrEqualTo(4000);
    }
    assertThat(began.size()).as("and not much less").isGreaterThan(300);
  }
}
