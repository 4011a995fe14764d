package dev.sluice.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.quota.Balance;
import dev.sluice.quota.Unit;
import dev.sluice.quota.Window;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class CrossingsTest {
  private static final long NOON = 1_800_014_400_000L;
  private static final long HOUR = 3_600_000;

  private final Crossings crossings = new Crossings(List.of(50, 80, 100), 100);

  private static Balance balance(Window window, long limit, long settled, long leased) {
    return new Balance(
        "x",
        Unit.TOKENS,
        window,
        limit,
        settled,
        0,
        leased,
        0,
        limit - settled - leased,
        -1,
        false);
  }

  private List<Integer> marks(Balance balance, long now) {
    return crossings.of("shop", now, List.of(balance)).stream()
        .map(Crossing::mark)
        .toList();
  }

  @Test
  void eachMarkIsFoundOnceInAWindowAndAgainInTheNext() {
    Window day = Window.day(ZoneOffset.UTC);
    assertThat(marks(balance(day, 100, 49, 0), NOON)).isEmpty();
    assertThat(marks(balance(day, 100, 50, 0), NOON)).containsExactly(50);
    assertThat(marks(balance(day, 100, 70, 0), NOON + 1)).isEmpty();
    assertThat(marks(balance(day, 100, 85, 0), NOON + 2)).containsExactly(80);
    assertThat(marks(balance(day, 100, 50, 0), NOON + 24 * HOUR)).containsExactly(50);
  }

  @Test
  void whatIsOnlyLeasedIsNotUsedButALimitWithoutRoomIs() {
    assertThat(marks(balance(Window.BALANCE, 1_000, 490, 200), NOON)).isEmpty();
    assertThat(marks(balance(Window.BALANCE, 1_000, 985, 0), NOON)).containsExactly(50, 80, 100);
  }

  @Test
  void shortWindowsAreToldOfOnceAnHourAndABalanceAgainAfterATopUp() {
    Window second = Window.sliding(1_000);
    assertThat(marks(balance(second, 10, 5, 0), NOON)).containsExactly(50);
    assertThat(marks(balance(second, 10, 5, 0), NOON + HOUR / 2)).isEmpty();
    assertThat(marks(balance(second, 10, 5, 0), NOON + HOUR)).containsExactly(50);
    assertThat(marks(balance(Window.BALANCE, 100, 60, 0), NOON)).containsExactly(50);
    assertThat(marks(balance(Window.BALANCE, 110, 60, 0), NOON)).containsExactly(50);
  }

  @Test
  void aMarkThatNobodyCouldBeToldOfIsFoundAgain() {
    Balance half = balance(Window.BALANCE, 100, 50, 0);
    List<Crossing> first = crossings.of("shop", NOON, List.of(half));
    assertThat(first).hasSize(1);
    crossings.forget(first.get(0));
    assertThat(marks(half, NOON)).containsExactly(50);
    crossings.forgetAll();
    assertThat(marks(half, NOON)).containsExactly(50);
    assertThat(marks(half, NOON)).isEmpty();
  }

  /** As RFC 4231 has it, test case 2. */
  @Test
  void aSignatureIsAnHmac() {
    assertThat(Webhook.signature(
            "Jefe", "what do ya want for nothing?".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  }
}
