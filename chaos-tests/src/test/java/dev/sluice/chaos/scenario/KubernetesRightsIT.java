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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that has the rights of deploy/rbac.yaml and no others: serves, writes statuses, tells problems. */
class KubernetesRightsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String INGRESSES =
      "/apis/networking.k8s.io/v1/namespaces/default/ingresses/";

  @TempDir
  static Path folder;

  private static ControlPlane cluster;
  private static Backend backend;
  private static Installation sluice;

  @BeforeAll
  static void start() throws Exception {
    cluster = ControlPlane.start(folder.resolve("kube"), "127.0.7.102");
    backend = Backend.ofMachine();
    cluster.api().applyFile(Path.of("..", "deploy", "crds"));
    cluster.api().applyFile(Path.of("src", "test", "resources", "kinds"));
    cluster.api().applyFile(Path.of("..", "deploy", "rbac.yaml"));
    cluster.api().apply(Objects.ingressClass("nginx", "k8s.io/ingress-nginx"));
    cluster.api().apply(Objects.service("hello", backend));
    cluster.api().apply(Objects.ingress("hello", "hello.localhost", "/", "hello"));
    String token = cluster.api().tokenOf("sluice", "sluice");
    sluice = Installation.start(
        folder.resolve("data"),
        "127.0.7.112",
        "run",
        "--manifests",
        Files.createDirectories(folder.resolve("none")).toString(),
        "--set",
        "sluice.node.declarations=kubernetes",
        "--set",
        "sluice.ingress.kubernetes.kubeconfig=" + cluster.kubeconfigFor("sluice", token),
        "--set",
        "sluice.ingress.kubernetes.watch-time=2 s",
        // Every namespace has this label.
        "--set",
        "sluice.ingress.class.namespace-selector=kubernetes.io/metadata.name",
        "--set",
        "sluice.ingress.status.addresses=192.0.2.7,gateway.example.com",
        "--set",
        "sluice.ingress.status.event-interval=1 s");
  }

  @AfterAll
  static void stop() {
    if (sluice != null) {
      sluice.close();
    }
    if (backend != null) {
      backend.close();
    }
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void writesAddressesIntoTheStatusOfItsIngressesAndNoOthers() throws Exception {
    cluster.api().apply(Objects.ingressClass("other", "example.com/other"));
    cluster
        .api()
        .apply(
            Objects.ingress("others", "others.localhost", "/", "hello").replace("nginx", "other"));
    cluster.api().apply(Objects.ingress("later", "later.localhost", "/", "hello"));
    for (String name : List.of("hello", "later")) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(status(name).toString())
              .isEqualTo("[{\"ip\":\"192.0.2.7\"},{\"hostname\":\"gateway.example.com\"}]"));
    }
    assertThat(status("others").isMissingNode()).isTrue();
  }

  private static JsonNode status(String ingress) throws Exception {
    return cluster.api().get(INGRESSES + ingress).at("/status/loadBalancer/ingress");
  }

  @Test
  void tellsAProblemAsAnEventOfItsObjectAndAgainWhileItLasts() throws Exception {
    cluster.api().apply(Objects.ingress("lost", "lost.localhost", "/", "nowhere"));
    await().atMost(PATIENCE).until(() -> !events("lost").isEmpty());
    JsonNode event = events("lost").get(0);
    assertThat(event.path("type").asText()).isEqualTo("Warning");
    assertThat(event.path("message").asText())
        .contains("spec.rules[0].http.paths[0].backend.service.name")
        .contains("Service default/nowhere does not exist");
    assertThat(event.at("/involvedObject/uid").asText())
        .isEqualTo(cluster.api().get(INGRESSES + "lost").at("/metadata/uid").asText());
    String first = event.path("lastTimestamp").asText();
    await()
        .atMost(PATIENCE)
        .until(() -> !events("lost").get(0).path("lastTimestamp").asText().equals(first));
    assertThat(events("lost")).hasSize(1);
    assertThat(Http.hello(sluice.url(1)).status()).isEqualTo(200);
  }

  private static List<JsonNode> events(String ingress) throws Exception {
    List<JsonNode> found = new ArrayList<>();
    cluster
        .api()
        .get("/api/v1/namespaces/default/events?fieldSelector=involvedObject.name%3D" + ingress)
        .path("items")
        .forEach(found::add);
    return found;
  }

  @Test
  void aSecretOfAnotherNamespaceIsReadWhereAReferenceGrantLetsIt() throws Exception {
    cluster.api().apply("""
        apiVersion: v1
        kind: Namespace
        metadata: {name: vault}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: users, namespace: vault}
        stringData: {auth: "joe:{PLAIN}secret"}
        """);
    cluster
        .api()
        .apply(Objects.ingress("guarded", "guarded.localhost", "/", "hello")
            .replace(
                "{name: guarded}",
                "{name: guarded, annotations: {nginx.ingress.kubernetes.io/auth-type: basic, "
                    + "nginx.ingress.kubernetes.io/auth-secret: vault/users}}"));
    await().atMost(PATIENCE).until(() -> statusOf("guarded.localhost") == 503);
    cluster.api().apply("""
        apiVersion: gateway.networking.k8s.io/v1beta1
        kind: ReferenceGrant
        metadata: {name: users, namespace: vault}
        spec:
          from: [{group: networking.k8s.io, kind: Ingress, namespace: default}]
          to: [{group: "", kind: Secret, name: users}]
        """);
    await().atMost(PATIENCE).until(() -> statusOf("guarded.localhost") == 401);
    cluster
        .api()
        .delete("/apis/gateway.networking.k8s.io/v1beta1/namespaces/vault/referencegrants/users");
    await().atMost(PATIENCE).until(() -> statusOf("guarded.localhost") == 503);
  }

  private static int statusOf(String host) throws Exception {
    return Http.get(sluice.url(1) + "/", "Host", host).status();
  }

  /** So that a rule without which it would run too, and one that is missing, both fail here. */
  @Test
  void usesEveryRightThatItHasAndAsksForNoOther() throws Exception {
    cluster.api().apply(Objects.ingress("astray", "astray.localhost", "/", "nowhere"));
    Set<String> granted = Rights.granted(cluster, "sluice", "sluice");
    assertThat(granted).isNotEmpty();
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(Rights.asked(cluster)).isEqualTo(granted));
    assertThat(sluice.admin(1, "problems").body()).doesNotContain("can't be read");
  }
}
