package dev.sluice.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.chaos.fault.Installation;
import dev.sluice.chaos.fault.Manifests;
import dev.sluice.chaos.fault.SlotServer;
import dev.sluice.chaos.traffic.Http;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * A provider that takes ten calls at a time never has more, of three nodes together, also when callers and nodes are killed; who
 * waits for it has a fair share. {@code -Dsluice.fair-seconds=60} for as long as the promise says.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FairQueueIT {
  private static final int SECONDS = Integer.getInteger("sluice.fair-seconds", 10);
  private static final int SLOTS = 10;
  private static final String POSITION = "x-sluice-queue-position";

  @TempDir
  static Path folder;

  private static SlotServer provider;
  private static Installation sluice;

  @BeforeAll
  static void start() throws Exception {
    provider = new SlotServer();
    Manifests manifests = Manifests.withModels(folder.resolve("manifests"))
        .withTenant("ann", "sk-ann", 1L << 40, "none")
        .withTenant("bob", "sk-bob", 1L << 40, "none");
    // No quota that has to find a new keeper while nodes are killed.
    for (String tenant : List.of("cat", "dan")) {
      manifests.write("tenant-" + tenant + ".yaml", """
          apiVersion: v1
          kind: Secret
          metadata: {name: %1$s}
          stringData: {api-key: sk-%1$s}
          ---
          apiVersion: sluice.dev/v1alpha1
          kind: Tenant
          metadata: {name: %1$s}
          spec:
            keys: [{name: main, secretRef: {name: %1$s, key: api-key}}]
          """.formatted(tenant));
    }
    StringBuilder providers = new StringBuilder();
    providers.append(
        provider("slots", "maxInFlight: 10, queue: {length: 200, perTenant: 100, wait: 60s}"));
    providers.append(provider("narrow", "maxInFlight: 1, queue: {length: 1}"));
    providers.append(provider("hasty", "maxInFlight: 1, queue: {wait: 500ms}"));
    providers.append(provider("paced", "requestsPerMinute: 60"));
    providers.append(provider("tokens", "tokensPerMinute: 3000"));
    manifests.write("slots.yaml", providers + """
        apiVersion: sluice.dev/v1alpha1
        kind: ModelRoute
        metadata: {name: roomy}
        spec:
          models: ['roomy-*']
          targets: [{provider: narrow, model: 'narrow-*'}, {provider: echo, model: echo}]
        """);
    sluice = Installation.start(
        folder.resolve("data"),
        "127.0.7.91",
        "cluster",
        "3",
        "--manifests",
        manifests.folder().toString());
    for (int node = 1; node <= 3; node++) {
      int one = node;
      await().atMost(Duration.ofSeconds(60)).until(() -> ask(one, "ann", "echo").status() == 200);
    }
  }

  private static String provider(String name, String limit) {
    return """
        apiVersion: sluice.dev/v1alpha1
        kind: ModelProvider
        metadata: {name: %1$s}
        spec: {kind: openai-compatible, baseUrl: %2$s, limits: [{%3$s}]}
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: ModelRoute
        metadata: {name: %1$s}
        spec: {models: ['%1$s-*'], targets: [{provider: %1$s}]}
        ---
        """.formatted(name, provider.url(name), limit);
  }

  @AfterAll
  static void stop() throws IOException {
    if (sluice != null) {
      sluice.close();
    }
    provider.close();
  }

  private static String body(String model) {
    return "{\"model\":\"" + model
        + "\",\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
  }

  private static final Pattern NUMBER = Pattern.compile("\"content\":\"([0-9]+)\"");

  private record Answer(int status, int position, String retryAfter, String target, String body) {
    /** As the provider has counted it; 0 if it is no answer of its. */
    private int number() {
      Matcher found = NUMBER.matcher(body);
      return found.find() ? Integer.parseInt(found.group(1)) : 0;
    }
  }

  private static Answer ask(int node, String tenant, String model)
      throws IOException, InterruptedException {
    return ask(node, tenant, model, "/v1/chat/completions");
  }

  private static Answer ask(int node, String tenant, String model, String path)
      throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(sluice.url(node) + path))
        .timeout(Duration.ofMinutes(2))
        .header("Authorization", "Bearer sk-" + tenant)
        .POST(HttpRequest.BodyPublishers.ofString(body(model)))
        .build();
    HttpResponse<String> answer = Http.CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    return new Answer(
        answer.statusCode(),
        Integer.parseInt(answer.headers().firstValue(POSITION).orElse("0")),
        answer.headers().firstValue("retry-after").orElse(""),
        answer.headers().firstValue("x-sluice-target").orElse(""),
        answer.body());
  }

  /** Callers that ask one after the other, of several tenants, each at a node of its own. */
  private static final class Crowd implements AutoCloseable {
    private final ExecutorService clients = Executors.newCachedThreadPool();
    private final Map<String, AtomicInteger> served = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> overtakers = new ConcurrentHashMap<>();
    private final List<String> failures = new ArrayList<>();
    private final int nodes;
    private volatile boolean closed;

    Crowd(int nodes) {
      this.nodes = nodes;
    }

    Crowd add(String tenant, int count, String model) {
      served.put(tenant, new AtomicInteger());
      overtakers.put(tenant, new AtomicInteger());
      for (int i = 0; i < count; i++) {
        int node = 1 + i % nodes;
        clients.execute(() -> run(node, tenant, model));
      }
      return this;
    }

    private void run(int node, String tenant, String model) {
      while (!closed) {
        try {
          int before = provider.place("slots").count();
          Answer answer = ask(node, tenant, model);
          if (answer.status() == 200) {
            served.get(tenant).incrementAndGet();
            overtakers.get(tenant).addAndGet(answer.number() - before - 1);
          } else {
            fail(tenant + ": " + answer);
          }
        } catch (IOException e) {
          fail(tenant + ": " + e);
        } catch (InterruptedException e) {
          return;
        }
      }
    }

    private synchronized void fail(String what) {
      failures.add(what);
    }

    private synchronized List<String> failures() {
      return List.copyOf(failures);
    }

    /** How many others the provider has got on average between a call of the tenant was made and it got that one. */
    private double overtakers(String tenant) {
      return (double) overtakers.get(tenant).get() / served(tenant);
    }

    private int served(String tenant) {
      return served.get(tenant).get();
    }

    /** Lets it run until there is nothing odd about its beginning, and then for a window of time. @return who was served in it */
    private Map<String, Integer> window(int seconds) {
      await("a crowd").atMost(Duration.ofSeconds(60)).until(() -> served("cat") > 4 * SLOTS);
      Map<String, Integer> before = new ConcurrentHashMap<>();
      served.forEach((tenant, count) -> before.put(tenant, count.get()));
      await()
          .pollDelay(Duration.ofSeconds(seconds))
          .atMost(Duration.ofSeconds(seconds + 10))
          .until(() -> true);
      Map<String, Integer> within = new ConcurrentHashMap<>();
      served.forEach((tenant, count) -> within.put(tenant, count.get() - before.get(tenant)));
      return within;
    }

    @Override
    public void close() {
      closed = true;
      clients.shutdown();
      await().atMost(Duration.ofMinutes(2)).until(clients::isTerminated);
    }
  }

  @Test
  @Order(1)
  void tenantsThatBothWantMoreHaveEqualShares() {
    try (Crowd crowd = new Crowd(3)) {
      Map<String, Integer> served =
          crowd.add("cat", 40, "slots-500ms").add("dan", 12, "slots-500ms").window(SECONDS);
      int all = served.get("cat") + served.get("dan");
      System.out.println("FairQueueIT: 40 and 12 clients had " + served + " in " + SECONDS + " s");
      assertThat((double) served.get("dan") / all).isBetween(0.475, 0.525);
      assertThat(crowd.failures()).isEmpty();
      assertThat(provider.place("slots").most()).isEqualTo(SLOTS);
    }
  }

  @Test
  @Order(2)
  void aTenantThatWantsLessThanItsShareGetsAllItWants() {
    try (Crowd crowd = new Crowd(3)) {
      Map<String, Integer> served =
          crowd.add("cat", 40, "slots-500ms").add("dan", 3, "slots-500ms").window(SECONDS);
      System.out.printf(
          "FairQueueIT: 40 and 3 clients had %s in %s s, overtaken by %.1f and %.1f others%n",
          served, SECONDS, crowd.overtakers("cat"), crowd.overtakers("dan"));
      assertThat(crowd.overtakers("dan")).as("the next place is its").isLessThan(SLOTS);
      assertThat(crowd.overtakers("cat")).isGreaterThan(2 * SLOTS);
      assertThat(crowd.failures()).isEmpty();
      assertThat(provider.place("slots").most()).isEqualTo(SLOTS);
    }
  }

  @Test
  @Order(3)
  void callersThatGoGiveTheirPlacesBackAndLeaveNoHold() throws Exception {
    for (int round = 0; round < 3; round++) {
      List<Socket> callers = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        callers.add(begin(1 + i % 3, "sk-ann", "slots-60000ms"));
      }
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> provider.place("slots").inFlight() == SLOTS);
      for (Socket caller : callers) {
        caller.close();
      }
      await().atMost(Duration.ofSeconds(30)).until(() -> provider.place("slots").inFlight() == 0);
      for (Answer answer : together(SLOTS, "bob", "slots-200ms", 3)) {
        assertThat(answer.status()).isEqualTo(200);
      }
    }
    assertThat(provider.place("slots").most()).isEqualTo(SLOTS);
    for (String tenant : List.of("ann", "bob")) {
      await("holds of " + tenant).atMost(Duration.ofSeconds(30)).until(() -> held(tenant) == 0);
    }
  }

  private static long held(String tenant) throws IOException, InterruptedException {
    JsonNode quota = Http.get(sluice.url(1) + "/v1/quota", "Authorization", "Bearer sk-" + tenant)
        .json();
    return quota.at("/limits/0/held").asLong(-1);
  }

  private static Socket begin(int node, String key, String model) throws IOException {
    URI url = URI.create(sluice.url(node));
    String body = body(model);
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress(url.getHost(), url.getPort()), 5000);
    socket
        .getOutputStream()
        .write(("POST /v1/chat/completions HTTP/1.1\r\nHost: models\r\nAuthorization: Bearer " + key
                + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
            .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static List<Answer> together(int count, String tenant, String model, int nodes)
      throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(count);
    try {
      List<Callable<Answer>> calls = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int node = 1 + i % nodes;
        calls.add(() -> ask(node, tenant, model));
      }
      List<Answer> answers = new ArrayList<>();
      for (Future<Answer> call : clients.invokeAll(calls)) {
        answers.add(call.get());
      }
      return answers;
    } finally {
      clients.shutdownNow();
    }
  }

  @Test
  @Order(4)
  void whoComesToAFullQueueIsToldWhereItWouldStandAndWhenToComeBack() throws Exception {
    try (Socket inside = begin(1, "sk-ann", "narrow-60000ms")) {
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> provider.place("narrow").inFlight() == 1);
      await().atMost(Duration.ofSeconds(30)).until(() -> held("ann") > 0);
      long one = held("ann");
      try (Socket waiting = begin(2, "sk-ann", "narrow-60000ms")) {
        await().atMost(Duration.ofSeconds(30)).until(() -> held("ann") == 2 * one);
        Answer last = ask(3, "bob", "narrow-1ms", "/v1/messages");
        assertThat(last.status()).isEqualTo(503);
        assertThat(last.position()).isEqualTo(2);
        assertThat(Integer.parseInt(last.retryAfter())).isGreaterThanOrEqualTo(1);
        assertThat(last.body()).contains("overloaded_error");
        assertThat(ask(3, "bob", "roomy-1ms").target())
            .as("another target has room")
            .isEqualTo("default/echo/echo");
        assertThat(waiting.isClosed()).isFalse();
      }
      assertThat(inside.isClosed()).isFalse();
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> ask(1, "bob", "narrow-1ms").status() == 200);
    assertThat(provider.place("narrow").most()).isEqualTo(1);
  }

  @Test
  @Order(5)
  void whoHasWaitedTooLongIsToldSo() throws Exception {
    try (Socket inside = begin(1, "sk-ann", "hasty-60000ms")) {
      await().atMost(Duration.ofSeconds(30)).until(() -> provider.place("hasty").inFlight() == 1);
      Answer answer = ask(2, "bob", "hasty-1ms");
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.position()).isEqualTo(1);
      assertThat(answer.body()).contains("target_busy").contains("has waited");
      assertThat(inside.isClosed()).isFalse();
    }
  }

  @Test
  @Order(6)
  void requestsPerMinuteArePacedNotBounced() throws Exception {
    List<Answer> answers = together(25, "bob", "paced-1ms", 3);
    assertThat(answers).extracting(Answer::status).containsOnly(200);
    assertThat(answers).filteredOn(answer -> answer.position() > 0).hasSize(15);
    List<Long> at = provider.place("paced").beginnings();
    assertThat(at).hasSize(25);
    for (int i = 10; i < at.size(); i++) {
      assertThat(at.get(i) - at.get(i - 10))
          .as("more than ten in ten seconds")
          .isGreaterThan(
              Duration.ofSeconds(10).toNanos() - Duration.ofMillis(500).toNanos());
    }
  }

  @Test
  @Order(7)
  void tokensAreHeldAtTheirBoundAndCountAsUsed() throws Exception {
    // Each may come to more than ten tokens, and uses two: as they are held, 300 of them would not
    // fit into 3,000.
    int calls = 0;
    for (int round = 0; round < 30; round++) {
      for (Answer answer : together(10, "bob", "tokens-1ms", 3)) {
        assertThat(answer.status()).isEqualTo(200);
        calls++;
      }
    }
    assertThat(provider.place("tokens").beginnings()).hasSize(calls);
  }

  @Test
  @Order(8)
  void placesOfANodeThatIsKilledComeBackAndAreNeverGivenTwice() throws Exception {
    List<Socket> callers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      callers.add(begin(3, "sk-cat", "slots-600000ms"));
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> provider.place("slots").inFlight() == 6);
    try (Crowd crowd = new Crowd(2)) {
      crowd.add("cat", 10, "slots-200ms").add("dan", 10, "slots-200ms");
      await().atMost(Duration.ofSeconds(30)).until(() -> crowd.served("dan") > SLOTS);
      sluice.killNode(3);
      int before = crowd.served("dan");
      await("places come back")
          .atMost(Duration.ofSeconds(90))
          .until(() ->
              provider.place("slots").inFlight() == SLOTS && crowd.served("dan") > before + SLOTS);
      assertThat(crowd.failures()).isEmpty();
      assertThat(provider.place("slots").most()).isEqualTo(SLOTS);
    }
    for (Socket caller : callers) {
      caller.close();
    }
  }
}
