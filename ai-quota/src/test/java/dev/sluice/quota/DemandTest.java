package dev.sluice.quota;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DemandTest {
  private static final long MILLI = 1_000_000;
  private static final Amounts TEN = Amounts.ofTokens(10);

  private final Demand demand = new Demand();

  private long tokensIn(long millis, long atMillis) {
    return demand.over(millis, atMillis * MILLI).tokens();
  }

  @Test
  void countsTheLargerOfThisSecondAndTheOneBefore() {
    demand.add(TEN, 0);
    demand.add(TEN, 900 * MILLI);
    assertThat(tokensIn(2_000, 950)).isEqualTo(40);
    assertThat(tokensIn(2_000, 1_500)).isEqualTo(40);
    demand.add(TEN, 1_600 * MILLI);
    assertThat(tokensIn(2_000, 1_700)).isEqualTo(40);
    assertThat(tokensIn(2_000, 2_100)).isEqualTo(20);
    assertThat(tokensIn(2_000, 4_000)).isZero();
  }

  @Test
  void aSecondThatHasBegunCountsForWhatItWillComeTo() {
    for (int at = 0; at < 200; at += 10) {
      demand.add(TEN, at * MILLI);
    }
    assertThat(tokensIn(2_000, 200)).isEqualTo(2_000);
    assertThat(tokensIn(1_000, 200)).isEqualTo(1_000);
  }

  @Test
  void someThatComeTogetherAreTakenForTheTenthOfASecond() {
    for (int i = 0; i < 5; i++) {
      demand.add(TEN, 0);
    }
    assertThat(tokensIn(2_000, 0)).isEqualTo(1_000);
  }

  @Test
  void aFewTellNothingOfWhatFollows() {
    demand.add(TEN, 0);
    demand.add(TEN, MILLI);
    demand.add(TEN, 2 * MILLI);
    assertThat(tokensIn(2_000, 3)).isEqualTo(60);
  }

  @Test
  void staysBelowWhatCanBeAdded() {
    for (int i = 0; i < 10; i++) {
      demand.add(Amounts.ALL, 0);
    }
    assertThat(demand.over(60_000, 0)).isEqualTo(Amounts.ALL);
  }
}
