package dev.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.cluster.typed.Cluster;
import akka.cluster.typed.Down;
import com.sun.net.httpserver.HttpServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cluster system of a node ends and is built again, as often as it takes, beneath traffic that does not notice. */
class WorldsIT {
  private static final int TIMES = Integer.getInteger("sluice.rebuilds", 4);
  private static final int CLIENTS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String HOST = "127.0.4.1";
  private static final String URL = "http://" + HOST + ":18080";
  private static final String MANIFESTS = """
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata: {name: hello}
      spec:
        defaultBackend: {service: {name: hello, port: {number: 80}}}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: hello}
      spec: {ports: [{name: http, port: 80}]}
      ---
      apiVersion: discovery.k8s.io/v1
      kind: EndpointSlice
      metadata: {name: hello-1, labels: {kubernetes.io/service-name: hello}}
      addressType: IPv4
      ports: [{name: http, port: %d}]
      endpoints: [{addresses: ["%s"]}]
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: ModelProvider
      metadata: {name: echo}
      spec: {kind: echo}
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: ModelRoute
      metadata: {name: echo}
      spec: {models: [echo], targets: [{provider: echo}]}
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: Tenant
      metadata: {name: team}
      spec:
        keys: [{name: one, secretRef: {name: team-key, key: key}}]
        limits: [{unit: tokens, amount: 100000, window: minute}]
      ---
      apiVersion: v1
      kind: Secret
      metadata: {name: team-key}
      stringData: {key: sk-team}
      """;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final AtomicLong answered = new AtomicLong();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private volatile boolean over;

  @TempDir
  Path folder;

  @Test
  void noOrdinaryRequestFailsWhileTheClusterSystemIsRebuiltAndModelsAnswerAfterEachTime()
      throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    HttpServer backend = backend();
    try (EmbeddedPostgres database =
        EmbeddedPostgres.builder().setDataDirectory(folder.resolve("data")).start()) {
      Files.createDirectory(folder.resolve("manifests"));
      Files.writeString(
          folder.resolve("manifests/all.yaml"),
          MANIFESTS.formatted(backend.getAddress().getPort(), HOST));
      Node node = Node.start(NodeSettings.load(
              LocalNode.settings(HOST, folder.resolve("manifests"), database), Optional.empty()))
          .toCompletableFuture()
          .get();
      try {
        await().atMost(PATIENCE).until(node::inCluster);
        for (int i = 0; i < CLIENTS; i++) {
          clients.execute(this::callOn);
        }
        for (int i = 0; i < TIMES; i++) {
          rebuild(node);
        }
      } finally {
        over = true;
        clients.shutdown();
        assertThat(clients.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        node.stop().toCompletableFuture().get();
      }
    } finally {
      clients.shutdownNow();
      backend.stop(0);
    }
    assertThat(failures).isEmpty();
    assertThat(answered).hasPositiveValue();
    System.out.println("cluster system rebuilt " + TIMES + " times, " + answered.get()
        + " ordinary requests answered, none failed");
  }

  /** Ends the cluster system as the split brain resolver would, and waits for the next to lease quotas. */
  private void rebuild(Node node) {
    var before = node.clusterSystem().orElseThrow();
    Cluster cluster = Cluster.get(before);
    cluster.manager().tell(new Down(cluster.selfMember().address()));
    await("it ends").atMost(PATIENCE).until(() -> before.whenTerminated().isCompleted());
    await("it is back").atMost(PATIENCE).until(node::inCluster);
    await("models answer").atMost(PATIENCE).until(() -> chat().statusCode() == 200);
    long so = answered.get();
    await("traffic flows").atMost(PATIENCE).until(() -> answered.get() > so + 10);
  }

  private void callOn() {
    while (!over) {
      try {
        HttpResponse<String> answer =
            client.send(HttpRequest.newBuilder(URI.create(URL)).build(), BodyHandlers.ofString());
        if (answer.statusCode() == 200 && answer.body().equals("hello")) {
          answered.incrementAndGet();
        } else {
          failures.add(answer + " " + answer.body());
        }
      } catch (IOException e) {
        failures.add(e.toString());
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private HttpResponse<String> chat() throws IOException, InterruptedException {
    String body =
        "{\"model\":\"echo\",\"messages\":[{\"role\":\"user\",\"content\":\"one two three\"}]}";
    return client.send(
        HttpRequest.newBuilder(URI.create(URL + "/v1/chat/completions"))
            .header("Authorization", "Bearer sk-team")
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private static HttpServer backend() throws IOException {
    System.setProperty("sun.net.httpserver.nodelay", "true");
    HttpServer backend =
        HttpServer.create(new InetSocketAddress(InetAddress.getByName(HOST), 0), 0);
    byte[] hello = "hello".getBytes(StandardCharsets.UTF_8);
    backend.createContext("/", exchange -> {
      try (exchange) {
        exchange.sendResponseHeaders(200, hello.length);
        exchange.getResponseBody().write(hello);
      }
    });
    backend.start();
    return backend;
  }
}
