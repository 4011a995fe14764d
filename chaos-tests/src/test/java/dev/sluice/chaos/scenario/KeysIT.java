package dev.sluice.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.chaos.fault.Installation;
import dev.sluice.chaos.fault.Manifests;
import dev.sluice.chaos.traffic.Chat;
import dev.sluice.chaos.traffic.Http;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys that are made and revoked on one node, as callers of another one see them. */
class KeysIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(20);

  @TempDir
  static Path folder;

  private static Installation sluice;

  @BeforeAll
  static void start() throws Exception {
    Manifests manifests = Manifests.withModels(folder.resolve("manifests"));
    sluice = Installation.start(
        folder.resolve("data"),
        "127.0.7.161",
        "cluster",
        "2",
        "--manifests",
        manifests.folder().toString());
  }

  @AfterAll
  static void stop() {
    sluice.close();
  }

  @Test
  void aKeyOfOneNodeWorksOnAnotherAndStopsThereWhenItIsRevoked() throws Exception {
    made("tenants", "shop");
    String key = made("tenants/shop/keys", "one").json().get("key").asText();
    System.out.println("a new key worked on the other node after " + millisUntil(key, 200) + " ms");

    Http.Answer revoked = Http.delete(
        sluice.adminUrl(1) + "tenants/shop/keys/one", "Authorization", bearer(), "If-Match", "*");
    assertThat(revoked.status()).isEqualTo(204);
    System.out.println("a revoked key was refused there after " + millisUntil(key, 401) + " ms");
  }

  private static Http.Answer made(String path, String name) throws Exception {
    Http.Answer answer = Http.post(
        sluice.adminUrl(1) + path,
        "{\"name\":\"" + name + "\"}",
        "Authorization",
        bearer(),
        "Content-Type",
        "application/json");
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return answer;
  }

  private static String bearer() throws Exception {
    return "Bearer " + sluice.adminToken();
  }

  /** Asks the second node until it answers so. */
  private static long millisUntil(String key, int status) {
    long start = System.nanoTime();
    Chat chat = new Chat(key, "echo", 1, 5);
    await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(PAUSE)
        .until(() -> chat.send(sluice.url(2)).status() == status);
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
  }
}
