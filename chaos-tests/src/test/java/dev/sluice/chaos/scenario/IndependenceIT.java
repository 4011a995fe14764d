package dev.sluice.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.chaos.fault.Backend;
import dev.sluice.chaos.fault.Installation;
import dev.sluice.chaos.fault.Manifests;
import dev.sluice.chaos.traffic.Chat;
import dev.sluice.chaos.traffic.Http;
import dev.sluice.chaos.traffic.SteadyTraffic;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ordinary traffic flows whatever happens to the cluster or the database. */
class IndependenceIT {
  private static final Chat CHAT = new Chat("sk-team", "echo", 5, 5);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir
  Path folder;

  private Backend backend;
  private Path manifests;

  @BeforeEach
  void begin() throws Exception {
    backend = new Backend();
    manifests = Manifests.withModels(folder.resolve("manifests"))
        .withHello(backend.port())
        .withTenant("team", "sk-team", 1_000, "minute")
        .folder();
  }

  @AfterEach
  void end() {
    backend.close();
  }

  @Test
  void noRequestFailsWhileTheDatabaseIsGone() throws Exception {
    try (Installation sluice = Installation.start(
            folder.resolve("data"), "127.0.7.21", "run", "--manifests", manifests.toString());
        SteadyTraffic traffic = SteadyTraffic.to(sluice.url(1))) {
      await().until(() -> traffic.answered() > 100);
      sluice.killDatabase();
      await("models say that they are closed").atMost(PATIENCE).untilAsserted(() -> {
        Chat.Outcome refused = CHAT.send(sluice.url(1));
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
      });
      long before = traffic.answered();
      await().until(() -> traffic.answered() > before + 100);
      assertThat(traffic.failures()).isEmpty();
    }
  }

  @Test
  void noRequestFailsOnANodeThatHasLostItsMajority() throws Exception {
    try (Installation sluice = Installation.start(
            folder.resolve("data"),
            "127.0.7.31",
            "cluster",
            "3",
            "--manifests",
            manifests.toString());
        SteadyTraffic traffic = SteadyTraffic.to(sluice.url(1))) {
      await().until(() -> traffic.answered() > 100);
      sluice.killNode(2);
      sluice.killNode(3);
      await("the cluster system ends")
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(sluice.admin(1, "status").json().get("clusterUp").asBoolean())
                  .isFalse());
      await("models say that they are closed")
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(CHAT.send(sluice.url(1)).status()).isEqualTo(503));
      long before = traffic.answered();
      await().until(() -> traffic.answered() > before + 100);
      assertThat(traffic.failures()).isEmpty();
    }
  }

  @Test
  void aNodeThatHasNoDatabaseYetServesOrdinaryRoutes() throws Exception {
    try (Installation sluice = Installation.begin(
        folder.resolve("data"),
        "127.0.7.41",
        "run",
        "--manifests",
        manifests.toString(),
        "--database",
        "postgresql://nobody:nothing@127.0.7.41:1/none")) {
      await()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .untilAsserted(() -> assertThat(Http.hello(sluice.url(1)).status()).isEqualTo(200));
      assertThat(CHAT.send(sluice.url(1)).status()).isEqualTo(503);
      assertThat(sluice.output()).noneMatch(line -> line.startsWith("ready"));
      sluice.stop();
    }
  }
}
