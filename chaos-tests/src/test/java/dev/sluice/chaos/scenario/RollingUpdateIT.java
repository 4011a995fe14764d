package dev.sluice.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.chaos.check.Rights;
import dev.sluice.chaos.fault.Backend;
import dev.sluice.chaos.fault.ControlPlane;
import dev.sluice.chaos.fault.Installation;
import dev.sluice.chaos.fault.Objects;
import dev.sluice.chaos.traffic.Http;
import dev.sluice.chaos.traffic.SteadyTraffic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sluice as a StatefulSet of two on two nodes, behind a load balancer that follows EndpointSlices. */
class RollingUpdateIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String SET = "/apis/apps/v1/namespaces/sluice/statefulsets/sluice";
  private static final String FRONT = "127.0.7.129:8080";

  @TempDir
  Path folder;

  private static String set(String database, String version) {
    return """
        apiVersion: v1
        kind: Service
        metadata: {name: sluice, namespace: sluice}
        spec: {selector: {app: sluice}, ports: [{name: http, port: 80, targetPort: http}]}
        ---
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: sluice, namespace: sluice}
        spec:
          replicas: 2
          serviceName: sluice
          podManagementPolicy: Parallel
          selector: {matchLabels: {app: sluice}}
          template:
            metadata: {labels: {app: sluice}, annotations: {version: "%2$s"}}
            spec:
              serviceAccountName: sluice
              terminationGracePeriodSeconds: 60
              containers:
                - name: sluice
                  image: sluice
                  args:
                    - node
                    - --set=sluice.node.name=$(POD_NAME)
                    - --set=sluice.node.declarations=kubernetes
                    - --set=sluice.node.database=%1$s
                    - --set=sluice.edge.host=$(POD_IP)
                    - --set=sluice.admin.host=$(POD_IP)
                    - --set=sluice.health.host=$(POD_IP)
                    - --set=sluice.metrics.host=$(POD_IP)
                    - --set=sluice.cluster.host=$(POD_IP)
                    - --set=sluice.cluster.seeds=127.244.0.10:25520,127.244.1.11:25520
                    - --set=sluice.ingress.status.addresses=192.0.2.7
                  env:
                    - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                    - {name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
                  ports: [{name: http, containerPort: 8080}, {name: health, containerPort: 8558}]
                  startupProbe: {httpGet: {path: /ready, port: health}, periodSeconds: 1, failureThreshold: 120}
                  readinessProbe: {httpGet: {path: /ready, port: health}, periodSeconds: 1, timeoutSeconds: 5}
                  livenessProbe: {httpGet: {path: /alive, port: health}, periodSeconds: 5, timeoutSeconds: 10, failureThreshold: 6}
                  lifecycle: {preStop: {sleep: {seconds: 2}}}
        """.formatted(database, version);
  }

  @Test
  void aRollingUpdateFailsNoRequest() throws Exception {
    try (ControlPlane cluster = ControlPlane.start(folder.resolve("kube"), "127.0.7.107");
        Backend backend = Backend.ofMachine();
        Installation database = Installation.start(
            folder.resolve("data"),
            "127.0.7.128",
            "run",
            "--manifests",
            Files.createDirectories(folder.resolve("none")).toString())) {
      cluster.api().applyFile(Path.of("..", "deploy", "crds"));
      cluster.api().applyFile(Path.of("..", "deploy", "rbac.yaml"));
      cluster.api().apply(Objects.ingressClass("nginx", "k8s.io/ingress-nginx"));
      cluster.api().apply(Objects.service("hello", backend));
      cluster.api().apply(Objects.ingress("hello", "hello.localhost", "/", "hello"));
      Map<String, Path> images =
          Map.of("sluice", Path.of("..", "sluice").toAbsolutePath().normalize());
      cluster.startNode(0, 2, images);
      cluster.startNode(1, 2, images);
      cluster.startBalancer(FRONT, "sluice", "sluice", "http");
      cluster.api().apply(set(database.databaseUrl(), "1"));
      await().atMost(PATIENCE).until(() -> isRolledOut(cluster));
      await().atMost(PATIENCE).until(RollingUpdateIT::answers);
      assertThat(Rights.asked(cluster)).isSubsetOf(Rights.granted(cluster, "sluice", "sluice"));
      try (SteadyTraffic traffic = SteadyTraffic.to("http://" + FRONT)) {
        cluster.api().apply(set(database.databaseUrl(), "2"));
        await().atMost(PATIENCE).until(() -> isRolledOut(cluster));
        long until = traffic.answered() + 100;
        await().atMost(PATIENCE).until(() -> traffic.answered() >= until);
        assertThat(traffic.failures()).isEmpty();
        System.out.println("a rolling update: " + traffic.answered() + " requests, none failed");
      }
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(cluster
                  .api()
                  .get("/apis/networking.k8s.io/v1/namespaces/default/ingresses/hello")
                  .at("/status/loadBalancer/ingress/0/ip")
                  .asText())
              .isEqualTo("192.0.2.7"));
    }
  }

  private static boolean answers() throws InterruptedException {
    try {
      return Http.hello("http://" + FRONT).status() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isRolledOut(ControlPlane cluster) throws Exception {
    JsonNode set = cluster.api().get(SET);
    JsonNode status = set.path("status");
    return status.path("observedGeneration").asLong()
            == set.at("/metadata/generation").asLong()
        && status.path("readyReplicas").asInt() == 2
        && status.path("updatedReplicas").asInt() == 2
        && status.path("currentRevision").equals(status.path("updateRevision"));
  }
}
