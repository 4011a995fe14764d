package dev.sluice.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.chaos.check.Account;
import dev.sluice.chaos.fault.Installation;
import dev.sluice.chaos.fault.Manifests;
import dev.sluice.chaos.history.History;
import dev.sluice.chaos.traffic.Chat;
import dev.sluice.chaos.traffic.PersistentChats;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** A tenant never gets past its limit on three nodes together, and gets all of it. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterQuotaIT {
  private static final int CLIENTS = 64;
  private static final int ROOM_FOR = 20;
  private static final int WORDS = 10;
  private static final int COST = 2 * WORDS;
  private static final int CAP = 15;

  /** Room for so many answers, and for what the last of them must put aside before it runs. */
  private static final long BALANCE = ROOM_FOR * COST + (CAP - WORDS);

  private static final long HOURLY = 4_000;

  @TempDir
  static Path folder;

  private static Installation sluice;

  @BeforeAll
  static void start() throws Exception {
    Manifests manifests = Manifests.withModels(folder.resolve("manifests"))
        .withTenant("prepaid", "sk-prepaid", BALANCE, "none")
        .withTenant("hourly", "sk-hourly", HOURLY, "hour");
    sluice = Installation.start(
        folder.resolve("data"),
        "127.0.7.1",
        "cluster",
        "3",
        "--manifests",
        manifests.folder().toString());
  }

  @AfterAll
  static void stop() {
    sluice.close();
  }

  @Test
  @Order(1)
  void manyStreamsAtOnceGetAllOfABalanceAndNotOneMore() throws Exception {
    History history = new History();
    Chat chat = new Chat("sk-prepaid", "echo-10x20ms", WORDS, CAP);
    new PersistentChats(chat, nodes(1, 2, 3), history, ROOM_FOR, 60).run(CLIENTS);

    history.keep("balance");
    assertThat(history.count(200)).isEqualTo(ROOM_FOR);
    assertThat(history.entries()).allMatch(one -> one.status() == 200 || one.status() == 429);
    assertThat(history.tokens()).isEqualTo(ROOM_FOR * COST);
    assertThat(chat.send(sluice.url(2)).status()).isEqualTo(429);
    await("leases given back").atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
      Account account = Account.of(sluice, 1, "prepaid");
      assertThat(account.settled()).isEqualTo(history.tokens());
      assertThat(account.free()).isEqualTo(BALANCE - history.tokens());
    });
  }

  @Test
  @Order(2)
  void aLimitHoldsWhileANodeIsKilled() throws Exception {
    History history = new History();
    Chat chat = new Chat("sk-hourly", "echo-10x50ms", WORDS, CAP);
    int most = (int) (HOURLY / COST);
    Thread killer = new Thread(() -> {
      await().until(() -> history.count(200) > 20);
      try {
        sluice.killNode(3);
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    });
    killer.start();
    new PersistentChats(chat, nodes(1, 2, 3), history, most, 20).run(CLIENTS);
    killer.join();

    history.keep("killed");
    assertThat(history.tokens()).isGreaterThan(HOURLY / 4).isLessThanOrEqualTo(HOURLY);
    await("another node answers for the tenant")
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .untilAsserted(() -> {
          Account account = Account.of(sluice, 1, "hourly");
          assertThat(account.charged()).isBetween(history.tokens(), HOURLY);
        });
  }

  private static List<String> nodes(int... numbers) {
    return java.util.Arrays.stream(numbers).mapToObj(sluice::url).toList();
  }
}
