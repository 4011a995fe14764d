package dev.sluice.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TenantLeasesTest {
  private static final long MILLI = 1_000_000;
  private static final long T = 1_800_000_000_000L;

  private final TenantLeases leases =
      new TenantLeases("a", new NodeSettings(2_000, 5_000, 200, 500, 30_000, 100));
  private final List<Admission> answered = new ArrayList<>();
  private long now = 1_000_000_000_000L;

  private Admission hold(long tokens) {
    return leases.hold(
        Plan.TENANT_PATH, Amounts.ofTokens(tokens), now, 3_000 * MILLI, answered::add);
  }

  private <M extends ToEntity> M sent(Class<M> type) {
    return leases.takeLetters().stream()
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst()
        .orElseThrow();
  }

  private void grant(long no, long size, boolean exact) {
    leases.take(
        new ToNode.Granted(no, 0, T, Amounts.ofTokens(size), T + 30_000, exact, 0, List.of()), now);
    leases.takeAnswers().forEach(Runnable::run);
  }

  @Test
  void aHoldThatFitsItsLeaseSendsNothing() {
    hold(10);
    grant(sent(ToEntity.Ask.class).no(), 1_000, false);
    assertThat(answered).hasSize(1).allMatch(Admission.Admitted.class::isInstance);
    assertThat(hold(10)).isInstanceOf(Admission.Admitted.class);
    assertThat(leases.takeLetters()).isEmpty();
  }

  @Test
  void aHoldNeverSpansTwoLeases() {
    hold(10);
    grant(sent(ToEntity.Ask.class).no(), 15, false);
    leases.takeLetters();
    assertThat(hold(10)).isNull();
    ToEntity.Ask ask = sent(ToEntity.Ask.class);
    assertThat(ask.reports()).as("what does not fit is given back with the ask").hasSize(1);
    assertThat(ask.reports().get(0).closed()).isTrue();
  }

  @Test
  void oneAskNamesAllThatWait() {
    hold(10);
    ToEntity.Ask first = sent(ToEntity.Ask.class);
    hold(20);
    hold(30);
    assertThat(leases.takeLetters()).as("one ask at a time").isEmpty();
    grant(first.no(), 10, true);
    assertThat(answered).hasSize(1);
    assertThat(sent(ToEntity.Ask.class).needs())
        .containsExactly(Amounts.ofTokens(20), Amounts.ofTokens(30));
  }

  /** With all of tens of thousands the message was larger than the transport takes, and nobody was ever answered. */
  @Test
  void anAskNamesNoMoreHoldsThanAMessageCarriesAndTheOthersAskBehindThem() {
    int all = 3 * TenantLeases.MOST_NEEDS;
    for (int i = 0; i < all; i++) {
      hold(10);
    }
    long first = sent(ToEntity.Ask.class).no();
    grant(first, 10, true);
    ToEntity.Ask second = sent(ToEntity.Ask.class);
    assertThat(second.needs()).hasSize(TenantLeases.MOST_NEEDS);
    grant(second.no(), 10L * TenantLeases.MOST_NEEDS, true);
    assertThat(answered).hasSize(1 + TenantLeases.MOST_NEEDS);
    grant(sent(ToEntity.Ask.class).no(), 10L * all, false);
    assertThat(answered).hasSize(all);
  }

  @Test
  void aGrantIsDeadOnArrivalAfterALongPause() {
    hold(10);
    ToEntity.Ask ask = sent(ToEntity.Ask.class);
    now += 31_000 * MILLI;
    grant(ask.no(), 1_000, false);
    assertThat(answered).isEmpty();
    ToEntity.Report report = sent(ToEntity.Report.class);
    assertThat(report.closed()).isTrue();
    assertThat(report.lines()).isEmpty();
  }

  @Test
  void aLeaseIsNotUsedPastItsEndWhateverTheEntitysAnswerTook() {
    hold(10);
    ToEntity.Ask ask = sent(ToEntity.Ask.class);
    now += 20_000 * MILLI;
    grant(ask.no(), 1_000, false);
    now += 9_000 * MILLI;
    assertThat(hold(10)).isInstanceOf(Admission.Admitted.class);
    now += 1_000 * MILLI;
    assertThat(hold(10)).as("counted from the asking, not from the answer").isNull();
  }

  @Test
  void anAnswerIsPairedWithTheAttemptItNames() {
    hold(10);
    ToEntity.Ask first = sent(ToEntity.Ask.class);
    now += 2_000 * MILLI;
    leases.tick(now);
    assertThat(sent(ToEntity.Ask.class).attempt()).isEqualTo(1);
    grant(first.no(), 1_000, false);
    now += 28_500 * MILLI;
    assertThat(hold(10)).as("attempt 0 was sent 30.5 s ago").isNull();
  }

  @Test
  void aRecallClosesTheLeaseAndCancelsTheAsk() {
    hold(10);
    long no = sent(ToEntity.Ask.class).no();
    leases.take(new ToNode.Recall(List.of(no)), now);
    List<ToEntity> letters = leases.takeLetters();
    assertThat(letters).contains(new ToEntity.Close("a", no));
    assertThat(letters).filteredOn(ToEntity.Ask.class::isInstance).hasSize(1);
    grant(no, 1_000, false);
    assertThat(answered).as("the cancelled number is never used").isEmpty();
    assertThat(leases.takeLetters()).containsExactly(new ToEntity.Close("a", no));
  }

  @Test
  void aCloseIsRepeatedUntilItIsAcknowledged() {
    leases.take(new ToNode.Recall(List.of(7L)), now);
    leases.takeLetters();
    now += 600 * MILLI;
    leases.tick(now);
    assertThat(leases.takeLetters()).containsExactly(new ToEntity.Close("a", 7));
    leases.take(new ToNode.Acked(7, ToNode.ALL), now);
    now += 600 * MILLI;
    leases.tick(now);
    assertThat(leases.takeLetters()).isEmpty();
  }

  @Test
  void aSettledHoldIsSettledOnce() {
    hold(10);
    grant(sent(ToEntity.Ask.class).no(), 10, true);
    Hold hold = ((Admission.Admitted) answered.get(0)).hold();
    leases.settle(hold, Amounts.ofTokens(4), now);
    leases.settle(hold, Amounts.ofTokens(9), now);
    ToEntity.Report last = leases.takeLetters().stream()
        .map(ToEntity.Report.class::cast)
        .reduce((one, other) -> other)
        .orElseThrow();
    assertThat(last.lines()).containsExactly(new Line(0, Amounts.ofTokens(4), Amounts.NONE));
  }

  @Test
  void aRefusalIsRepeatedForAMomentToHoldsAsLarge() {
    hold(50);
    long no = sent(ToEntity.Ask.class).no();
    ToNode.Room room = new ToNode.Room("minute", Unit.TOKENS, 100, 20, 5_000);
    leases.take(new ToNode.Refused(no, Amounts.ofTokens(50), room, 5_000), now);
    leases.takeAnswers().forEach(Runnable::run);
    assertThat(answered).containsExactly(new Admission.Refused(room, 5_000));
    assertThat(hold(60)).isEqualTo(new Admission.Refused(room, 5_000));
    assertThat(hold(10)).as("a smaller one may fit").isNull();
    now += 101 * MILLI;
    assertThat(leases.hold(Plan.TENANT_PATH, Amounts.ofTokens(60), now, MILLI, answered::add))
        .isNull();
  }

  @Test
  void whoeverWaitsTooLongIsToldThatTheQuotaIsOutOfReach() {
    hold(10);
    now += 3_001 * MILLI;
    leases.tick(now);
    leases.takeAnswers().forEach(Runnable::run);
    assertThat(answered).containsExactly(new Admission.Unreachable());
  }

  @Test
  void whoeverLeavesGivesEverythingBackFirst() {
    hold(10);
    grant(sent(ToEntity.Ask.class).no(), 1_000, false);
    Hold hold = ((Admission.Admitted) answered.get(0)).hold();
    leases.leave(now);
    ToEntity.Report closing = sent(ToEntity.Report.class);
    assertThat(closing.closed()).isTrue();
    assertThat(hold(1)).isEqualTo(new Admission.Unreachable());
    leases.settle(hold, Amounts.ofTokens(7), now);
    ToEntity.Report last = sent(ToEntity.Report.class);
    assertThat(leases.gone()).isFalse();
    leases.take(new ToNode.Acked(last.no(), last.n()), now);
    now += 600 * MILLI;
    leases.tick(now);
    assertThat(leases.gone()).isTrue();
  }

  private Admission holdOn(String path, Amounts need) {
    return leases.hold(path, need, now, 3_000 * MILLI, answered::add);
  }

  @Test
  void aLeaseServesItsOwnPathOnly() {
    hold(10);
    grant(sent(ToEntity.Ask.class).no(), 1_000, false);
    assertThat(holdOn("keys/k", Amounts.ofTokens(1))).isNull();
    assertThat(sent(ToEntity.Ask.class).path()).isEqualTo("keys/k");
    assertThat(hold(10))
        .as("the other path has its lease still")
        .isInstanceOf(Admission.Admitted.class);
  }

  @Test
  void aHoldMustFitInEveryUnit() {
    Amounts need = Amounts.ofRequest(10, 10, 5);
    assertThat(holdOn(Plan.TENANT_PATH, need)).isNull();
    long no = sent(ToEntity.Ask.class).no();
    Amounts size = new Amounts(1_000, 500, 500, 2, 2, 5_000);
    leases.take(new ToNode.Granted(no, 0, T, size, T + 30_000, false, 0, List.of()), now);
    leases.takeAnswers().forEach(Runnable::run);
    Hold first = ((Admission.Admitted) answered.get(0)).hold();
    assertThat(holdOn(Plan.TENANT_PATH, need)).isInstanceOf(Admission.Admitted.class);
    assertThat(holdOn(Plan.TENANT_PATH, need)).as("no third request").isNull();
    leases.take(new ToNode.Recall(List.of(no)), now);
    leases.takeLetters();
    leases.settle(first, need, now);
    assertThat(leases.takeLetters().stream()
            .filter(ToEntity.Report.class::isInstance)
            .map(one -> ((ToEntity.Report) one).lines().get(0).used())
            .reduce((one, other) -> other))
        .as("nothing of it is in flight any more")
        .contains(new Amounts(20, 10, 10, 1, 0, 5));
  }

  @Test
  void whatAnObservedLimitWouldRefuseIsCountedAndAdmitted() {
    hold(10);
    ToNode.Room room = new ToNode.Room("minute", Unit.TOKENS, 100, -75, 5_000, true);
    leases.take(
        new ToNode.Granted(
            sent(ToEntity.Ask.class).no(),
            0,
            T,
            Amounts.ofTokens(100),
            T + 30_000,
            false,
            0,
            List.of(room)),
        now);
    leases.takeAnswers().forEach(Runnable::run);
    assertThat(answered)
        .first()
        .isInstanceOfSatisfying(
            Admission.Admitted.class,
            first -> assertThat(first.observed()).as("15 of 25 are left").isEmpty());
    assertThat(hold(20))
        .isInstanceOfSatisfying(
            Admission.Admitted.class,
            second -> assertThat(second.observed())
                .extracting(ToNode.Room::bucket)
                .containsExactly("minute"));
    assertThat(leases.wouldRefuse()).isEqualTo(java.util.Map.of("minute", 1L));
  }

  @Test
  void whatEndsOnAClosedLeaseIsToldAtOnceOnlyIfTheLeaseWasCalledBack() {
    hold(10);
    long no = sent(ToEntity.Ask.class).no();
    grant(no, 30, false);
    Hold first = ((Admission.Admitted) answered.get(0)).hold();
    Hold second = ((Admission.Admitted) hold(10)).hold();
    Hold third = ((Admission.Admitted) hold(10)).hold();
    hold(500);
    leases.takeLetters();
    leases.settle(first, Amounts.ofTokens(1), now);
    assertThat(leases.takeLetters()).as("far from a limit nobody waits for it").isEmpty();
    leases.take(new ToNode.Recall(List.of(no)), now);
    assertThat(sent(ToEntity.Report.class).closed()).isTrue();
    leases.settle(second, Amounts.ofTokens(1), now);
    assertThat(sent(ToEntity.Report.class).lines().get(0).used().tokens()).isEqualTo(2);
    leases.settle(third, Amounts.ofTokens(1), now);
    assertThat(sent(ToEntity.Report.class).lines().get(0).open().isNone()).isTrue();
  }

  @Test
  void aLeaseThatRunsLowIsFollowedByOneAndNotByMany() {
    hold(10);
    grant(sent(ToEntity.Ask.class).no(), 100, false);
    for (int i = 0; i < 7; i++) {
      hold(10);
    }
    assertThat(sent(ToEntity.Ask.class).needs()).isEmpty();
    grant(2, 100, false);
    hold(10);
    assertThat(leases.takeLetters()).isEmpty();
  }

  private Hold admitted(long tokens) {
    return ((Admission.Admitted) hold(tokens)).hold();
  }

  @Test
  void aLeaseWhosePlaceAnotherTookIsReportedWithTheNextAsk() {
    hold(40);
    grant(sent(ToEntity.Ask.class).no(), 100, false);
    Hold first = ((Admission.Admitted) answered.get(0)).hold();
    Hold second = admitted(40);
    grant(sent(ToEntity.Ask.class).no(), 100, false);
    admitted(30);
    leases.settle(first, Amounts.ofTokens(30), now);
    leases.settle(second, Amounts.ofTokens(40), now);
    now += 1_000 * MILLI;
    leases.tick(now);
    assertThat(leases.takeLetters()).as("nobody waits for what is left of it").isEmpty();
    admitted(50);
    ToEntity.Ask ask = sent(ToEntity.Ask.class);
    assertThat(ask.reports()).hasSize(2).first().satisfies(report -> {
      assertThat(report.closed()).isTrue();
      assertThat(report.lines()).containsExactly(new Line(0, Amounts.ofTokens(70), Amounts.NONE));
    });
  }

  @Test
  void withoutAnotherAskItIsReportedAfterTheInterval() {
    hold(80);
    grant(sent(ToEntity.Ask.class).no(), 100, false);
    Hold first = ((Admission.Admitted) answered.get(0)).hold();
    grant(sent(ToEntity.Ask.class).no(), 100, false);
    admitted(30);
    leases.settle(first, Amounts.ofTokens(80), now);
    now += 5_000 * MILLI;
    leases.tick(now);
    assertThat(leases.takeLetters())
        .filteredOn(ToEntity.Report.class::isInstance)
        .first()
        .satisfies(letter -> assertThat(((ToEntity.Report) letter).closed()).isTrue());
  }

  @Test
  void aSpentLeaseThatIsCalledBackIsReportedAtOnce() {
    hold(80);
    long no = sent(ToEntity.Ask.class).no();
    grant(no, 100, false);
    Hold first = ((Admission.Admitted) answered.get(0)).hold();
    grant(sent(ToEntity.Ask.class).no(), 100, false);
    admitted(30);
    leases.takeLetters();
    leases.take(new ToNode.Recall(List.of(no)), now);
    assertThat(sent(ToEntity.Report.class).closed()).isTrue();
    leases.settle(first, Amounts.ofTokens(80), now);
    assertThat(sent(ToEntity.Report.class).lines().get(0).open().isNone()).isTrue();
  }

  @Test
  void aLeaseThatNobodyHasUsedYetIsNotReported() {
    hold(80);
    grant(sent(ToEntity.Ask.class).no(), 100, false);
    grant(sent(ToEntity.Ask.class).no(), 100, false);
    now += 1_000 * MILLI;
    leases.tick(now);
    assertThat(leases.takeLetters()).isEmpty();
    now += 7_000 * MILLI;
    leases.tick(now);
    assertThat(leases.takeLetters())
        .as("but given back after a while")
        .anySatisfy(letter -> assertThat(((ToEntity.Report) letter).closed()).isTrue());
  }
}
