package dev.sluice.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.chaos.fault.ControlPlane;
import dev.sluice.chaos.fault.KubernetesApi;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What scenarios with Pods rest on: nodes that run them as processes, as a kubelet would. */
class NodesIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String PODS = "/api/v1/namespaces/default/pods/";

  @TempDir
  static Path folder;

  private static ControlPlane cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = ControlPlane.start(folder.resolve("kube"), "127.0.7.106");
    Map<String, Path> images = Map.of("shell", Path.of("/bin/sh"));
    cluster.startNode(0, 2, images);
    cluster.startNode(1, 2, images);
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  /** @param container more fields of its only container, in YAML's flow style */
  private static String pod(String name, String script, String container) {
    return """
        apiVersion: v1
        kind: Pod
        metadata: {name: %s}
        spec:
          terminationGracePeriodSeconds: 1
          containers: [{name: main, image: shell, command: [sh, -c, '%s'], %s}]
        """.formatted(name, script, container);
  }

  private static JsonNode statusOf(String pod) throws Exception {
    return cluster.api().get(PODS + pod).path("status");
  }

  private static boolean isReady(String pod) throws Exception {
    return statusOf(pod).at("/containerStatuses/0/ready").asBoolean();
  }

  private static boolean isGone(String pod) throws Exception {
    return cluster
        .api()
        .get("/api/v1/namespaces/default/pods?fieldSelector=metadata.name%3D" + pod)
        .path("items")
        .isEmpty();
  }

  @Test
  void aPodIsReadyOnceItsProbesSayThatItHasStartedAndIsReady() throws Exception {
    Path started = folder.resolve("started");
    Path ready = folder.resolve("ready");
    cluster.api().apply(pod("slow-0", "exec sleep 600", """
            startupProbe: {exec: {command: [test, -e, %s]}, periodSeconds: 1, failureThreshold: 1000},
            readinessProbe: {exec: {command: [test, -e, %s]}, periodSeconds: 1}
            """.formatted(started, ready)));
    await()
        .atMost(PATIENCE)
        .until(() -> statusOf("slow-0").path("phase").asText().equals("Running"));
    assertThat(isReady("slow-0")).isFalse();
    Files.createFile(started);
    await()
        .atMost(PATIENCE)
        .until(() -> statusOf("slow-0").at("/containerStatuses/0/started").asBoolean());
    Files.createFile(ready);
    await().atMost(PATIENCE).until(() -> isReady("slow-0"));
    Files.delete(ready);
    await().atMost(PATIENCE).until(() -> !isReady("slow-0"));
  }

  @Test
  void aContainerThatIsNotAliveOrEndsIsStartedAgain() throws Exception {
    cluster
        .api()
        .apply(
            pod(
                "sick-0",
                "exec sleep 600",
                "livenessProbe: {exec: {command: [\"false\"]}, periodSeconds: 1, failureThreshold: 1}"));
    cluster.api().apply(pod("short-0", "exit 1", ""));
    for (String name : Set.of("sick-0", "short-0")) {
      await()
          .atMost(PATIENCE)
          .until(() -> statusOf(name).at("/containerStatuses/0/restartCount").asInt() >= 2);
    }
  }

  @Test
  void whatShallComeBeforeTheEndComesFirstAndTheGracePeriodHasAnEnd() throws Exception {
    Path told = folder.resolve("told");
    String script = "trap \"echo term >> %s\" TERM; while true; do sleep 0.1; done".formatted(told);
    cluster.api().apply(pod("stubborn-0", script, """
            readinessProbe: {exec: {command: ["true"]}, periodSeconds: 1},
            lifecycle: {preStop: {exec: {command: [sh, -c, "echo before >> %s"]}}}
            """.formatted(told)));
    await().atMost(PATIENCE).until(() -> isReady("stubborn-0"));
    cluster.api().delete(PODS + "stubborn-0");
    await().atMost(PATIENCE).until(() -> isGone("stubborn-0"));
    assertThat(Files.readAllLines(told)).containsExactly("before", "term");
  }

  /** Two Pods, and a Service for their addresses. */
  private static String statefulSet(String name) {
    return """
        apiVersion: v1
        kind: Service
        metadata: {name: %1$s}
        spec: {clusterIP: None, selector: {app: %1$s}, ports: [{name: http, port: 80}]}
        ---
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: %1$s}
        spec:
          replicas: 2
          serviceName: %1$s
          podManagementPolicy: Parallel
          selector: {matchLabels: {app: %1$s}}
          template:
            metadata: {labels: {app: %1$s}}
            spec:
              terminationGracePeriodSeconds: 1
              containers: [{name: main, image: shell, command: [sh, -c, exec sleep 600]}]
        """.formatted(name);
  }

  @Test
  void podsOfAStatefulSetAreDealtOutToBothNodesAndTheirAddressesStandInEndpointSlices()
      throws Exception {
    cluster.api().apply(statefulSet("pair"));
    await().atMost(PATIENCE).until(() -> isReady("pair-0") && isReady("pair-1"));
    assertThat(cluster.api().get(PODS + "pair-0").at("/spec/nodeName").asText())
        .isEqualTo("node-0");
    assertThat(cluster.api().get(PODS + "pair-1").at("/spec/nodeName").asText())
        .isEqualTo("node-1");
    Set<String> addresses = Set.of(addressOf("pair-0"), addressOf("pair-1"));
    assertThat(addresses)
        .anyMatch(one -> one.startsWith("10.244.0."))
        .anyMatch(one -> one.startsWith("10.244.1."));
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(endpoints("pair")).isEqualTo(addresses));
    cluster.api().delete("/apis/apps/v1/namespaces/default/statefulsets/pair");
    await().atMost(PATIENCE).until(() -> isGone("pair-0") && isGone("pair-1"));
  }

  private static String addressOf(String pod) throws Exception {
    return statusOf(pod).path("podIP").asText();
  }

  private static Set<String> endpoints(String service) throws Exception {
    Set<String> ready = new TreeSet<>();
    cluster
        .api()
        .get("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices"
            + "?labelSelector=kubernetes.io/service-name%3D" + service)
        .path("items")
        .forEach(slice -> slice.path("endpoints").forEach(one -> {
          if (one.at("/conditions/ready").asBoolean()) {
            ready.add(one.at("/addresses/0").asText());
          }
        }));
    return ready;
  }

  @Test
  void aDisruptionBudgetKeepsPodsFromBeingEvictedAndTheirSetBringsOthers() throws Exception {
    cluster.api().apply(statefulSet("kept") + """
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: kept}
        spec: {minAvailable: 1, selector: {matchLabels: {app: kept}}}
        """);
    await().atMost(PATIENCE).until(() -> isReady("kept-0") && isReady("kept-1"));
    await().atMost(PATIENCE).until(() -> disruptionsAllowed("kept") == 1);
    String first = uidOf("kept-0");
    assertThat(cluster.api().evict("default", "kept-0").stored()).isTrue();
    KubernetesApi.Told second = cluster.api().evict("default", "kept-1");
    assertThat(second.stored()).isFalse();
    assertThat(second.message()).contains("disruption budget");
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsMatching(AssertionError.class::isInstance)
        .until(() -> !uidOf("kept-0").equals(first) && isReady("kept-0"));
    cluster.api().delete("/apis/policy/v1/namespaces/default/poddisruptionbudgets/kept");
    cluster.api().delete("/apis/apps/v1/namespaces/default/statefulsets/kept");
    await().atMost(PATIENCE).until(() -> isGone("kept-0") && isGone("kept-1"));
  }

  private static int disruptionsAllowed(String budget) throws Exception {
    return cluster
        .api()
        .get("/apis/policy/v1/namespaces/default/poddisruptionbudgets/" + budget)
        .at("/status/disruptionsAllowed")
        .asInt();
  }

  private static String uidOf(String pod) throws Exception {
    return cluster.api().get(PODS + pod).at("/metadata/uid").asText();
  }
}
