package dev.sluice.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeaseDeskTest {
  private static final long T = 1_800_000_000_000L;
  private static final Bucket BALANCE = Bucket.of("balance", Unit.TOKENS, 100, Window.BALANCE);

  private LeaseDesk desk;
  private long now;

  @BeforeEach
  void open() {
    desk = new LeaseDesk(QuotaLedger.EMPTY, new DeskSettings(30_000, 200, 10_000, 5, 600_000));
    now = T;
    desk.plan(Plan.ofTenant(List.of(BALANCE)), now);
    desk.takeBatch();
  }

  private static ToEntity.Ask ask(String uid, long no, long... needs) {
    List<Amounts> amounts = new ArrayList<>();
    for (long need : needs) {
      amounts.add(Amounts.ofTokens(need));
    }
    return new ToEntity.Ask(
        uid, no, 0, Plan.TENANT_PATH, amounts, 0, Amounts.ofTokens(1_000), List.of());
  }

  private static ToEntity.Report closed(String uid, long no, long used) {
    List<Line> lines =
        used == 0 ? List.of() : List.of(new Line(0, Amounts.ofTokens(used), Amounts.NONE));
    return new ToEntity.Report(uid, no, Plan.TENANT_PATH, 9, lines, true);
  }

  private List<ToNode> told(ToEntity message) {
    desk.take(message, now);
    return letters();
  }

  private List<ToNode> letters() {
    return desk.takeBatch().letters().stream().map(LeaseDesk.Letter::message).toList();
  }

  private static long size(List<ToNode> told) {
    return ((ToNode.Granted) told.get(0)).size().tokens();
  }

  @Test
  void farFromTheLimitALeaseIsAQuarterOfTheRoom() {
    assertThat(size(told(ask("a", 1, 3)))).isEqualTo(25);
  }

  @Test
  void nearTheLimitALeaseIsWhatWaitsAndNotOneMore() {
    told(ask("a", 1, 90));
    assertThat(size(told(ask("b", 1, 4, 5, 2))))
        .as("the longest beginning that fits")
        .isEqualTo(9);
  }

  /** It went on to be told after its window had forgotten the lease, and was more than all that was leased. */
  @Test
  void whatADeadNodeHasNotReportedIsUnaccountedForAsLongAsItIsCharged() {
    Bucket minute = Bucket.of("minute", Unit.TOKENS, 100, Window.sliding(60_000));
    desk.plan(Plan.ofTenant(List.of(BALANCE, minute)), now);
    long size = size(told(ask("a", 1, 10)));
    long end = desk.ledger().leases().values().iterator().next().notAfter();
    assertThat(unaccounted(end)).containsExactly(0L, 0L);
    assertThat(unaccounted(end + 1)).containsExactly(size, size);
    assertThat(unaccounted(end + 60_000)).containsExactly(size, size);
    assertThat(unaccounted(end + 61_000)).as("the minute has passed").containsExactly(size, 0L);
  }

  private List<Long> unaccounted(long at) {
    now = at;
    desk.look(now);
    List<Balance> balances = desk.balances();
    assertThat(balances).allMatch(one -> one.unaccounted() <= one.leased());
    return balances.stream().map(Balance::unaccounted).toList();
  }

  @Test
  void aLeaseThatTheJournalHasNeverHeardOfIsChargedAndNoticed() {
    told(ask("a", 1, 20));
    long before = charged();
    Line used = new Line(0, Amounts.ofTokens(7), Amounts.NONE);
    desk.take(new ToEntity.Report("b", 3, Plan.TENANT_PATH, 2, List.of(used), true), now);
    assertThat(desk.takeBatch().unheard()).isEqualTo(1);
    assertThat(charged()).isEqualTo(before + 7);
    desk.take(new ToEntity.Report("b", 3, Plan.TENANT_PATH, 2, List.of(used), true), now);
    desk.take(new ToEntity.Report("a", 1, Plan.TENANT_PATH, 2, List.of(used), false), now);
    assertThat(desk.takeBatch().unheard()).isZero();
  }

  @Test
  void afterARecoveryLeasesAreCalledBackUntilTheirNodesAnswer() {
    told(ask("a", 1, 20));
    desk = new LeaseDesk(desk.ledger(), new DeskSettings(30_000, 200, 10_000, 5, 600_000));
    desk.recallAll();
    assertThat(letters()).containsExactly(new ToNode.Recall(List.of(1L)));
    desk.look(T + 9_999);
    assertThat(letters()).isEmpty();
    desk.look(T + 10_000);
    assertThat(letters()).containsExactly(new ToNode.Recall(List.of(1L)));
    now = T + 10_001;
    told(closed("a", 1, 20));
    desk.look(T + 20_001);
    assertThat(letters()).isEmpty();
  }

  @Test
  void theLastTokenIsGrantedAndNotOneMore() {
    told(ask("a", 1, 99));
    assertThat(size(told(ask("b", 1, 1)))).isEqualTo(1);
    assertThat(told(ask("c", 1, 1)))
        .as("others are asked first")
        .allMatch(ToNode.Recall.class::isInstance);
  }

  @Test
  void beforeARefusalLeasesAreCalledBack() {
    told(ask("a", 1, 60));
    assertThat(told(ask("b", 1, 60))).containsExactly(new ToNode.Recall(List.of(1L)));
    List<ToNode> told = told(closed("a", 1, 10));
    assertThat(told).hasSize(2);
    assertThat(told.get(0)).isEqualTo(new ToNode.Acked(1, 9));
    assertThat(((ToNode.Granted) told.get(1)).size()).isEqualTo(Amounts.ofTokens(60));
  }

  /** A hold that we know of may have ended, and its lease may be reported only seconds later. */
  @Test
  void beforeARefusalLeasesThatAreHeldInFullAreCalledBackToo() {
    told(ask("a", 1, 100));
    Line held = new Line(0, Amounts.NONE, Amounts.ofTokens(100));
    told(new ToEntity.Report("a", 1, Plan.TENANT_PATH, 2, List.of(held), false));
    assertThat(told(ask("b", 1, 60))).containsExactly(new ToNode.Recall(List.of(1L)));
  }

  @Test
  void aRefusalWaitsForNodesThatWereAskedAndNoLonger() {
    told(ask("a", 1, 60));
    told(ask("b", 1, 60));
    now += 199;
    desk.look(now);
    assertThat(letters()).isEmpty();
    now += 1;
    desk.look(now);
    ToNode.Refused refused = (ToNode.Refused) letters().get(0);
    assertThat(refused.tryInMillis()).as("all of it is only lent out").isZero();
    assertThat(refused.room().free()).isEqualTo(40);
  }

  @Test
  void aHoldAboveTheLimitIsRefusedAtOnceAndForGood() {
    ToNode.Refused refused = (ToNode.Refused) told(ask("a", 1, 101)).get(0);
    assertThat(refused.tryInMillis()).isEqualTo(ToNode.NEVER);
  }

  @Test
  void aRefusalTouchesNoCounter() {
    told(ask("a", 1, 60));
    told(closed("a", 1, 60));
    QuotaLedger before = desk.ledger();
    assertThat(told(ask("b", 1, 60)).get(0)).isInstanceOf(ToNode.Refused.class);
    assertThat(desk.ledger()).isEqualTo(before);
  }

  @Test
  void anAskThatIsRepeatedIsAnsweredAgainAndGrantedOnce() {
    ToNode.Granted first = (ToNode.Granted) told(ask("a", 1, 3)).get(0);
    now += 500;
    ToEntity.Ask again = new ToEntity.Ask(
        "a", 1, 1, Plan.TENANT_PATH, List.of(Amounts.ofTokens(3)), 500, Amounts.NONE, List.of());
    ToNode.Granted second = (ToNode.Granted) told(again).get(0);
    assertThat(second.size()).isEqualTo(first.size());
    assertThat(second.notAfter()).isEqualTo(first.notAfter());
    assertThat(second.arrived()).as("paired with its own attempt").isEqualTo(first.arrived() + 500);
    assertThat(desk.ledger().charged(BALANCE, now, 0)).isEqualTo(25);
  }

  @Test
  void aNumberIsNeverGrantedTwice() {
    told(ask("a", 1, 3));
    told(closed("a", 1, 3));
    assertThat(told(ask("a", 1, 3))).containsExactly(new ToNode.Stale(1));
    told(new ToEntity.Close("a", 5));
    assertThat(told(ask("a", 4, 3))).containsExactly(new ToNode.Stale(4));
    assertThat(told(ask("a", 6, 3)).get(0)).isInstanceOf(ToNode.Granted.class);
  }

  @Test
  void reportsAreAbsoluteSoThatRepeatedAndLateOnesChangeNothing() {
    told(ask("a", 1, 3));
    ToEntity.Report older = new ToEntity.Report(
        "a",
        1,
        Plan.TENANT_PATH,
        2,
        List.of(new Line(0, Amounts.ofTokens(1), Amounts.ofTokens(2))),
        false);
    told(closed("a", 1, 3));
    QuotaLedger before = desk.ledger();
    assertThat(told(older)).containsExactly(new ToNode.Acked(1, 2));
    assertThat(told(closed("a", 1, 3))).containsExactly(new ToNode.Acked(1, 9));
    assertThat(desk.ledger()).isEqualTo(before);
  }

  @Test
  void useAboveTheHoldIsNeverCut() {
    told(ask("a", 1, 3));
    told(closed("a", 1, 140));
    assertThat(desk.ledger().charged(BALANCE, now, 0)).isEqualTo(140);
    assertThat(told(ask("a", 2, 1)).get(0)).isInstanceOf(ToNode.Refused.class);
  }

  @Test
  void aReportOfALeaseThatTheJournalHasLostIsCharged() {
    told(closed("a", 7, 12));
    assertThat(desk.ledger().charged(BALANCE, now, 0)).isEqualTo(12);
  }

  @Test
  void whoeverHasWaitedLongerGoesFirst() {
    told(ask("a", 1, 60));
    ToEntity.Ask large = new ToEntity.Ask(
        "b", 1, 0, Plan.TENANT_PATH, List.of(Amounts.ofTokens(80)), 100, Amounts.NONE, List.of());
    assertThat(told(large)).containsExactly(new ToNode.Recall(List.of(1L)));
    assertThat(told(ask("c", 1, 5))).as("a small one does not overtake").isEmpty();
    List<ToNode> told = told(closed("a", 1, 10));
    assertThat(told.stream()
            .filter(ToNode.Granted.class::isInstance)
            .map(one -> ((ToNode.Granted) one).size().tokens()))
        .containsExactly(80L, 5L);
  }

  @Test
  void aLimitThatIsLoweredCallsLeasesBackAndGrantsNothingMeanwhile() {
    told(ask("a", 1, 60));
    desk.plan(Plan.ofTenant(List.of(Bucket.of("balance", Unit.TOKENS, 50, Window.BALANCE))), now);
    assertThat(letters()).containsExactly(new ToNode.Recall(List.of(1L)));
    assertThat(told(ask("b", 1, 1)).stream().noneMatch(ToNode.Granted.class::isInstance))
        .isTrue();
  }

  @Test
  void anAskIsNotAnsweredWhereNoLimitsAreKnown() {
    LeaseDesk unknowing =
        new LeaseDesk(QuotaLedger.EMPTY, new DeskSettings(30_000, 200, 10_000, 5, 600_000));
    unknowing.take(ask("a", 1, 3), now);
    unknowing.look(now + 200);
    assertThat(unknowing.takeBatch().letters()).isEmpty();
  }

  @Test
  void aSlidingLimitSaysWhenThereWillBeRoom() {
    Bucket minute = Bucket.of("minute", Unit.TOKENS, 100, Window.sliding(60_000));
    LeaseDesk sliding =
        new LeaseDesk(QuotaLedger.EMPTY, new DeskSettings(30_000, 200, 10_000, 5, 600_000));
    sliding.plan(Plan.ofTenant(List.of(minute)), now);
    sliding.take(ask("a", 1, 90), now);
    sliding.take(
        new ToEntity.Report(
            "a",
            1,
            Plan.TENANT_PATH,
            9,
            List.of(new Line(now + 1_000, Amounts.ofTokens(90), Amounts.NONE)),
            true),
        now + 2_000);
    sliding.takeBatch();
    sliding.take(ask("b", 1, 50), now + 2_000);
    ToNode.Refused refused =
        (ToNode.Refused) sliding.takeBatch().letters().get(0).message();
    assertThat(refused.tryInMillis()).isEqualTo(59_010);
  }

  @Test
  void entityTimeNeverGoesBack() {
    desk.look(T + 10_000);
    desk.take(ask("a", 1, 3), T);
    assertThat(desk.now()).isEqualTo(T + 10_000);
  }

  private static final Bucket KEY = Bucket.of("key", Unit.REQUESTS, 2, Window.BALANCE);

  /** The tenant's balance of tokens, and below it a key with two requests. */
  private void planTree() {
    desk.plan(
        new Plan(
            Map.of(BALANCE.id(), BALANCE, KEY.id(), KEY),
            Map.of(
                Plan.TENANT_PATH, List.of(BALANCE.id()), "key", List.of(BALANCE.id(), KEY.id()))),
        now);
    desk.takeBatch();
  }

  private static ToEntity.Ask askOn(String path, String uid, long tokens) {
    Amounts need = Amounts.ofRequest(tokens, 0, 0);
    return new ToEntity.Ask(uid, 1, 0, path, List.of(need), 0, need, List.of());
  }

  private long charged(Bucket bucket) {
    return desk.ledger().charged(bucket, now, 0);
  }

  @Test
  void aRequestTakesAllBucketsOfItsPathOrNone() {
    planTree();
    assertThat(told(askOn("key", "a", 10)).get(0)).isInstanceOf(ToNode.Granted.class);
    assertThat(told(askOn("key", "b", 10)).get(0)).isInstanceOf(ToNode.Granted.class);
    assertThat(charged(KEY)).isEqualTo(2);
    assertThat(charged(BALANCE)).isEqualTo(20);
    told(askOn("key", "c", 10));
    now += 200;
    desk.look(now);
    ToNode.Refused refused = (ToNode.Refused) letters().get(0);
    assertThat(refused.room().bucket()).isEqualTo("key");
    assertThat(charged(BALANCE)).as("the other bucket is not touched").isEqualTo(20);
  }

  @Test
  void whoeverWaitsForABucketHoldsUpNobodyWhoDoesNotNeedIt() {
    planTree();
    told(askOn("key", "a", 1));
    told(askOn("key", "b", 1));
    assertThat(told(askOn("key", "c", 1))).allMatch(ToNode.Recall.class::isInstance);
    assertThat(told(askOn(Plan.TENANT_PATH, "d", 1)).get(0)).isInstanceOf(ToNode.Granted.class);
  }

  @Test
  void nearALimitInOneUnitALeaseIsWhatWaitsInEachUnit() {
    planTree();
    Amounts need = Amounts.ofRequest(1, 0, 0);
    Amounts want = new Amounts(20, 20, 0, 20, 20, 0);
    ToEntity.Ask ask = new ToEntity.Ask("a", 1, 0, "key", List.of(need), 0, want, List.of());
    ToNode.Granted granted = (ToNode.Granted) told(ask).get(0);
    assertThat(granted.size()).isEqualTo(need);
    assertThat(granted.exact()).isTrue();
  }

  @Test
  void aLimitThatIsObservedRefusesNothingAndSaysHowItStands() {
    desk.plan(Plan.ofTenant(List.of(BALANCE.asObserved())), now);
    desk.takeBatch();
    assertThat(told(ask("a", 1, 130)).get(0))
        .isInstanceOfSatisfying(ToNode.Granted.class, granted -> {
          ToNode.Room room = granted.rooms().get(0);
          assertThat(room.observed()).isTrue();
          assertThat(room.free()).isLessThan(0);
        });
  }

  @Test
  void aNodeThatIsGoneForADayIsForgottenAlongWithAnotherChange() {
    told(ask("a", 1, 3));
    told(closed("a", 1, 3));
    now += 86_400_001;
    desk.look(now);
    desk.forgetAllBut(Set.of("c"));
    assertThat(desk.takeBatch().isEmpty()).as("not worth an append of its own").isTrue();
    desk.take(ask("c", 1, 3), now);
    desk.forgetAllBut(Set.of());
    assertThat(desk.ledger().topOf("a")).as("members are not known").isEqualTo(1);
    desk.forgetAllBut(Set.of("c"));
    assertThat(desk.ledger().topOf("a")).isZero();
  }

  /** Whoever acknowledges a number below the highest relies on it that nobody grants it any more. */
  @Test
  void anAskThatANodesLaterOneHasOvertakenTakesANewNumber() {
    planTree();
    told(askOn("key", "a", 1));
    told(askOn("key", "b", 1));
    told(askOn("key", "c", 1));
    ToEntity.Ask later = new ToEntity.Ask(
        "c",
        2,
        0,
        Plan.TENANT_PATH,
        List.of(Amounts.ofTokens(1)),
        0,
        Amounts.ofTokens(1),
        List.of());
    assertThat(told(later).get(0)).isInstanceOf(ToNode.Granted.class);
    ToEntity.Report given = new ToEntity.Report("a", 1, "key", 9, List.of(), true);
    assertThat(told(given))
        .contains(new ToNode.Stale(1))
        .noneMatch(ToNode.Granted.class::isInstance);
    assertThat(desk.ledger().leases()).doesNotContainKey(new LeaseId("c", 1));
  }

  private long charged() {
    return desk.ledger().charged(BALANCE, now, 10);
  }

  @Test
  void aWriteOffFreesWhatALostNodeHadNotPutAside() {
    told(ask("lost", 1, 40));
    Line held = new Line(0, Amounts.ofTokens(5), Amounts.ofTokens(10));
    told(new ToEntity.Report("lost", 1, Plan.TENANT_PATH, 2, List.of(held), false));
    assertThat(desk.writeOff(Set.of("here"))).as("its lease goes on").isZero();
    now = T + 60_000;
    desk.look(now);
    assertThat(desk.writeOff(Set.of("here", "lost"))).as("it may still report").isZero();
    assertThat(charged()).isEqualTo(40);
    assertThat(desk.writeOff(Set.of("here"))).isEqualTo(1);
    assertThat(charged()).as("what was put aside counts as used").isEqualTo(15);
    assertThat(desk.writeOff(Set.of("here"))).as("once").isZero();
  }

  @Test
  void aNodeThatReportsAfterItsWriteOffIsBelieved() {
    told(ask("lost", 1, 40));
    now = T + 60_000;
    desk.look(now);
    desk.writeOff(Set.of("here"));
    assertThat(charged()).isZero();
    told(closed("lost", 1, 33));
    assertThat(charged()).isEqualTo(33);
  }

  @Test
  void whatWasWrittenOffStaysSpentWhenItsNodeIsForgotten() {
    told(ask("lost", 1, 40));
    Line used = new Line(0, Amounts.ofTokens(7), Amounts.NONE);
    told(new ToEntity.Report("lost", 1, Plan.TENANT_PATH, 2, List.of(used), false));
    now = T + 60_000;
    desk.look(now);
    desk.writeOff(Set.of("here"));
    now = T + 2 * 86_400_000L;
    desk.take(ask("here", 1, 1), now);
    desk.forgetAllBut(Set.of("here"));
    assertThat(desk.ledger().topOf("lost")).isZero();
    assertThat(desk.ledger().leases().keySet()).noneMatch(id -> id.uid().equals("lost"));
    told(closed("here", 1, 0));
    assertThat(charged()).isEqualTo(7);
  }
}
