package dev.sluice.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.chaos.fault.Installation;
import dev.sluice.chaos.fault.Manifests;
import dev.sluice.chaos.fault.ModelServer;
import dev.sluice.chaos.traffic.Http;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** What one of three nodes learns of a provider, all act by, also when the node is killed that keeps it. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HealthIT {
  private static final int CLIENTS = 24;
  private static final int CALLS = 600;
  private static final int KEYS = 10;
  private static final int BAD = 4;

  /** So many that each node keeps the health of some. */
  private static final List<String> LIMITED =
      IntStream.range(0, 12).mapToObj(i -> "limited-" + i).toList();

  /** What the provider takes. */
  private static final Duration ANSWER = Duration.ofMillis(20);

  private static final Duration RETRY_AFTER = Duration.ofSeconds(20);

  @TempDir
  static Path folder;

  private static ModelServer provider;
  private static Installation sluice;

  @BeforeAll
  static void start() throws Exception {
    provider = new ModelServer(ANSWER.toMillis());
    Manifests manifests = Manifests.withModels(folder.resolve("manifests"))
        .withTenant("caller", "sk-caller", 50_000_000, "none");
    StringBuilder refs = new StringBuilder();
    StringBuilder secrets = new StringBuilder();
    for (int i = 0; i < KEYS; i++) {
      refs.append("    - {secretRef: {name: pool, key: k").append(i).append("}}\n");
      secrets
          .append("  k")
          .append(i)
          .append(i == BAD ? ": sk-bad-" : ": sk-good-")
          .append(i)
          .append('\n');
    }
    manifests.write("pool.yaml", """
        apiVersion: v1
        kind: Secret
        metadata: {name: pool}
        stringData:
        %s---
        apiVersion: sluice.dev/v1alpha1
        kind: ModelProvider
        metadata: {name: pool}
        spec:
          kind: openai-compatible
          baseUrl: %s
          credentials:
        %s---
        apiVersion: sluice.dev/v1alpha1
        kind: ModelProvider
        metadata: {name: single}
        spec: {kind: openai-compatible, baseUrl: %s}
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: ModelRoute
        metadata: {name: pool}
        spec: {models: [pooled], targets: [{provider: pool}]}
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: ModelRoute
        metadata: {name: single}
        spec: {models: [refusing, 'limited-*'], targets: [{provider: single}]}
        """.formatted(secrets, provider.url(), refs, provider.url()));
    sluice = Installation.start(
        folder.resolve("data"),
        "127.0.7.81",
        "cluster",
        "3",
        "--manifests",
        manifests.folder().toString());
    for (int node = 1; node <= 3; node++) {
      int one = node;
      await().atMost(Duration.ofSeconds(60)).until(() -> ask(one, "echo") == 200);
    }
  }

  @AfterAll
  static void stop() {
    if (sluice != null) {
      sluice.close();
    }
    provider.close();
  }

  private static int ask(int node, String model) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(
            URI.create(sluice.url(node) + "/v1/chat/completions"))
        .timeout(Duration.ofSeconds(30))
        .header("Authorization", "Bearer sk-caller")
        .POST(HttpRequest.BodyPublishers.ofString("{\"model\":\"" + model
            + "\",\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"))
        .build();
    return Http.CLIENT.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  @Test
  @Order(1)
  void aBadKeyOfTenIsMetOnceByEachNodeAndByNoClient() throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try {
      AtomicInteger next = new AtomicInteger();
      List<Callable<Call>> calls = new ArrayList<>();
      for (int i = 0; i < CALLS; i++) {
        calls.add(() -> {
          long begun = System.nanoTime();
          int status = ask(1 + next.getAndIncrement() % 3, "pooled");
          return new Call(begun, System.nanoTime(), status);
        });
      }
      List<Call> made = new ArrayList<>();
      for (Future<Call> call : clients.invokeAll(calls)) {
        made.add(call.get());
      }
      assertThat(made).allMatch(call -> call.status() == 200);
      List<ModelServer.Asked> bad = withTheBadKey();
      assertThat(bad).isNotEmpty();
      long first = bad.get(0).atNanos() + ANSWER.toNanos();
      long inFlight = made.stream()
          .filter(call -> call.begunNanos() - first <= 0 && call.endedNanos() - first > 0)
          .count();
      System.out.println("HealthIT: " + bad.size() + " calls with the bad key of " + CALLS + ", "
          + inFlight + " in flight when the first was answered");
      assertThat(bad.size()).isLessThanOrEqualTo((int) (3 + inFlight));
      await("news of it").pollDelay(Duration.ofSeconds(1)).until(() -> true);
      int met = withTheBadKey().size();
      for (int i = 0; i < 3 * 2 * KEYS; i++) {
        assertThat(ask(1 + i % 3, "pooled")).isEqualTo(200);
      }
      assertThat(withTheBadKey()).as("no node asks with it any more").hasSize(met);
    } finally {
      clients.shutdownNow();
    }
  }

  private static List<ModelServer.Asked> withTheBadKey() {
    return provider.asked().stream().filter(one -> one.status() == 401).toList();
  }

  /** One call of a client, by {@link System#nanoTime}. */
  private record Call(long begunNanos, long endedNanos, int status) {}

  @Test
  @Order(2)
  void whatCallersDoWrongShutsNobodyOut() throws Exception {
    provider.answer("refusing", 400, 0);
    for (int i = 0; i < 30; i++) {
      assertThat(ask(1 + i % 3, "refusing")).isEqualTo(400);
    }
    assertThat(provider.asked("refusing")).isEqualTo(30);
    provider.answer("refusing", 200, 0);
    assertThat(ask(1, "refusing")).isEqualTo(200);
  }

  @Test
  @Order(3)
  void nobodyAsksBeforeTheDeadlineAlsoWhenTheNodeIsKilledThatKeepsIt() throws Exception {
    long first = System.nanoTime();
    for (String model : LIMITED) {
      provider.answer(model, 429, (int) RETRY_AFTER.toSeconds());
      assertThat(ask(1, model)).isEqualTo(429);
      provider.answer(model, 200, 0);
    }
    long last = System.nanoTime();
    await("news of it").pollDelay(Duration.ofSeconds(1)).until(() -> true);
    for (String model : LIMITED) {
      assertThat(ask(2, model)).isEqualTo(429);
      assertThat(ask(3, model)).isEqualTo(429);
    }
    sluice.killNode(3);
    List<String> back = new ArrayList<>();
    while (back.size() < LIMITED.size()
        && System.nanoTime() - last < Duration.ofSeconds(60).toNanos()) {
      for (String model : LIMITED) {
        for (int node = 1; node <= 2; node++) {
          if (ask(node, model) == 200 && !back.contains(model)) {
            back.add(model);
          }
        }
      }
    }
    assertThat(back).as("each is asked again").containsAll(LIMITED);
    for (String model : LIMITED) {
      List<ModelServer.Asked> asked =
          provider.asked().stream().filter(one -> one.model().equals(model)).toList();
      long limited = asked.get(0).atNanos();
      assertThat(asked.get(0).status()).isEqualTo(429);
      assertThat(asked.get(1).atNanos() - limited)
          .as("the second call of %s", model)
          .isGreaterThanOrEqualTo(RETRY_AFTER.toNanos());
    }
    System.out.println("HealthIT: asked again "
        + (provider.asked().stream()
                    .filter(one -> LIMITED.contains(one.model()) && one.status() == 200)
                    .mapToLong(ModelServer.Asked::atNanos)
                    .min()
                    .orElse(0)
                - first)
            / 1_000_000
        + " ms after the first 429");
  }
}
