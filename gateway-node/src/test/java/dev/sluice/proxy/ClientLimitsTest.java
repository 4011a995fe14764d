package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ingress.Filter.Limits;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientLimitsTest {
  private static final long SECOND = 1_000_000_000L;

  private final ClientLimits limits = new ClientLimits();

  private static Limits perSecond(int rate, int burst) {
    return new Limits("shop/cart", 0, rate, 0, burst, 503, 503, List.of());
  }

  private int passed(Limits of, String client, long atNanos, int asked) {
    int passed = 0;
    for (int i = 0; i < asked; i++) {
      passed += limits.pass(of, client, atNanos) ? 1 : 0;
    }
    return passed;
  }

  @Test
  void aBurstPassesAtOnceAndThenTheRate() {
    Limits of = perSecond(2, 5);
    assertThat(passed(of, "a", 0, 100)).isEqualTo(11);
    assertThat(passed(of, "a", SECOND, 100)).isEqualTo(2);
    assertThat(passed(of, "a", 2 * SECOND, 100)).isEqualTo(2);
    assertThat(passed(of, "a", 100 * SECOND, 100)).isEqualTo(11);
  }

  @Test
  void clientsAndIngressesAreCountedApart() {
    assertThat(passed(perSecond(1, 1), "a", 0, 9)).isEqualTo(2);
    assertThat(passed(perSecond(1, 1), "b", 0, 9)).isEqualTo(2);
    assertThat(passed(new Limits("shop/other", 0, 1, 0, 1, 503, 503, List.of()), "a", 0, 9))
        .isEqualTo(2);
  }

  @Test
  void bothTheSecondAndTheMinuteMustHaveRoom() {
    Limits of = new Limits("z", 0, 100, 1, 1, 503, 503, List.of());
    assertThat(passed(of, "a", 0, 9)).isEqualTo(2);
    assertThat(passed(of, "a", 60 * SECOND, 9)).isEqualTo(1);
  }

  @Test
  void asManyRunAsMayAndTheirEndMakesRoom() {
    Limits of = new Limits("z", 2, 0, 0, 5, 503, 503, List.of());
    assertThat(limits.enter(of, "a")).isTrue();
    assertThat(limits.enter(of, "a")).isTrue();
    assertThat(limits.enter(of, "a")).isFalse();
    assertThat(limits.enter(of, "b")).isTrue();
    limits.leave(of, "a");
    assertThat(limits.enter(of, "a")).isTrue();
    assertThat(limits.enter(of, "a")).isFalse();
  }
}
