package dev.sluice.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.chaos.check.Limit.Unit;
import dev.sluice.chaos.check.Limit.Window;
import dev.sluice.chaos.history.Held;
import dev.sluice.chaos.history.Served;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QuotaJudgeTest {
  private static final long NOON = 1_800_014_400_000L;
  private static final long DAY = 86_400_000;
  private static final Limit BALANCE = new Limit("a", "", Unit.TOKENS, 100, Window.NONE);
  private static final Limit MINUTE = new Limit("a", "", Unit.TOKENS, 100, Window.MINUTE);
  private static final Limit DAILY = new Limit("a", "", Unit.TOKENS, 100, Window.DAY);
  private static final Limit OF_TEAM = new Limit("a", "teams/t", Unit.REQUESTS, 1, Window.NONE);
  private static final Limit COST = new Limit("a", "", Unit.COST, 100_000, Window.NONE);

  private static Served served(long at, long output) {
    return served("tenant", at, output, true);
  }

  private static Served served(String path, long at, long output, boolean whole) {
    return new Served(new Held("a", path, NOON + at, 10, 60, 500_000), 10, output, whole);
  }

  private static List<String> judged(Limit limit, Served... all) {
    return QuotaJudge.judge(
            List.of(limit), List.of(all), new QuotaJudge.End(NOON, Map.of(), Map.of()))
        .violations();
  }

  private static List<String> charged(
      long settled, long held, long leased, long openAtKills, Served... all) {
    Account account = new Account(100, settled, held, leased, 0, 100 - settled - held - leased);
    return QuotaJudge.judge(
            List.of(BALANCE),
            List.of(all),
            new QuotaJudge.End(NOON, Map.of(BALANCE, account), Map.of(BALANCE, openAtKills)))
        .violations();
  }

  @Test
  void aLimitMayBeReachedAndNotPassed() {
    assertThat(judged(BALANCE, served(0, 40), served(5, 40))).isEmpty();
    assertThat(judged(BALANCE, served(0, 40), served(5, 41)))
        .containsExactly("a/tokens-balance: 101 served within one window");
  }

  @Test
  void everyIntervalOfASlidingWindowCounts() {
    assertThat(judged(MINUTE, served(0, 60), served(60_000, 60))).isEmpty();
    assertThat(judged(MINUTE, served(1, 60), served(60_000, 60))).hasSize(1);
  }

  @Test
  void aDayEndsAtMidnight() {
    assertThat(judged(DAILY, served(DAY / 2 - 1, 60), served(DAY / 2, 60))).isEmpty();
    assertThat(judged(DAILY, served(DAY / 2, 60), served(DAY / 2 + 1, 60))).hasSize(1);
  }

  @Test
  void aPlaceCountsWhatLiesBelowIt() {
    assertThat(judged(
            OF_TEAM,
            served("teams/t/keys/k", 0, 1, true),
            served("teams/t2", 0, 1, true),
            served("tenant", 0, 1, true)))
        .isEmpty();
    assertThat(judged(OF_TEAM, served("teams/t/keys/k", 0, 1, true), served("teams/t", 0, 1, true)))
        .hasSize(1);
  }

  @Test
  void costIsCountedByThePriceOfThePlan() {
    assertThat(judged(COST, served(0, 30))).isEmpty();
    assertThat(judged(COST, served(0, 31))).hasSize(1);
  }

  @Test
  void nothingIsServedBeyondItsHold() {
    assertThat(judged(MINUTE, served(0, 61))).hasSize(1);
  }

  @Test
  void noLessIsChargedThanWasServed() {
    assertThat(charged(50, 0, 0, 0, served(0, 40))).isEmpty();
    assertThat(charged(49, 0, 0, 0, served(0, 40))).hasSize(1);
  }

  @Test
  void noMoreIsChargedUnlessItWasBrokenOff() {
    assertThat(charged(51, 0, 0, 0, served(0, 40))).hasSize(1);
    assertThat(charged(70, 0, 0, 0, served("tenant", 0, 40, false))).isEmpty();
    assertThat(charged(71, 0, 0, 0, served("tenant", 0, 40, false))).hasSize(1);
  }

  @Test
  void leasesStayChargedOnlyForNodesThatWereKilled() {
    assertThat(charged(50, 0, 10, 0, served(0, 40))).hasSize(1);
    assertThat(charged(50, 5, 10, 15, served(0, 40))).isEmpty();
    assertThat(charged(50, 6, 10, 15, served(0, 40))).hasSize(1);
  }
}
