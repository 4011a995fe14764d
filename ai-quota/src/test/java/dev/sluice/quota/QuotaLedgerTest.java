package dev.sluice.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuotaLedgerTest {
  private static final long T = 1_800_000_000_000L;
  private static final long LONGEST = 600_000;
  private static final LeaseId ONE = new LeaseId("a", 1);
  private static final LeaseId TWO = new LeaseId("b", 1);
  private static final Bucket BALANCE = Bucket.of("balance", Unit.TOKENS, 1_000, Window.BALANCE);
  private static final Bucket MINUTE =
      Bucket.of("minute", Unit.TOKENS, 100, Window.sliding(60_000));

  private static QuotaLedger ledger(Bucket... buckets) {
    return QuotaLedger.EMPTY.after(new Change.Planned(T, Plan.ofTenant(List.of(buckets))));
  }

  private static Change granted(LeaseId id, long at, long size, long notAfter) {
    return new Change.Granted(
        at, id, Plan.TENANT_PATH, Amounts.ofTokens(size), notAfter, false, notAfter + LONGEST);
  }

  private static Change reported(LeaseId id, long at, long n, boolean closed, Line... lines) {
    return new Change.Reported(at, id, Plan.TENANT_PATH, n, List.of(lines), closed);
  }

  private static Line line(long slot, long used, long open) {
    return new Line(slot, Amounts.ofTokens(used), Amounts.ofTokens(open));
  }

  @Test
  void aLeaseIsChargedInFullUntilItsNodeSaysOtherwise() {
    QuotaLedger ledger = ledger(BALANCE).after(granted(ONE, T, 300, T + 30_000));
    assertThat(ledger.charged(BALANCE, T + 1, 0)).isEqualTo(300);
    assertThat(ledger.charged(BALANCE, T + 86_400_000, 0)).isEqualTo(300);
    ledger = ledger.after(reported(ONE, T + 5, 2, false, line(0, 40, 60)));
    assertThat(ledger.charges(BALANCE, T + 6, 0)).isEqualTo(new Charges(40, 60, 200, 0));
    ledger = ledger.after(reported(ONE, T + 9, 3, true, line(0, 90, 0)));
    assertThat(ledger.charged(BALANCE, T + 10, 0)).isEqualTo(90);
    assertThat(ledger.leases()).isEmpty();
  }

  @Test
  void whatWasSpentInASlidingWindowAgesOutSlotBySlot() {
    QuotaLedger ledger = ledger(MINUTE)
        .after(granted(ONE, T, 100, T + 30_000))
        .after(reported(ONE, T + 20_000, 2, true, line(T + 1_000, 30, 0), line(T + 10_000, 20, 0)));
    assertThat(ledger.charged(MINUTE, T + 20_000, 0)).isEqualTo(50);
    assertThat(ledger.charged(MINUTE, T + 61_000, 0)).isEqualTo(20);
    assertThat(ledger.charged(MINUTE, T + 61_000, 50))
        .as("later by the clock's margin")
        .isEqualTo(50);
    assertThat(ledger.charged(MINUTE, T + 70_000, 0)).isZero();
  }

  @Test
  void aSlidingLimitThatJoinsAPathCountsItsHoldsAtTheEndOfTheirLeaseAtTheLatest() {
    QuotaLedger ledger = ledger(BALANCE)
        .after(granted(ONE, T, 90, T + 30_000))
        .after(reported(ONE, T + 1, 2, true, line(0, 20, 50)))
        .after(new Change.Planned(T + 2, Plan.ofTenant(List.of(BALANCE, MINUTE))));
    assertThat(ledger.charges(MINUTE, T + 3, 0)).isEqualTo(new Charges(20, 50, 0, 0));
    ledger = ledger.after(reported(ONE, T + 40_000, 3, true, line(0, 60, 0)));
    assertThat(ledger.leases()).isEmpty();
    assertThat(ledger.charged(MINUTE, T + 89_999, 0)).isEqualTo(60);
    assertThat(ledger.charged(MINUTE, T + 90_000, 0)).isZero();
  }

  @Test
  void theUnreportedPartOfADeadNodesLeaseAgesFromItsEnd() {
    QuotaLedger ledger = ledger(MINUTE).after(granted(ONE, T, 100, T + 30_000));
    assertThat(ledger.charged(MINUTE, T + 89_999, 0)).isEqualTo(100);
    assertThat(ledger.charged(MINUTE, T + 90_000, 0)).isZero();
  }

  /** A node that died may have held a refund again, later than the slot that we know of. */
  @Test
  void aRefundThatMayHaveBeenHeldAgainStaysChargedUntilTheLeaseIsClosed() {
    QuotaLedger ledger = ledger(MINUTE)
        .after(granted(ONE, T, 100, T + 30_000))
        .after(reported(ONE, T + 2_000, 2, false, line(T + 1_000, 0, 100)));
    assertThat(ledger.charged(MINUTE, T + 62_000, 0)).isEqualTo(100);
    assertThat(ledger.charged(MINUTE, T + 90_000, 0)).isZero();
  }

  @Test
  void aCalendarWindowIsChargedWithTheLeasesGrantedInIt() {
    ZoneId berlin = ZoneId.of("Europe/Berlin");
    Bucket day = Bucket.of("day", Unit.TOKENS, 100, Window.day(berlin));
    long evening = Instant.parse("2027-03-27T22:59:00Z").toEpochMilli();
    long morning = Instant.parse("2027-03-27T23:01:00Z").toEpochMilli();
    QuotaLedger ledger = ledger(day)
        .after(granted(ONE, evening, 50, evening + 59_000))
        .after(granted(TWO, morning, 30, morning + 30_000))
        .after(reported(ONE, morning, 2, true, line(0, 10, 0)));
    assertThat(ledger.charged(day, evening, 0))
        .as("a late report corrects its own day")
        .isEqualTo(10);
    assertThat(ledger.charged(day, morning, 0)).isEqualTo(30);
    assertThat(day.window().endOf(morning) - day.window().startOf(morning))
        .as("a day of 23 hours")
        .isEqualTo(82_800_000);
  }

  @Test
  void aMonthIsCountedFromItsFirstMidnightInItsZone() {
    ZoneId auckland = ZoneId.of("Pacific/Auckland");
    Bucket month = Bucket.of("month", Unit.COST, 100, Window.month(auckland));
    long lastOfFebruary = Instant.parse("2028-02-29T10:59:59Z").toEpochMilli();
    long firstOfMarch = Instant.parse("2028-02-29T11:00:00Z").toEpochMilli();
    Amounts cost = Amounts.NONE.with(Unit.COST, 60);
    QuotaLedger ledger = ledger(month)
        .after(new Change.Granted(
            lastOfFebruary - 1_000, ONE, "tenant", cost, lastOfFebruary, false, lastOfFebruary))
        .after(new Change.Granted(
            firstOfMarch,
            TWO,
            "tenant",
            cost,
            firstOfMarch + 30_000,
            false,
            firstOfMarch + 30_000));
    assertThat(ledger.charged(month, lastOfFebruary, 0)).isEqualTo(60);
    assertThat(ledger.charged(month, firstOfMarch, 0)).as("a new month").isEqualTo(60);
    assertThat(month.window().endOf(lastOfFebruary)).isEqualTo(firstOfMarch);
    assertThat(month.window().endOf(firstOfMarch) - firstOfMarch)
        .as("31 days; the clocks go back in April")
        .isEqualTo(31 * 86_400_000L);
  }

  @Test
  void aBucketThatIsAddedCountsOpenLeasesFromTheStart() {
    QuotaLedger ledger = ledger(BALANCE).after(granted(ONE, T, 300, T + 30_000));
    ledger = ledger.after(new Change.Planned(T + 1, Plan.ofTenant(List.of(BALANCE, MINUTE))));
    assertThat(ledger.charged(MINUTE, T + 2, 0)).isEqualTo(300);
  }

  @Test
  void aNodeThatLeavesInPeaceGivesBackWhatItHasNotReported() {
    QuotaLedger ledger = ledger(BALANCE)
        .after(granted(ONE, T, 300, T + 30_000))
        .after(reported(ONE, T + 1, 2, false, line(0, 70, 0)))
        .after(new Change.Departed(T + 2, "a"));
    assertThat(ledger.charged(BALANCE, T + 3, 0)).isEqualTo(70);
    assertThat(ledger.topOf("a")).isEqualTo(QuotaLedger.ALL_NUMBERS);
  }

  @Test
  void whatCanNeverCountAgainIsForgotten() {
    QuotaLedger ledger = ledger(MINUTE);
    for (int i = 0; i < 1_000; i++) {
      LeaseId id = new LeaseId("a", i + 1);
      long at = T + i * 10_000L;
      ledger = ledger
          .after(granted(id, at, 1, at + 1_000))
          .after(reported(id, at + 500, 2, true, line(at + 100, 1, 0)));
    }
    assertThat(ledger.spent().get(MINUTE.id())).hasSizeLessThan(20);
  }

  private static Change request(LeaseId id, String path, long at) {
    Amounts three = new Amounts(30, 20, 10, 3, 3, 900);
    return new Change.Granted(at, id, path, three, at + 30_000, false, at + 30_000 + LONGEST);
  }

  @Test
  void aBucketCountsItsUnit() {
    Bucket cost = Bucket.of("cost", Unit.COST, 1_000, Window.BALANCE);
    Bucket requests = Bucket.of("requests", Unit.REQUESTS, 10, Window.sliding(60_000));
    Bucket output = Bucket.of("output", Unit.OUTPUT_TOKENS, 100, Window.BALANCE);
    Line line = new Line(T + 1, new Amounts(8, 5, 3, 1, 0, 70), Amounts.ofRequest(4, 2, 50));
    QuotaLedger ledger = ledger(cost, requests, output)
        .after(request(ONE, Plan.TENANT_PATH, T))
        .after(reported(ONE, T + 5, 2, false, line));
    assertThat(ledger.charges(cost, T + 6, 0)).isEqualTo(new Charges(70, 50, 780, 0));
    assertThat(ledger.charges(requests, T + 6, 0)).isEqualTo(new Charges(1, 1, 1, 0));
    assertThat(ledger.charges(output, T + 6, 0)).isEqualTo(new Charges(3, 2, 5, 0));
  }

  /** The only rule that frees by time (5.12). */
  @Test
  void whatADeadNodeHadInFlightComesBackWhenNoRequestCanRunAnyMore() {
    Bucket flight = Bucket.of("flight", Unit.IN_FLIGHT_REQUESTS, 10, Window.BALANCE);
    QuotaLedger ledger = ledger(flight, BALANCE).after(request(ONE, Plan.TENANT_PATH, T));
    long over = T + 30_000 + LONGEST;
    assertThat(ledger.charged(flight, over, 0)).isEqualTo(3);
    assertThat(ledger.charged(flight, over + 50, 50))
        .as("by our clock's error later")
        .isEqualTo(3);
    assertThat(ledger.charged(flight, over + 1, 0)).isZero();
    assertThat(ledger.charged(BALANCE, over + 1, 0)).isEqualTo(30);
  }

  @Test
  void leasesOfAPathThatIsGoneStayChargedToWhatItWasMadeOf() {
    Bucket key = Bucket.of("keys/k/tokens", Unit.TOKENS, 50, Window.BALANCE);
    Plan both = new Plan(
        java.util.Map.of(BALANCE.id(), BALANCE, key.id(), key),
        java.util.Map.of(
            Plan.TENANT_PATH, List.of(BALANCE.id()), "keys/k", List.of(BALANCE.id(), key.id())));
    QuotaLedger ledger = QuotaLedger.EMPTY
        .after(new Change.Planned(T, both))
        .after(request(ONE, "keys/k", T + 1))
        .after(request(TWO, "keys/k", T + 1))
        .after(new Change.Planned(T + 2, Plan.ofTenant(List.of(BALANCE))))
        .after(new Change.Planned(T + 3, Plan.ofTenant(List.of(BALANCE, MINUTE))));
    assertThat(ledger.charged(BALANCE, T + 4, 0)).isEqualTo(60);
    ledger =
        ledger.after(new Change.Reported(T + 5, ONE, "keys/k", 2, List.of(line(0, 9, 0)), true));
    assertThat(ledger.charged(BALANCE, T + 6, 0)).isEqualTo(39);
    ledger = ledger.after(new Change.Planned(T + 7, both));
    assertThat(ledger.charged(key, T + 8, 0)).isEqualTo(30);
  }

  @Test
  void aNodeIsSilentOnceItHasNoLeaseAndWasNotHeardOf() {
    QuotaLedger ledger = ledger(BALANCE)
        .after(request(ONE, Plan.TENANT_PATH, T))
        .after(new Change.Departed(T + 10, "b"));
    assertThat(ledger.silentSince(T + 11)).containsExactly("b");
    ledger = ledger.after(reported(ONE, T + 20, 2, true));
    assertThat(ledger.silentSince(T + 20)).containsExactly("b");
    assertThat(ledger.silentSince(T + 21)).containsExactly("a", "b");
    assertThat(ledger.after(new Change.Forgotten(T + 30, "a")).topOf("a")).isZero();
  }
}
