package dev.sluice.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.state.Database;
import dev.sluice.state.DatabaseSettings;
import dev.sluice.state.DatabaseUrl;
import dev.sluice.state.Schema;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ledger with a database that comes and goes. */
class UsageLedgerIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
  private static final UsageSettings SETTINGS = new UsageSettings(
      Duration.ofMillis(100), 1_000, Duration.ofDays(400), Duration.ofSeconds(20));

  @TempDir
  private Path folder;

  private EmbeddedPostgres server(int port) throws IOException {
    EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
        .setDataDirectory(folder.resolve("data"))
        .setCleanDataDirectory(false);
    return (port == 0 ? builder : builder.setPort(port)).start();
  }

  private static Spent spent(String model) {
    return new Spent("shop", "", "one", model, "p/m", Spent.Source.PARTIAL, 1, 2, 3, 4, 5, 6);
  }

  private static List<UsageReport.Line> lines(Database database, UsageReport.Group... groups)
      throws Exception {
    return new UsageReport(database)
        .lines(
            NOW.minus(Duration.ofDays(1)),
            NOW.plus(Duration.ofDays(1)),
            List.of(),
            List.of(groups),
            100,
            0)
        .toCompletableFuture()
        .get();
  }

  @Test
  void anOutageOfTheDatabaseLosesNothingAndCountsNothingTwice() throws Exception {
    EmbeddedPostgres postgres = server(0);
    int port = postgres.getPort();
    DatabaseUrl url =
        DatabaseUrl.parse("postgresql://postgres:postgres@localhost:" + port + "/postgres");
    Schema.migrate(url).toCompletableFuture().get();
    try (Database database = Database.of(
            url, new DatabaseSettings(2, Duration.ofMinutes(1), Duration.ofSeconds(5)));
        UsageLedger ledger = UsageLedger.start(database, "node-1", SETTINGS, NOW::toEpochMilli)) {
      ledger.add(spent("before"));
      await().atMost(PATIENCE).until(() -> lines(database).size() == 1);
      postgres.close();
      for (int i = 0; i < 5; i++) {
        ledger.add(spent("meanwhile"));
      }
      postgres = server(port);
      ledger.add(spent("after"));
      await()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(() -> lines(database).get(0).counts().get("requests") == 7);
      ledger.flush().toCompletableFuture().get();
      assertThat(lines(database, UsageReport.Group.DAY, UsageReport.Group.SOURCE))
          .singleElement()
          .satisfies(line -> {
            assertThat(line.groups())
                .containsEntry("time", "2026-03-04T00:00:00Z")
                .containsEntry("source", "partial");
            assertThat(line.counts())
                .containsEntry("requests", 7L)
                .containsEntry("inputTokens", 7L)
                .containsEntry("cacheReadTokens", 14L)
                .containsEntry("cacheWriteTokens", 21L)
                .containsEntry("outputTokens", 28L)
                .containsEntry("reasoningTokens", 35L)
                .containsEntry("costNanos", 42L);
          });
      assertThat(lines(database, UsageReport.Group.MODEL)).hasSize(3);
    } finally {
      postgres.close();
    }
  }

  /** As after a commit whose answer was lost. */
  @Test
  void aBatchThatIsSentAgainIsNotAddedAgain() throws Exception {
    try (EmbeddedPostgres postgres = server(0)) {
      DatabaseUrl url = DatabaseUrl.parse(
          "postgresql://postgres:postgres@localhost:" + postgres.getPort() + "/postgres");
      Schema.migrate(url).toCompletableFuture().get();
      try (Database database =
          Database.of(url, new DatabaseSettings(2, Duration.ofMinutes(1), Duration.ofSeconds(5)))) {
        for (int i = 0; i < 2; i++) {
          UsageSettings slow = new UsageSettings(
              Duration.ofMinutes(10), 1_000, Duration.ofDays(400), Duration.ofSeconds(20));
          try (UsageLedger again =
              UsageLedger.start(database, "same-node", slow, NOW::toEpochMilli)) {
            again.add(spent("m"));
            again.flush().toCompletableFuture().get();
          }
        }
        assertThat(lines(database).get(0).counts()).containsEntry("requests", 1L);
      }
    }
  }

  @Test
  void whatIsOlderThanItIsKeptGoesAndWhatIsYoungerStays() throws Exception {
    try (EmbeddedPostgres postgres = server(0)) {
      DatabaseUrl url = DatabaseUrl.parse(
          "postgresql://postgres:postgres@localhost:" + postgres.getPort() + "/postgres");
      Schema.migrate(url).toCompletableFuture().get();
      try (Database database =
          Database.of(url, new DatabaseSettings(2, Duration.ofMinutes(1), Duration.ofSeconds(5)))) {
        for (int age : List.of(399, 401)) {
          Instant then = NOW.minus(Duration.ofDays(age));
          try (UsageLedger past =
              UsageLedger.start(database, "node-" + age, SETTINGS, then::toEpochMilli)) {
            past.add(spent("used-" + age));
            await()
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> models(database).contains("used-" + age));
          }
        }
        try (UsageLedger now =
            UsageLedger.start(database, "node-now", SETTINGS, NOW::toEpochMilli)) {
          await()
              .atMost(PATIENCE)
              .ignoreExceptions()
              .untilAsserted(() -> assertThat(models(database)).containsExactly("used-399"));
          assertThat(now.lost()).isZero();
        }
      }
    }
  }

  private static List<String> models(Database database) throws Exception {
    return new UsageReport(database)
            .lines(
                NOW.minus(Duration.ofDays(500)),
                NOW,
                List.of(),
                List.of(UsageReport.Group.MODEL),
                100,
                0)
            .toCompletableFuture()
            .get()
            .stream()
            .map(line -> line.groups().get("model"))
            .toList();
  }
}
