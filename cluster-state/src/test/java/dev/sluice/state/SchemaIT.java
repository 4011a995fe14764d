package dev.sluice.state;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SchemaIT {
  private static final String VERSIONS =
      "SELECT string_agg(version::text, ',' ORDER BY version) FROM sluice_schema";
  private static final String ALL_VERSIONS =
      Stream.iterate(1, version -> version + 1).limit(Schema.VERSION).toList().toString();

  private static TestDatabase postgres;

  @BeforeAll
  static void start() throws IOException {
    postgres = TestDatabase.start();
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
  }

  private static CompletableFuture<Void> migrate(DatabaseUrl url) {
    return Schema.migrate(url).toCompletableFuture().orTimeout(30, SECONDS);
  }

  private static void assertWhole(String database) throws SQLException {
    assertThat("[" + postgres.read(database, VERSIONS).replace(",", ", ") + "]")
        .isEqualTo(ALL_VERSIONS);
    for (String table : new String[] {"event_journal", "snapshot", "durable_state"}) {
      assertThat(postgres.read(database, "SELECT count(*) FROM " + table)).isEqualTo("0");
    }
  }

  @Test
  void anEmptyDatabaseGetsAllTables() throws SQLException {
    migrate(postgres.create("empty")).join();
    assertWhole("empty");
  }

  @Test
  void whatIsUpToDateIsLeftAlone() throws SQLException {
    DatabaseUrl url = postgres.create("again");
    migrate(url).join();
    String applied = postgres.read("again", "SELECT array_agg(applied)::text FROM sluice_schema");
    migrate(url).join();
    assertWhole("again");
    assertThat(postgres.read("again", "SELECT array_agg(applied)::text FROM sluice_schema"))
        .isEqualTo(applied);
  }

  @Test
  void nodesThatStartTogetherApplyEachVersionOnce() throws SQLException {
    DatabaseUrl url = postgres.create("together");
    CompletableFuture.allOf(
            Stream.generate(() -> migrate(url)).limit(8).toArray(CompletableFuture[]::new))
        .join();
    assertWhole("together");
  }

  @Test
  void aDatabaseOfANewerBuildIsRefusedAndNotTouched() throws SQLException {
    DatabaseUrl url = postgres.create("newer");
    postgres.execute(
        "newer",
        "CREATE TABLE sluice_schema(version INT PRIMARY KEY, applied TIMESTAMPTZ NOT NULL);"
            + "INSERT INTO sluice_schema VALUES (99, now())");
    assertThatThrownBy(() -> migrate(url).join())
        .cause()
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the database has schema version 99, this build works with " + Schema.VERSION
            + ": use a newer build");
    assertThat(postgres.read("newer", VERSIONS)).isEqualTo("99");
  }

  @Test
  void aMigrationThatFailsLeavesNothingBehindAndCanBeRepeated() throws SQLException {
    DatabaseUrl url = postgres.create("broken");
    postgres.execute("broken", "CREATE VIEW event_journal AS SELECT 1 AS slice");
    assertThatThrownBy(() -> migrate(url).join()).hasMessageContaining("event_journal");
    assertThat(postgres.read("broken", "SELECT to_regclass('sluice_schema')")).isNull();
    postgres.execute("broken", "DROP VIEW event_journal");
    migrate(url).join();
    assertWhole("broken");
  }

  @Test
  void aWriterOfThePastFindsNoRoomWhereEventsWereDeleted() throws SQLException {
    migrate(postgres.create("past")).join();
    for (int event = 1; event <= 5; event++) {
      postgres.execute("past", event(event, false));
    }
    postgres.execute("past", "DELETE FROM event_journal WHERE seq_nr <= 4");
    assertThatThrownBy(() -> postgres.execute("past", event(3, false)))
        .hasMessageContaining("another writer of TenantQuota|demo is past event 3");
    postgres.execute("past", event(4, true));
    postgres.execute("past", event(6, false));
    postgres.execute("past", event(1, false).replace("demo", "other"));
    assertThat(postgres.read("past", "SELECT count(*) FROM event_journal")).isEqualTo("4");
  }

  private static String event(int seqNr, boolean deleted) {
    return "INSERT INTO event_journal(slice, entity_type, persistence_id, seq_nr, db_timestamp,"
        + " event_ser_id, event_ser_manifest, event_payload, deleted, writer) VALUES"
        + " (1, 'TenantQuota', 'TenantQuota|demo', " + seqNr + ", now(), 1, '', '', " + deleted
        + ", 'one')";
  }

  @Test
  void anOlderSnapshotReplacesNoNewerOne() throws SQLException {
    migrate(postgres.create("snapshots")).join();
    postgres.execute("snapshots", snapshot(20));
    assertThatThrownBy(() -> postgres.execute("snapshots", snapshot(10)))
        .hasMessageContaining("another writer of TenantQuota|demo has a snapshot of event 20");
    postgres.execute("snapshots", snapshot(30));
    assertThat(postgres.read("snapshots", "SELECT seq_nr FROM snapshot")).isEqualTo("30");
  }

  private static String snapshot(int seqNr) {
    return "INSERT INTO snapshot(slice, entity_type, persistence_id, seq_nr, write_timestamp,"
        + " ser_id, ser_manifest, snapshot) VALUES"
        + " (1, 'TenantQuota', 'TenantQuota|demo', " + seqNr + ", 0, 1, '', '')"
        + " ON CONFLICT (persistence_id) DO UPDATE SET seq_nr = excluded.seq_nr";
  }

  @Test
  void aDatabaseThatAcceptsAndSaysNothingFailsTheMigration() throws IOException {
    InetAddress address = InetAddress.getByAddress(new byte[] {127, 0, 3, 20});
    try (ServerSocket silent = new ServerSocket(0, 1, address)) {
      DatabaseUrl url =
          DatabaseUrl.parse("postgresql://u:p@127.0.3.20:" + silent.getLocalPort() + "/x");
      assertThat(Schema.migrate(url, Duration.ofMillis(100)))
          .failsWithin(Duration.ofSeconds(30))
          .withThrowableOfType(ExecutionException.class)
          .withCauseInstanceOf(TimeoutException.class);
    }
  }

  @Test
  void aDatabaseThatIsNotThereFailsTheMigration() throws IOException {
    int port;
    try (ServerSocket closedSoon = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closedSoon.getLocalPort();
    }
    DatabaseUrl nowhere = DatabaseUrl.parse("postgresql://u:hunter2@localhost:" + port + "/x");
    assertThatThrownBy(() -> migrate(nowhere).join())
        .hasMessageContaining("localhost")
        .hasMessageNotContaining("hunter2");
  }
}
