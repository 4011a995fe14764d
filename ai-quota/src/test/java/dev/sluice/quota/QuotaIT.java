package dev.sluice.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorSystem;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.EntityRef;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.sluice.state.DatabaseUrl;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The quota against a real journal: what is durable, what is answered, and what a crash leaves. */
class QuotaIT {
  private static final Duration DEADLINE = QuotaNode.DEADLINE;
  private static final String EVENTS = "SELECT count(*) FROM event_journal WHERE NOT deleted";

  private static final Map<String, String> LONG_LIFE =
      Map.of("sluice.quota.lease-life", "5 minutes");

  @TempDir
  static Path folder;

  private static TestDatabase postgres;

  private String name;
  private DatabaseUrl database;

  @BeforeAll
  static void start() throws IOException {
    postgres = TestDatabase.start(folder.resolve("data"));
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
  }

  @BeforeEach
  void createDatabase(TestInfo test) throws SQLException {
    name = test.getTestMethod().orElseThrow().getName().toLowerCase(java.util.Locale.ROOT);
    name = name.substring(0, Math.min(name.length(), 60));
    database = postgres.create(name);
  }

  private static Plan balanceOf(long limit) {
    return Plan.ofTenant(List.of(Bucket.of("balance", Unit.TOKENS, limit, Window.BALANCE)));
  }

  private QuotaNode node(String host, Plan plan) {
    return new QuotaNode(host, database, plan, Map.of());
  }

  /** Waits until everything is settled and reported. */
  private static void quiet(QuotaNode node, long settled) {
    await()
        .atMost(DEADLINE)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(node.balance())
            .extracting(Balance::settled, Balance::held, Balance::leased)
            .containsExactly(settled, 0L, 0L));
  }

  /** Waits until a hold has this end: on a busy machine the quota may be out of reach at first. */
  private static void holds(QuotaNode node, long tokens, Class<? extends Admission> end) {
    await().atMost(DEADLINE).until(() -> end.isInstance(node.hold(tokens)));
  }

  @Test
  void aCrashedSystemIsReplacedByOneWithTheSameLedger() {
    try (QuotaNode node = node("127.0.3.11", balanceOf(1_000))) {
      Admission running = node.hold(100);
      node.spend(40);
      await().atMost(DEADLINE).until(() -> node.balance().settled() == 40);
      assertThat(running).isInstanceOf(Admission.Admitted.class);

      node.crashSystem();

      await()
          .atMost(DEADLINE)
          .untilAsserted(() -> assertThat(node.balance())
              .extracting(Balance::settled, Balance::held, Balance::leased)
              .as("once the lease has ended only the running request is charged")
              .containsExactly(40L, 100L, 0L));
      node.settle(running, 70);
      quiet(node, 110);
      assertThat(node.hold(891)).isInstanceOf(Admission.Refused.class);
      assertThat(node.hold(890)).isInstanceOf(Admission.Admitted.class);
    }
  }

  @Test
  void whatAKilledNodeHadNotReportedStaysCharged() {
    QuotaNode killed = node("127.0.3.11", balanceOf(1_000));
    killed.spend(40);
    await().atMost(DEADLINE).until(() -> killed.balance().settled() == 40);
    killed.hold(100);
    Balance before = killed.balance();
    killed.kill();

    try (QuotaNode next = node("127.0.3.12", balanceOf(1_000))) {
      assertThat(next.balance().settled()).isEqualTo(40);
      assertThat(next.balance().free()).isEqualTo(before.free());
      assertThat(next.hold(before.free() + 1)).isInstanceOf(Admission.Refused.class);
      assertThat(next.hold(before.free())).isInstanceOf(Admission.Admitted.class);
    }
  }

  /** Taken one by one out of the entity's stash, each a call deeper, they ended the whole actor system. */
  @Test
  void thousandsOfMessagesThatGatherDuringAnAppendAreDecidedTogether() throws SQLException {
    try (QuotaNode node = node("127.0.3.12", balanceOf(1_000));
        Connection blocker = postgres.connect(name)) {
      node.spend(100);
      ActorSystem<?> system = node.system();
      blocker.setAutoCommit(false);
      blocker.createStatement().execute("LOCK TABLE event_journal IN EXCLUSIVE MODE");
      EntityRef<TenantQuota.Command> entity =
          ClusterSharding.get(system).entityRefFor(TenantQuota.TYPE, QuotaNode.TENANT);
      for (int no = 1; no <= 20_000; no++) {
        entity.tell(new TenantQuota.FromNode(new ToEntity.Close("other", no), system.ignoreRef()));
      }
      blocker.rollback();
      await()
          .atMost(DEADLINE)
          .untilAsserted(() -> assertThat(node.hold(800)).isInstanceOf(Admission.Admitted.class));
      assertThat(node.system()).isSameAs(system);
    }
  }

  @Test
  void ofTwoWritersOneSucceedsAndTheOtherAnswersNothing() throws SQLException {
    long limit = 600;
    try (QuotaNode one = node("127.0.3.11", balanceOf(limit));
        QuotaNode two = node("127.0.3.12", balanceOf(limit))) {
      postgres.keepEvents(name);
      List<CompletableFuture<Long>> spent = new ArrayList<>();
      for (int round = 0; round < 30; round++) {
        for (QuotaNode node : List.of(one, two)) {
          spent.add(CompletableFuture.supplyAsync(() -> {
            Admission admission = node.spend(15);
            return admission instanceof Admission.Admitted ? 15L : 0L;
          }));
        }
      }
      long used = spent.stream().mapToLong(CompletableFuture::join).sum();
      assertThat(used).isBetween(1L, limit);
      one.leave();
      two.leave();
      assertThat(postgres.count(name, "SELECT count(DISTINCT writer) FROM event_journal"))
          .as("incarnations that wrote")
          .isGreaterThan(2);
      assertThat(postgres.count(name, EVENTS))
          .isEqualTo(postgres.count(name, "SELECT max(seq_nr) FROM event_journal"));
    }
    try (QuotaNode judge = node("127.0.3.13", balanceOf(limit))) {
      assertThat(judge.balance().settled())
          .isEqualTo(spentByFold(judge, postgres.events(name)))
          .isLessThanOrEqualTo(limit);
      assertThat(judge.balance().leased()).isZero();
    }
  }

  private long spentByFold(QuotaNode node, List<TestDatabase.Stored> events) {
    QuotaLedger ledger = Journal.fold(node.system(), events);
    Bucket bucket = ledger.plan().buckets().values().iterator().next();
    return ledger.charges(bucket, ledger.lastAt(), 0).settled();
  }

  @Test
  void aWriterThatSleptBehindASnapshotWritesNothingMore() throws SQLException {
    Map<String, String> settings = Map.of(
        "sluice.quota.snapshot-every", "10",
        "sluice.quota.report-interval", "1 minute",
        "sluice.quota.lease-life", "5 minutes");
    try (QuotaNode sleeper = new QuotaNode("127.0.3.11", database, balanceOf(1_000), settings);
        QuotaNode other = new QuotaNode("127.0.3.12", database, balanceOf(1_000), settings)) {
      assertThat(sleeper.hold(10)).isInstanceOf(Admission.Admitted.class);
      for (int i = 0; i < 60; i++) {
        other.declare(balanceOf(2_000 + i));
        other.balances();
      }
      other.declare(balanceOf(1_000));
      long free = other.balance().free();
      assertThat(other.spend(free)).isInstanceOf(Admission.Admitted.class);
      await()
          .atMost(DEADLINE)
          .until(() ->
              postgres.count(name, "SELECT min(seq_nr) FROM event_journal WHERE NOT deleted") > 10);

      assertThat(sleeper.hold(200)).isNotInstanceOf(Admission.Admitted.class);
      await()
          .atMost(DEADLINE)
          .untilAsserted(() -> assertThat(sleeper.hold(200)).isInstanceOf(Admission.Refused.class));
    }
  }

  @Test
  void aRefusalJournalsNothing() throws SQLException {
    try (QuotaNode node = node("127.0.3.11", balanceOf(100))) {
      node.spend(100);
      quiet(node, 100);
      long before = postgres.count(name, EVENTS);
      for (int i = 0; i < 20; i++) {
        assertThat(node.hold(1)).isInstanceOf(Admission.Refused.class);
        assertThat(node.hold(101))
            .isInstanceOfSatisfying(
                Admission.Refused.class,
                refused -> assertThat(refused.tryInMillis()).isEqualTo(ToNode.NEVER));
      }
      assertThat(node.balance().settled()).isEqualTo(100);
      assertThat(postgres.count(name, EVENTS)).isEqualTo(before);
    }
  }

  @Test
  void aSnapshotAndWhatCameAfterItAreTheSameAsAllEvents() throws SQLException {
    Map<String, String> settings = Map.of("sluice.quota.snapshot-every", "10");
    try (QuotaNode node = new QuotaNode("127.0.3.11", database, balanceOf(1_000), settings)) {
      postgres.keepEvents(name);
      node.spend(10);
      quiet(node, 10);
      for (long limit = 1_001; lastEvent() < 15; limit++) {
        node.declare(balanceOf(limit));
        node.balance();
      }
      await().atMost(DEADLINE).until(() -> !postgres.snapshots(name).isEmpty());
      Balance before = node.balance();
      List<TestDatabase.Stored> events = postgres.events(name);
      TestDatabase.Stored snapshot = postgres.snapshots(name).get(0);
      assertThat(events).hasSizeBetween(15, 19);
      assertThat(Journal.read(node.system(), snapshot, QuotaLedger.class))
          .isEqualTo(Journal.fold(
              node.system(),
              events.stream().filter(event -> event.seqNr() <= snapshot.seqNr()).toList()));
      node.crashSystem();
      assertThat(node.balance()).isEqualTo(before);
      assertThat(node.balance().settled()).isEqualTo(spentByFold(node, postgres.events(name)));
    }
  }

  private long lastEvent() throws SQLException {
    return postgres.count(name, "SELECT max(seq_nr) FROM event_journal");
  }

  @Test
  void aNodeThatLeavesInPeaceGivesItsLeasesBack() {
    try (QuotaNode node = node("127.0.3.11", balanceOf(1_000))) {
      Admission running = node.hold(50);
      node.spend(10);
      CompletableFuture<Void> left = CompletableFuture.runAsync(node::leave);
      await().atMost(DEADLINE).until(() -> node.balance().leased() == 0);
      assertThat(node.balance().held()).isEqualTo(50);
      assertThat(left).isNotDone();
      assertThat(node.hold(1)).isInstanceOf(Admission.Unreachable.class);
      node.settle(running, 20);
      left.orTimeout(DEADLINE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS)
          .join();
      assertThat(node.balance())
          .extracting(Balance::settled, Balance::held, Balance::leased, Balance::free)
          .containsExactly(30L, 0L, 0L, 970L);
    }
  }

  @Test
  void aRaisedLimitIsLentAndALoweredOneHoldsAtOnce() {
    try (QuotaNode node = node("127.0.3.11", balanceOf(100))) {
      assertThat(node.hold(150)).isInstanceOf(Admission.Refused.class);
      node.declare(balanceOf(1_000));
      await()
          .atMost(DEADLINE)
          .untilAsserted(() -> assertThat(node.spend(150)).isInstanceOf(Admission.Admitted.class));
      quiet(node, 150);

      node.declare(balanceOf(120));
      Balance lowered = node.balance();
      assertThat(lowered.limit()).isEqualTo(120);
      assertThat(lowered.free()).isEqualTo(-30);
      assertThat(node.hold(1)).isInstanceOf(Admission.Refused.class);

      node.declare(balanceOf(151));
      node.balance();
      await()
          .atMost(DEADLINE)
          .untilAsserted(() -> assertThat(node.hold(1)).isInstanceOf(Admission.Admitted.class));
      assertThat(node.hold(1)).isInstanceOf(Admission.Refused.class);
    }
  }

  @Test
  void aNewBucketCountsWhatIsLentAlreadyAndARemovedOneHoldsNobody() {
    Bucket balance = Bucket.of("balance", Unit.TOKENS, 1_000, Window.BALANCE);
    Bucket hour = Bucket.of("hour", Unit.TOKENS, 80, Window.sliding(3_600_000));
    try (QuotaNode node = node("127.0.3.11", Plan.ofTenant(List.of(balance)))) {
      assertThat(node.hold(70)).isInstanceOf(Admission.Admitted.class);

      node.declare(Plan.ofTenant(List.of(balance, hour)));
      await()
          .atMost(DEADLINE)
          .untilAsserted(() -> assertThat(node.balances())
              .hasSize(2)
              .allSatisfy(each -> assertThat(each.held()).isEqualTo(70)));
      assertThat(node.hold(81))
          .isInstanceOfSatisfying(
              Admission.Refused.class,
              refused -> assertThat(refused.room().bucket()).isEqualTo("hour"));
      assertThat(node.hold(11)).isInstanceOf(Admission.Refused.class);

      node.declare(Plan.ofTenant(List.of(balance)));
      assertThat(node.balances()).extracting(Balance::name).containsExactly("balance");
      await()
          .atMost(DEADLINE)
          .untilAsserted(() -> assertThat(node.hold(81)).isInstanceOf(Admission.Admitted.class));
    }
  }

  @Test
  void aDayEndsByTheDatabasesClock() throws SQLException {
    postgres.execute(name, """
        CREATE SCHEMA shifted;
        CREATE TABLE shifted.clock(moved INTERVAL);
        INSERT INTO shifted.clock
          VALUES (TIMESTAMPTZ '2031-05-01 23:30:00Z' - pg_catalog.clock_timestamp());
        CREATE FUNCTION shifted.clock_timestamp() RETURNS timestamptz LANGUAGE sql
          AS 'SELECT pg_catalog.clock_timestamp() + moved FROM shifted.clock';
        """);
    postgres.execute(
        name, "ALTER DATABASE " + name + " SET search_path = public, shifted, pg_catalog");
    Plan day = Plan.ofTenant(
        List.of(Bucket.of("day", Unit.TOKENS, 100, Window.day(java.time.ZoneOffset.UTC))));
    try (QuotaNode node = node("127.0.3.11", day)) {
      assertThat(node.spend(100)).isInstanceOf(Admission.Admitted.class);
      quiet(node, 100);
      long halfAnHour = Duration.ofMinutes(30).toMillis();
      assertThat(node.hold(1))
          .isInstanceOfSatisfying(
              Admission.Refused.class,
              refused -> assertThat(refused.tryInMillis())
                  .isBetween(halfAnHour - DEADLINE.toMillis(), halfAnHour));

      postgres.execute(name, "UPDATE shifted.clock SET moved = moved + INTERVAL '31 minutes'");
      await()
          .atMost(DEADLINE)
          .untilAsserted(() -> assertThat(node.spend(100)).isInstanceOf(Admission.Admitted.class));
      quiet(node, 100);

      postgres.execute(name, "UPDATE shifted.clock SET moved = moved - INTERVAL '31 minutes'");
      assertThat(Stream.generate(() -> node.hold(1)).limit(50))
          .as("a clock that goes back opens no window again")
          .allMatch(Admission.Refused.class::isInstance);
      node.crashSystem();
      assertThat(node.hold(1)).isInstanceOf(Admission.Refused.class);
    }
  }

  @Test
  void aSlidingWindowGivesBackWhatHasAged() {
    Plan seconds = Plan.ofTenant(List.of(Bucket.of("s", Unit.TOKENS, 100, Window.sliding(2_000))));
    try (QuotaNode node = node("127.0.3.11", seconds)) {
      assertThat(node.spend(100)).isInstanceOf(Admission.Admitted.class);
      assertThat(node.hold(100)).isInstanceOf(Admission.Refused.class);
      await()
          .atMost(DEADLINE)
          .untilAsserted(() -> assertThat(node.hold(100)).isInstanceOf(Admission.Admitted.class));
    }
  }

  /** What our own code tells from now on. */
  private static List<ILoggingEvent> listen() {
    List<ILoggingEvent> told = new CopyOnWriteArrayList<>();
    AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
      @Override
      protected void append(ILoggingEvent event) {
        told.add(event);
      }
    };
    appender.start();
    ((Logger) LoggerFactory.getLogger("dev.sluice.quota")).addAppender(appender);
    return told;
  }

  @Test
  void anEntityThatNobodyAsksStopsAndComesBackAsItWas() {
    Map<String, String> settings = Map.of(
        "sluice.cluster.system.akka.cluster.sharding.passivation.default-idle-strategy.idle-entity.timeout",
        "1 s");
    try (QuotaNode node = new QuotaNode("127.0.3.11", database, balanceOf(1_000), settings)) {
      await().atMost(DEADLINE).until(() -> node.spend(100) instanceof Admission.Admitted);
      quiet(node, 100);
      await()
          .atMost(DEADLINE)
          .ignoreExceptions()
          .untilAsserted(() -> assertThat(node.entities()).isEmpty());
      quiet(node, 100);
      holds(node, 901, Admission.Refused.class);
      holds(node, 900, Admission.Admitted.class);
    }
  }

  /** Only the log said so, once a minute. */
  @Test
  void leasesThatAnOlderBackupDoesNotKnowAreCounted() throws SQLException {
    try (QuotaNode node = new QuotaNode("127.0.3.11", database, balanceOf(1_000), LONG_LIFE)) {
      holds(node, 100, Admission.Admitted.class);
      assertThat(node.journal().lostLeases()).isZero();
      try (Connection restore = postgres.connect(name)) {
        restore.createStatement().execute("TRUNCATE event_journal, snapshot");
      }
      node.crashSystem();
      await()
          .atMost(DEADLINE)
          .untilAsserted(() -> assertThat(node.journal().lostLeases()).isPositive());
    }
  }

  @Test
  void withoutAJournalLeasesServeAndTheRestIsAnsweredUnreachableUntilItIsBack(@TempDir Path own)
      throws Exception {
    TestDatabase stopping = TestDatabase.start(own.resolve("data"));
    try (stopping;
        QuotaNode node =
            new QuotaNode("127.0.3.11", stopping.create("stopping"), balanceOf(1_000), LONG_LIFE)) {
      node.spend(100);
      await().atMost(DEADLINE).until(() -> node.balance().leased() >= 20);
      List<ILoggingEvent> told = listen();
      stopping.stop();
      assertThat(node.hold(20)).as("from the lease").isInstanceOf(Admission.Admitted.class);
      List<CompletableFuture<Admission>> asked =
          Stream.generate(() -> node.ask(500)).limit(5).toList();
      assertThat(asked.stream().map(CompletableFuture::join))
          .allMatch(Admission.Unreachable.class::isInstance);
      assertThat(CompletableFuture.supplyAsync(node::balances))
          .failsWithin(DEADLINE)
          .withThrowableOfType(java.util.concurrent.ExecutionException.class)
          .withMessageContaining("Timeout");
      assertThat(told.stream().filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN)))
          .as("an outage is told once, not once a try and tenant")
          .hasSize(1)
          .allMatch(event -> event.getThrowableProxy() == null);
      stopping.startAgain();
      await()
          .atMost(DEADLINE)
          .untilAsserted(() -> assertThat(node.hold(500)).isInstanceOf(Admission.Admitted.class));
      await()
          .atMost(DEADLINE)
          .untilAsserted(() -> assertThat(node.balance().held()).isEqualTo(520));
    }
  }
}
