package dev.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which target of a group is asked, where that goes by what providers say of themselves, or by the prompt. */
class BalanceIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String HOST = "127.0.4.9";
  private static final String URL = "http://" + HOST + ":18080";
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @TempDir
  static Path folder;

  private static BalancedProvider one;
  private static BalancedProvider other;
  private static BalancedProvider probed;
  private static EmbeddedPostgres database;
  private static Node node;

  @BeforeAll
  static void start() throws Exception {
    one = new BalancedProvider(HOST);
    other = new BalancedProvider(HOST);
    probed = new BalancedProvider(HOST);
    probed.lists("sk-two", 401);
    database =
        EmbeddedPostgres.builder().setDataDirectory(folder.resolve("data")).start();
    Files.createDirectory(folder.resolve("manifests"));
    Files.writeString(folder.resolve("manifests/all.yaml"), manifests());
    Map<String, Object> settings =
        new HashMap<>(LocalNode.settings(HOST, folder.resolve("manifests"), database));
    settings.put("sluice.model.health.cool-down", "30 s");
    settings.put("sluice.model.balance.queue-interval", "50 ms");
    settings.put("sluice.model.balance.queue-lasts", "2 s");
    node = Node.start(NodeSettings.load(settings, Optional.empty()))
        .toCompletableFuture()
        .get();
    await().atMost(PATIENCE).until(node::inCluster);
    await().atMost(PATIENCE).until(() -> ask("echo", "hello").statusCode() == 200);
  }

  private static String manifests() {
    return """
        apiVersion: v1
        kind: Secret
        metadata: {name: keys}
        stringData: {caller: sk-caller, k0: sk-zero, k1: sk-one, k2: sk-two}
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: Tenant
        metadata: {name: caller}
        spec:
          keys: [{name: main, secretRef: {name: keys, key: caller}}]
          limits: [{unit: tokens, amount: 10000000, window: none}]
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: ModelProvider
        metadata: {name: echo}
        spec: {kind: echo}
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: ModelProvider
        metadata: {name: one}
        spec: {kind: openai-compatible, baseUrl: '%s', credential: {secretRef: {name: keys, key: k0}}}
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: ModelProvider
        metadata: {name: other}
        spec:
          kind: openai-compatible
          baseUrl: '%s'
          credentials: [{secretRef: {name: keys, key: k1}}, {secretRef: {name: keys, key: k2}}]
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: ModelRoute
        metadata: {name: echo}
        spec: {models: [echo], targets: [{provider: echo}]}
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: ModelRoute
        metadata: {name: by-headroom}
        spec:
          models: [by-headroom]
          groups: [{balance: headroom, targets: [{provider: one}, {provider: other}]}]
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: ModelRoute
        metadata: {name: by-prefix}
        spec:
          models: [by-prefix]
          groups: [{balance: prefix-hash, targets: [{provider: one}, {provider: other}]}]
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: ModelRoute
        metadata: {name: by-queue}
        spec:
          models: [by-queue]
          groups: [{balance: queue, targets: [{provider: one}, {provider: other}]}]
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: ModelProvider
        metadata: {name: probed}
        spec:
          kind: openai-compatible
          baseUrl: '%s'
          probe: {every: 1s}
          credentials: [{secretRef: {name: keys, key: k1}}, {secretRef: {name: keys, key: k2}}]
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: ModelRoute
        metadata: {name: probed}
        spec:
          models: [probed]
          targets: [{provider: probed}, {provider: one}]
        """.formatted(one.url(), other.url(), probed.url());
  }

  @AfterAll
  static void stop() throws Exception {
    node.stop().toCompletableFuture().get();
    database.close();
    one.close();
    other.close();
    probed.close();
  }

  @AfterEach
  void letGo() {
    one.release();
    other.release();
  }

  private static HttpRequest request(String path, String body) {
    return HttpRequest.newBuilder(URI.create(URL + path))
        .header("Authorization", "Bearer sk-caller")
        .POST(BodyPublishers.ofString(body))
        .build();
  }

  private static HttpRequest chat(String model, String text) {
    return request(
        "/v1/chat/completions",
        "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"" + text
            + "\"}]}");
  }

  private static HttpResponse<String> ask(String model, String text)
      throws IOException, InterruptedException {
    return CLIENT.send(chat(model, text), BodyHandlers.ofString());
  }

  private static Map<String, String> tokensLeft(int percent) {
    return Map.of(
        "x-ratelimit-limit-tokens", "100",
        "x-ratelimit-remaining-tokens", "" + percent,
        "x-ratelimit-reset-tokens", "6m0s");
  }

  private static void askTimes(int times, String model) throws Exception {
    for (int i = 0; i < times; i++) {
      assertThat(ask(model, "hello").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void headroomAsksWhomItsProvidersLimitsLeaveMost() throws Exception {
    one.says("sk-zero", tokensLeft(50));
    other.says("sk-one", tokensLeft(20));
    other.says("sk-two", tokensLeft(80));
    long zero = one.asked("sk-zero");
    long first = other.asked("sk-one");
    long second = other.asked("sk-two");
    askTimes(3, "by-headroom");
    assertThat(one.asked("sk-zero") - zero).as("each once, to find out").isOne();
    assertThat(other.asked("sk-one") - first).isOne();
    assertThat(other.asked("sk-two") - second).isOne();
    askTimes(5, "by-headroom");
    assertThat(other.asked("sk-two") - second).isEqualTo(6);
    other.says("sk-two", tokensLeft(10));
    askTimes(5, "by-headroom");
    assertThat(other.asked("sk-two") - second)
        .as("one more, which said that there is less")
        .isEqualTo(7);
    assertThat(one.asked("sk-zero") - zero).isEqualTo(5);
    assertThat(other.asked("sk-one") - first).isOne();
  }

  private static String target(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.headers().firstValue("x-sluice-target").orElse("");
  }

  @Test
  void prefixHashAsksWhomThePromptBelongsTo() throws Exception {
    Set<String> targets = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      String text = "question " + i;
      String target = target(ask("by-prefix", text));
      assertThat(target(ask("by-prefix", text))).isEqualTo(target);
      String inAnotherDialect = "{\"model\":\"by-prefix\",\"max_tokens\":9,\"messages\":["
          + "{\"role\":\"user\",\"content\":\"" + text + "\"},"
          + "{\"role\":\"assistant\",\"content\":\"hello\"},{\"role\":\"user\",\"content\":\"and?\"}]}";
      assertThat(target(
              CLIENT.send(request("/v1/messages", inAnotherDialect), BodyHandlers.ofString())))
          .as("the conversation goes on, in another dialect")
          .isEqualTo(target);
      targets.add(target);
    }
    assertThat(targets)
        .containsExactlyInAnyOrder("default/one/by-prefix", "default/other/by-prefix");
  }

  @Test
  void prefixHashPassesOverWhoIsTooBusy() throws Exception {
    String text = "asked by many at once";
    BalancedProvider own = target(ask("by-prefix", text)).contains("/one/") ? one : other;
    BalancedProvider next = own == one ? other : one;
    own.hold();
    int before = own.asked();
    int nextBefore = next.asked();
    List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
    for (int i = 1; i <= 2; i++) {
      waiting.add(CLIENT.sendAsync(chat("by-prefix", text), BodyHandlers.ofString()));
      int asked = i == 1 ? 1 : 2;
      await()
          .atMost(PATIENCE)
          .until(() -> own.asked() + next.asked() - before - nextBefore >= asked);
    }
    assertThat(own.asked() - before)
        .as("the mean of 2 is 1, and a quarter more is 2 at most")
        .isEqualTo(2);
    assertThat(target(ask("by-prefix", text)))
        .as("a third is more than that")
        .contains(own == one ? "/other/" : "/one/");
    own.release();
    for (CompletableFuture<HttpResponse<String>> one : waiting) {
      assertThat(one.get().statusCode()).isEqualTo(200);
    }
  }

  private static String waiting(int requests) {
    return "vllm:num_requests_waiting{model_name=\"m\"} " + requests + "\n";
  }

  /** Whether so many calls in a row are answered by this one. */
  private static boolean goesTo(String name) throws Exception {
    for (int i = 0; i < 10; i++) {
      if (!target(ask("by-queue", "hello")).contains("/" + name + "/")) {
        return false;
      }
    }
    return true;
  }

  @Test
  void queueAsksWhereLeastWaitsByTheServersOwnMetrics() throws Exception {
    one.metrics(waiting(3));
    other.metrics(waiting(0));
    await().atMost(PATIENCE).until(() -> goesTo("other"));
    one.metrics(waiting(0));
    other.metrics(waiting(3));
    await().atMost(PATIENCE).until(() -> goesTo("one"));
    other.metrics("");
    // One says nothing any more: by requests in flight, of which there are none.
    await().atMost(PATIENCE).until(() -> target(ask("by-queue", "hello")).contains("/other/"));
  }

  @Test
  void whatIsProbedIsKnownBeforeACallAsksIt() throws Exception {
    await().atMost(PATIENCE).until(() -> probed.probes().size() >= 4);
    for (int i = 0; i < 4; i++) {
      assertThat(target(ask("probed", "hello"))).isEqualTo("default/probed/probed");
    }
    assertThat(probed.asked("sk-two")).as("the key is not accepted").isZero();
    probed.lists("sk-one", 503);
    int asked = probed.asked();
    await()
        .atMost(PATIENCE)
        .until(() -> probed.probes().stream().filter(status -> status == 503).count() >= 6);
    HttpResponse<String> answer = ask("probed", "hello");
    assertThat(target(answer)).isEqualTo("default/one/probed");
    assertThat(answer.headers().firstValue("x-sluice-tried")).isEmpty();
    assertThat(probed.asked()).as("no call had to find out").isEqualTo(asked);
  }
}
