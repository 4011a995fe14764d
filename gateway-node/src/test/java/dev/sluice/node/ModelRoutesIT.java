package dev.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.node.FaultyProvider.Fault;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which target a node's callers get by what a ModelRoute says of context windows, cost, quota and weights; and how many at once. */
class ModelRoutesIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String HOST = "127.0.4.41";
  private static final int PORT = 18080;
  private static final String URL = "http://" + HOST + ":" + PORT;

  /** Tokens of the answer of a provider that does what it should. */
  private static final int GOOD = 44;

  private static final List<String> PROVIDERS = List.of("a", "b", "c");

  /** Whom each test asks as, so that limits of one don't touch another. */
  private static final String TENANTS = """
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: Tenant
      metadata: {name: plain}
      spec: {keys: [{name: one, secretRef: {name: keys, key: plain}}]}
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: Tenant
      metadata: {name: thrifty}
      spec:
        keys: [{name: one, secretRef: {name: keys, key: thrifty}}]
        limits:
          - {name: big, unit: requests, amount: 1, window: none, models: [big]}
          - {name: middle, unit: requests, amount: 1, window: none, models: [middle]}
          - {name: all, unit: tokens, amount: 100000, window: none}
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: Tenant
      metadata: {name: lost}
      spec:
        keys: [{name: one, secretRef: {name: keys, key: lost}}]
        limits: [{unit: requests, amount: 1, window: none}]
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: Tenant
      metadata: {name: round}
      spec:
        keys: [{name: one, secretRef: {name: keys, key: round}}]
        limits: [{unit: requests, amount: 1, window: none}]
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: Tenant
      metadata: {name: narrow}
      spec:
        keys: [{name: one, secretRef: {name: keys, key: narrow}}]
        limits: [{name: at-once, unit: in-flight-requests, amount: 1, window: none}]
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: Tenant
      metadata: {name: narrow-model}
      spec:
        keys: [{name: one, secretRef: {name: keys, key: narrow-model}}]
        limits: [{name: at-once, unit: in-flight-requests, amount: 1, window: none, models: [stalls]}]
      ---
      apiVersion: v1
      kind: Secret
      metadata: {name: keys}
      stringData: {plain: sk-plain, thrifty: sk-thrifty, lost: sk-lost, round: sk-round, narrow: sk-narrow, narrow-model: sk-narrow-model}
      """;

  private static final String ROUTES = """
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: ModelRoute
      metadata: {name: context}
      spec:
        models: [context]
        maxOutputTokens: 50
        targets: [{provider: a, model: small, contextTokens: 200}, {provider: b, model: large, contextTokens: 2000}]
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: ModelRoute
      metadata: {name: cost}
      spec:
        models: [cost]
        maxOutputTokens: 10000
        mostCost: '0.05'
        targets: [{provider: c}, {provider: a}, {provider: b}]
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: ModelRoute
      metadata: {name: big}
      spec: {models: [big], whenOutOfQuota: middle, targets: [{provider: a}]}
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: ModelRoute
      metadata: {name: middle}
      spec: {models: [middle], whenOutOfQuota: little, targets: [{provider: b}]}
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: ModelRoute
      metadata: {name: little}
      spec: {models: [little], targets: [{provider: c, model: tiny}]}
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: ModelRoute
      metadata: {name: lost}
      spec: {models: [lost], whenOutOfQuota: nobody-has-it, targets: [{provider: a}]}
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: ModelRoute
      metadata: {name: round}
      spec: {models: [round], whenOutOfQuota: trip, targets: [{provider: a}]}
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: ModelRoute
      metadata: {name: trip}
      spec: {models: [trip], whenOutOfQuota: round, targets: [{provider: a}]}
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: ModelRoute
      metadata: {name: weights}
      spec:
        models: [weights]
        groups:
          - targets: [{provider: a, weight: 3}, {provider: b, weight: 1}, {provider: c, weight: 0}]
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: ModelRoute
      metadata: {name: spare}
      spec:
        models: [spare]
        groups:
          - targets: [{provider: broken, weight: 3}, {provider: c, weight: 0}]
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: ModelRoute
      metadata: {name: stalls}
      spec: {models: [stalls], targets: [{provider: stalls}]}
      """;

  @TempDir
  static Path folder;

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static FaultyProvider provider;
  private static EmbeddedPostgres database;
  private static Node node;

  @BeforeAll
  static void start() throws Exception {
    provider = new FaultyProvider(HOST);
    database =
        EmbeddedPostgres.builder().setDataDirectory(folder.resolve("data")).start();
    StringBuilder yaml = new StringBuilder();
    // Of a an output token costs $0.0001, of b a tenth of that; what c costs nobody says.
    yaml.append(named("a", Fault.GOOD, ", prices: [{models: ['*'], input: '1', output: '100'}]"));
    yaml.append(named("b", Fault.GOOD, ", prices: [{models: ['*'], input: '1', output: '10'}]"));
    yaml.append(named("c", Fault.GOOD, ""));
    yaml.append(named("broken", Fault.BROKEN_500, ""));
    yaml.append(named("stalls", Fault.STALL, ", timeouts: {silence: 5m}"));
    Files.createDirectory(folder.resolve("manifests"));
    Files.writeString(folder.resolve("manifests/all.yaml"), yaml + ROUTES + TENANTS);
    Map<String, Object> settings =
        new HashMap<>(LocalNode.settings(HOST, folder.resolve("manifests"), database));
    settings.put("sluice.model.health.failures", 1000);
    node = Node.start(NodeSettings.load(settings, Optional.empty()))
        .toCompletableFuture()
        .get();
    await().atMost(PATIENCE.multipliedBy(2)).until(node::inCluster);
    await().atMost(PATIENCE).until(() -> ask("plain", "little", 10, "hi").statusCode() == 200);
  }

  private static String named(String name, Fault fault, String more) {
    return """
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: ModelProvider
        metadata: {name: %s}
        spec: {kind: openai-compatible, baseUrl: '%s'%s}
        """.formatted(name, provider.url() + fault.path() + "/" + name + "/v1", more);
  }

  @AfterAll
  static void stop() throws Exception {
    node.stop().toCompletableFuture().get();
    database.close();
    provider.close();
  }

  private static String body(String model, int cap, String prompt, boolean stream) {
    return "{\"model\":\"" + model + "\",\"max_tokens\":" + cap + ",\"stream\":" + stream
        + ",\"messages\":[{\"role\":\"user\",\"content\":\"" + prompt + "\"}]}";
  }

  private static HttpResponse<String> ask(String tenant, String model, int cap, String prompt)
      throws IOException, InterruptedException {
    return CLIENT.send(
        HttpRequest.newBuilder(URI.create(URL + "/v1/chat/completions"))
            .header("Authorization", "Bearer sk-" + tenant)
            .POST(BodyPublishers.ofString(body(model, cap, prompt, false)))
            .build(),
        BodyHandlers.ofString());
  }

  private static String field(HttpResponse<String> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  private static String target(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return field(answer, "x-sluice-target");
  }

  private static int asked() {
    return PROVIDERS.stream().mapToInt(one -> provider.asked("/good/" + one)).sum();
  }

  private static long settled(String tenant, String bucket)
      throws IOException, InterruptedException {
    return LocalNode.settled(HOST, tenant, bucket);
  }

  @Test
  void aPromptThatIsTooLongForOneModelGoesToOneThatTakesIt() throws Exception {
    assertThat(target(ask("plain", "context", 50, "short"))).isEqualTo("default/a/small");
    HttpResponse<String> answer = ask("plain", "context", 50, "long ".repeat(300));
    assertThat(target(answer)).isEqualTo("default/b/large");
    assertThat(field(answer, "x-sluice-tried")).as("nobody else was asked").isEmpty();
    assertThat(target(ask("plain", "context", 50, "longer ".repeat(3000))))
        .as("too long for all: the first one may judge")
        .isEqualTo("default/a/small");
  }

  @Test
  void theCapOfTheAnswerCountsForTheContextWindow() throws Exception {
    String prompt = "word ".repeat(100);
    assertThat(target(ask("plain", "context", 10, prompt))).isEqualTo("default/a/small");
    assertThat(target(ask("plain", "context", 49, "word ".repeat(125))))
        .isEqualTo("default/b/large");
  }

  @Test
  void whoIsTooDearOrWhosePriceNobodyKnowsIsLeftOut() throws Exception {
    assertThat(target(ask("plain", "cost", 100, "hi"))).isEqualTo("default/a/cost");
    assertThat(target(ask("plain", "cost", 1000, "hi"))).isEqualTo("default/b/cost");
    int before = asked();
    HttpResponse<String> answer = ask("plain", "cost", 10_000, "hi");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("may cost more than its route allows");
    assertThat(asked()).as("nobody was asked").isEqualTo(before);
  }

  @Test
  void whereTheQuotaOfAModelIsUsedUpTheNextOneIsAskedByItsOwnQuota() throws Exception {
    HttpResponse<String> first = ask("thrifty", "big", 50, "hi");
    assertThat(target(first)).isEqualTo("default/a/big");
    assertThat(field(first, "x-sluice-model")).isEmpty();
    HttpResponse<String> second = ask("thrifty", "big", 50, "hi");
    assertThat(target(second)).isEqualTo("default/b/middle");
    assertThat(field(second, "x-sluice-model")).isEqualTo("middle");
    HttpResponse<String> third = ask("thrifty", "big", 50, "hi");
    assertThat(target(third)).as("two steps on").isEqualTo("default/c/tiny");
    assertThat(field(third, "x-sluice-model")).isEqualTo("little");
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(settled("thrifty", "all")).isEqualTo(3 * GOOD));
    assertThat(settled("thrifty", "big")).isEqualTo(1);
    assertThat(settled("thrifty", "middle")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lost", "round"})
  void whoHasNoOtherModelToGoToIsToldOfItsQuota(String model) throws Exception {
    assertThat(ask(model, model, 50, "hi").statusCode()).isEqualTo(200);
    HttpResponse<String> answer = ask(model, model, 50, "hi");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(429);
    assertThat(answer.body()).contains("requests-balance");
  }

  @Test
  void targetsOfAGroupAreChosenByTheirWeights() throws Exception {
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < 400; i++) {
      counts.merge(target(ask("plain", "weights", 10, "hi")), 1, Integer::sum);
    }
    // Three quarters of 400, and five standard deviations.
    assertThat(counts.get("default/a/weights")).isBetween(257, 343);
    assertThat(counts.get("default/a/weights") + counts.get("default/b/weights"))
        .as("weight 0 while others can be asked")
        .isEqualTo(400);
  }

  @Test
  void oneOfWeightZeroIsAskedWhenNoOtherIsLeft() throws Exception {
    HttpResponse<String> answer = ask("plain", "spare", 10, "hi");
    assertThat(target(answer)).isEqualTo("default/c/spare");
    assertThat(field(answer, "x-sluice-tried")).contains("default/broken/spare=");
  }

  /** Asks for a stream that begins and never ends. */
  private static Socket stalling(String tenant) throws IOException {
    Socket socket = new Socket(InetAddress.getByName(HOST), PORT);
    String body = body("stalls", 10, "hi", true);
    socket
        .getOutputStream()
        .write(("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sk-"
                + tenant + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
            .getBytes(StandardCharsets.US_ASCII));
    InputStream in = socket.getInputStream();
    byte[] begin = in.readNBytes(12);
    assertThat(new String(begin, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200");
    return socket;
  }

  @Test
  void asManyRequestsOfATenantRunAtOnceAsItsLimitSaysAndThoseWhoLeaveMakeRoom() throws Exception {
    try (Socket running = stalling("narrow")) {
      assertThat(running.isConnected()).isTrue();
      HttpResponse<String> refused = ask("narrow", "little", 10, "hi");
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.body()).contains("at-once").contains("running");
    }
    await().atMost(PATIENCE).until(() -> ask("narrow", "little", 10, "hi").statusCode() == 200);
    for (int i = 0; i < 5; i++) {
      assertThat(ask("narrow", "little", 10, "hi").statusCode())
          .as("one after the other")
          .isEqualTo(200);
    }
  }

  @Test
  void asManyRequestsOfAModelRunAtOnceAsItsLimitSaysAndOthersAreFree() throws Exception {
    try (Socket running = stalling("narrow-model")) {
      assertThat(running.isConnected()).isTrue();
      assertThat(ask("narrow-model", "little", 10, "hi").statusCode()).isEqualTo(200);
      HttpResponse<String> refused = ask("narrow-model", "stalls", 10, "hi");
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.body()).contains("at-once");
    }
    await().atMost(PATIENCE).untilAsserted(() -> stalling("narrow-model").close());
  }
}
