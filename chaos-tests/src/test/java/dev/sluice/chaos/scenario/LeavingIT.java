package dev.sluice.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.chaos.check.Account;
import dev.sluice.chaos.fault.Installation;
import dev.sluice.chaos.fault.Manifests;
import dev.sluice.chaos.history.History;
import dev.sluice.chaos.traffic.Chat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that is asked to stop leaves in peace: others answer for its tenants at once, and it takes no token with it. */
class LeavingIT {
  /** So many that each node answers for some of them. */
  private static final int TENANTS = 16;

  private static final long BALANCE = 100_000;
  private static final int WORDS = 10;
  private static final int ROUNDS_AFTER = 10;

  @TempDir
  Path folder;

  @Test
  void noModelCallFailsOnTheOthersAndEverythingIsGivenBack() throws Exception {
    Manifests manifests = Manifests.withModels(folder.resolve("manifests"));
    for (int i = 0; i < TENANTS; i++) {
      manifests = manifests.withTenant("tenant-" + i, "sk-" + i, BALANCE, "none");
    }
    History history = new History();
    try (Installation sluice = Installation.start(
        folder.resolve("data"),
        "127.0.7.51",
        "cluster",
        "3",
        "--manifests",
        manifests.folder().toString())) {
      round(sluice, history, 3);
      CompletableFuture<Void> leaving = CompletableFuture.runAsync(() -> stopNode(sluice, 3));
      int after = 0;
      while (after < ROUNDS_AFTER) {
        round(sluice, history, 1);
        round(sluice, history, 2);
        after += leaving.isDone() ? 1 : 0;
      }
      leaving.join();

      history.keep("leaving");
      assertThat(history.entries()).allMatch(one -> one.status() == 200);
      long each = history.tokens() / TENANTS;
      for (int i = 0; i < TENANTS; i++) {
        String tenant = "tenant-" + i;
        await(tenant + " has everything back")
            .atMost(Duration.ofSeconds(40))
            .ignoreExceptions()
            .untilAsserted(() -> {
              Account account = Account.of(sluice, 1, tenant);
              assertThat(account.settled()).isEqualTo(each);
              assertThat(account.free()).isEqualTo(BALANCE - each);
            });
      }
    }
  }

  private static void round(Installation sluice, History history, int node)
      throws IOException, InterruptedException {
    for (int i = 0; i < TENANTS; i++) {
      Chat.Outcome outcome = new Chat("sk-" + i, "echo", WORDS, WORDS).send(sluice.url(node));
      history.add(
          "client", sluice.url(node), outcome.status(), outcome.tokens(), outcome.toString());
    }
  }

  private static void stopNode(Installation sluice, int number) {
    try {
      sluice.stopNode(number);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
