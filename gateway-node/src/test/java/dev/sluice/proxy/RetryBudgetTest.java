package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private static int retries(RetryBudget budget, long now, int asked) {
    int granted = 0;
    for (int i = 0; i < asked; i++) {
      granted += budget.retry(now) ? 1 : 0;
    }
    return granted;
  }

  @Test
  void aShareOfTheRequestsOfTheLastTenSecondsAndAFewInAnyCase() {
    RetryBudget budget = new RetryBudget(20, 10);
    long now = -77 * SECOND;
    assertThat(retries(budget, now, 100)).isEqualTo(10);
    for (int i = 0; i < 100; i++) {
      budget.request(now + SECOND);
    }
    assertThat(retries(budget, now + SECOND, 100)).isEqualTo(10);
    assertThat(retries(budget, now + 9 * SECOND, 100)).isZero();
    // the first ten are forgotten
    assertThat(retries(budget, now + 10 * SECOND, 100)).isEqualTo(10);
    assertThat(retries(budget, now + 100 * SECOND, 100)).isEqualTo(10);
  }

  @Test
  void nothingAtAllIfNothingIsAllowed() {
    RetryBudget budget = new RetryBudget(0, 0);
    for (int i = 0; i < 1000; i++) {
      budget.request(SECOND);
      assertThat(budget.retry(SECOND)).isFalse();
    }
  }
}
