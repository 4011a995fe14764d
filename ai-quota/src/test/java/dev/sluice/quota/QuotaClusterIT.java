package dev.sluice.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.state.DatabaseUrl;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One tenant's quota on two nodes of one cluster: the protocol over real connections. */
class QuotaClusterIT {
  private static final Duration DEADLINE = QuotaNode.DEADLINE;
  private static final Plan THOUSAND =
      Plan.ofTenant(List.of(Bucket.of("balance", Unit.TOKENS, 1_000, Window.BALANCE)));

  @TempDir
  static Path folder;

  private static TestDatabase postgres;

  @BeforeAll
  static void start() throws IOException {
    postgres = TestDatabase.start(folder.resolve("data"));
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
  }

  private static QuotaNode node(String host, DatabaseUrl database, String life) {
    return new QuotaNode(
        host,
        database,
        THOUSAND,
        Map.of(
            "sluice.cluster.seeds",
            "127.0.3.21:25520, 127.0.3.22:25520, 127.0.3.23:25520",
            "sluice.quota.lease-life",
            life));
  }

  @Test
  void whatLiesIdleOnAnotherNodeIsCalledBackBeforeARequestIsRefused() throws SQLException {
    DatabaseUrl database = postgres.create("recall");
    try (QuotaNode first = node("127.0.3.21", database, "5 minutes");
        QuotaNode second = node("127.0.3.22", database, "5 minutes")) {
      first.spend(100);
      assertThat(first.balance().leased()).as("idle on the first node").isPositive();
      assertThat(second.balance()).as("one entity answers both").isEqualTo(first.balance());
      Admission all = second.hold(900);
      assertThat(all).isInstanceOf(Admission.Admitted.class);
      assertThat(first.hold(1)).isInstanceOf(Admission.Refused.class);
      second.settle(all, 300);
      await()
          .atMost(DEADLINE)
          .untilAsserted(() -> assertThat(first.hold(600)).isInstanceOf(Admission.Admitted.class));
    }
  }

  @Test
  void twoNodesTogetherSpendALimitToTheLastTokenAndNotOneMore() throws SQLException {
    DatabaseUrl database = postgres.create("together");
    try (QuotaNode first = node("127.0.3.21", database, "4 s");
        QuotaNode second = node("127.0.3.22", database, "4 s")) {
      List<CompletableFuture<Long>> spent = new ArrayList<>();
      for (int request = 0; request < 200; request++) {
        QuotaNode node = request % 2 == 0 ? first : second;
        spent.add(CompletableFuture.supplyAsync(
            () -> node.spend(7) instanceof Admission.Admitted ? 7L : 0L));
      }
      long used = spent.stream().mapToLong(CompletableFuture::join).sum();
      assertThat(used).isLessThanOrEqualTo(1_000);
      await()
          .atMost(DEADLINE)
          .untilAsserted(() -> assertThat(first.balance())
              .extracting(Balance::settled, Balance::held, Balance::leased)
              .containsExactly(used, 0L, 0L));
      long left = 1_000 - used;
      assertThat(second.spend(left + 1)).isInstanceOf(Admission.Refused.class);
      await()
          .atMost(DEADLINE)
          .untilAsserted(
              () -> assertThat(second.spend(left)).isInstanceOf(Admission.Admitted.class));
    }
  }

  @Test
  void whenTheFirstOfThreeNodesIsKilledTheOthersGoOnWithTheSameLedger() throws SQLException {
    DatabaseUrl database = postgres.create("killed");
    QuotaNode first = node("127.0.3.21", database, "4 s");
    try (QuotaNode second = node("127.0.3.22", database, "4 s");
        QuotaNode third = node("127.0.3.23", database, "4 s")) {
      first.hold(100);
      second.spend(50);
      await().atMost(DEADLINE).until(() -> second.balance().settled() == 50);
      long freeAtMost = 1_000 - 150;
      first.kill();
      await()
          .ignoreExceptions()
          .atMost(DEADLINE)
          .untilAsserted(() -> assertThat(second.balance())
              .satisfies(balance -> assertThat(balance.settled()).isEqualTo(50))
              .satisfies(balance -> assertThat(balance.free()).isLessThanOrEqualTo(freeAtMost)));
      assertThat(second.hold(freeAtMost + 1)).isInstanceOf(Admission.Refused.class);
      for (QuotaNode survivor : List.of(second, third)) {
        await()
            .atMost(DEADLINE)
            .untilAsserted(
                () -> assertThat(survivor.hold(200)).isInstanceOf(Admission.Admitted.class));
      }
    }
  }
}
