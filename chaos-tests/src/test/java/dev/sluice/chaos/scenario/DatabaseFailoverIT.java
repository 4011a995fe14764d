package dev.sluice.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.chaos.check.Account;
import dev.sluice.chaos.fault.JournalDatabase;
import dev.sluice.chaos.fault.Manifests;
import dev.sluice.chaos.fault.OwnNodes;
import dev.sluice.chaos.fault.ServerKeys;
import dev.sluice.chaos.history.History;
import dev.sluice.chaos.traffic.Chat;
import dev.sluice.chaos.traffic.PersistentChats;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The database is killed for good while tenants spend, and its standby takes over: nothing is lost, and nobody restarts
 * anything. Both are spoken to over TLS.
 */
class DatabaseFailoverIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final int CLIENTS = 16;
  private static final int WORDS = 10;
  private static final int COST = 2 * WORDS;
  private static final int BEFORE = 200;

  /** So small that leases are, too: nodes must ask for more all the while. */
  private static final long BALANCE = 600 * COST;

  private static final String UNENCRYPTED =
      "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE NOT ssl AND application_name = 'r2dbc-postgresql'";

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  void tenantsGoOnSpendingAndEveryTokenIsKnownWhenTheStandbyTakesOver() throws Exception {
    Manifests manifests = Manifests.withModels(folder.resolve("manifests"))
        .withTenant("prepaid", "sk-prepaid", BALANCE, "none");
    History history = new History();
    ServerKeys keys = ServerKeys.create(folder.resolve("keys"), "127.0.0.1");
    ExecutorService spending = Executors.newSingleThreadExecutor();
    try (JournalDatabase database =
            JournalDatabase.startWithStandby(folder.resolve("postgresql"), keys);
        OwnNodes nodes = new OwnNodes(
            Files.createDirectories(folder.resolve("logs")),
            "127.0.7.201",
            2,
            Map.of(
                "sluice.node.manifests", manifests.folder().toString(),
                "sluice.node.database", database.url()),
            List.of())) {
      nodes.start(1);
      nodes.start(2);
      nodes.awaitReady(1);
      nodes.awaitReady(2);
      Chat chat = new Chat("sk-prepaid", "echo-10x20ms", WORDS, WORDS);
      PersistentChats chats = new PersistentChats(chat, nodes.urls(), history, 600, 90);
      Future<?> spent = spending.submit(() -> {
        chats.run(CLIENTS);
        return null;
      });
      await().atMost(DEADLINE).until(() -> history.count(200) >= BEFORE);
      database.kill();
      database.promote();
      spent.get();

      assertThat(database.number(UNENCRYPTED)).as("connections without TLS").isZero();
      assertThat(history.count(200)).as("all of the balance is spent").isEqualTo(600);
      assertThat(history.tokens()).isEqualTo(BALANCE);
      assertThat(chat.send(nodes.url(1)).status()).isEqualTo(429);
      await("leases given back")
          .atMost(DEADLINE)
          .ignoreExceptions()
          .untilAsserted(() -> assertThat(
                  Account.all(nodes.admin(2, "tenants/prepaid/balances")).values())
              .containsExactly(new Account(BALANCE, BALANCE, 0, 0, 0, 0)));
    } finally {
      spending.shutdownNow();
    }
  }
}
