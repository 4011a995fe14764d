package dev.sluice.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.chaos.fault.Backend;
import dev.sluice.chaos.fault.ControlPlane;
import dev.sluice.chaos.fault.Installation;
import dev.sluice.chaos.fault.Objects;
import dev.sluice.chaos.traffic.Http;
import dev.sluice.chaos.traffic.SteadyTraffic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real API server holds is what is served. */
class KubernetesIT {
  /** Requests that are answered while the API server is away; {@code -Dsluice.outage-requests=200000} for minutes. */
  private static final int OUTAGE_REQUESTS = Integer.getInteger("sluice.outage-requests", 2_000);

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String INGRESSES =
      "/apis/networking.k8s.io/v1/namespaces/default/ingresses/";

  @TempDir
  static Path folder;

  private static ControlPlane cluster;
  private static Backend backend;
  private static Installation sluice;

  @BeforeAll
  static void start() throws Exception {
    cluster = ControlPlane.start(folder.resolve("kube"), "127.0.7.101");
    backend = Backend.ofMachine();
    cluster.api().applyFile(Path.of("..", "deploy", "crds"));
    cluster.api().apply(Objects.ingressClass("nginx", "k8s.io/ingress-nginx"));
    cluster.api().apply(Objects.service("hello", backend));
    cluster.api().apply(Objects.ingress("hello", "hello.localhost", "/", "hello"));
    sluice = Installation.start(
        folder.resolve("data"),
        "127.0.7.111",
        "run",
        "--manifests",
        Files.createDirectories(folder.resolve("none")).toString(),
        "--set",
        "sluice.node.declarations=kubernetes",
        "--set",
        "sluice.ingress.kubernetes.kubeconfig=" + cluster.kubeconfig());
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

  private static int status(String host, String path) throws Exception {
    return Http.get(sluice.url(1) + path, "Host", host).status();
  }

  private static void awaitStatus(String host, String path, int status) {
    await().atMost(PATIENCE).until(() -> status(host, path) == status);
  }

  @Test
  void servesAnIngressFromItsCreationOverItsChangeToItsEnd() throws Exception {
    assertThat(status("hello.localhost", "/")).isEqualTo(200);
    cluster.api().apply(Objects.ingress("shop", "shop.localhost", "/old", "hello"));
    awaitStatus("shop.localhost", "/old", 200);
    cluster.api().apply(Objects.ingress("shop", "shop.localhost", "/new", "hello"));
    awaitStatus("shop.localhost", "/new", 200);
    assertThat(status("shop.localhost", "/old")).isEqualTo(404);
    cluster.api().delete(INGRESSES + "shop");
    awaitStatus("shop.localhost", "/new", 404);
  }

  @Test
  void followsEndpointsAsTheyComeAndGo() throws Exception {
    cluster.api().apply(Objects.service("moving", backend));
    cluster.api().apply(Objects.ingress("moving", "moving.localhost", "/", "moving"));
    awaitStatus("moving.localhost", "/", 200);
    cluster.api().delete("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/moving-1");
    awaitStatus("moving.localhost", "/", 503);
    cluster.api().apply(Objects.service("moving", backend));
    awaitStatus("moving.localhost", "/", 200);
  }

  @Test
  void leavesIngressesOfOtherControllersAlone() throws Exception {
    cluster.api().apply(Objects.ingressClass("other", "example.com/other"));
    cluster
        .api()
        .apply(
            Objects.ingress("others", "others.localhost", "/", "hello").replace("nginx", "other"));
    cluster.api().apply(Objects.ingress("after", "after.localhost", "/", "hello"));
    awaitStatus("after.localhost", "/", 200);
    assertThat(status("others.localhost", "/")).isEqualTo(404);
    cluster.api().apply(Objects.ingress("others", "others.localhost", "/", "hello"));
    awaitStatus("others.localhost", "/", 200);
  }

  @Test
  void servesOnWhileTheApiServerIsAwayAndCatchesUpWhenItIsBack() throws Exception {
    try (SteadyTraffic traffic = SteadyTraffic.to(sluice.url(1))) {
      cluster.killApiServer();
      await().atMost(PATIENCE).until(() -> problems().contains("the API server can't be read"));
      long until = traffic.answered() + OUTAGE_REQUESTS;
      await().atMost(Duration.ofMinutes(5)).until(() -> traffic.answered() >= until);
      cluster.startApiServer();
      cluster.api().apply(Objects.ingress("meanwhile", "meanwhile.localhost", "/", "hello"));
      awaitStatus("meanwhile.localhost", "/", 200);
      await().atMost(PATIENCE).until(() -> !problems().contains("the API server can't be read"));
      assertThat(traffic.failures()).isEmpty();
      assertThat(traffic.answered()).isPositive();
    }
  }

  @Test
  void takesAStoreThatWasPutBackForWhatIsDeclared() throws Exception {
    cluster.killApiServer();
    cluster.keepStore();
    cluster.startApiServer();
    cluster.api().apply(Objects.ingress("lost", "lost.localhost", "/", "hello"));
    awaitStatus("lost.localhost", "/", 200);
    cluster.killApiServer();
    cluster.putBack();
    cluster.startApiServer();
    awaitStatus("lost.localhost", "/", 404);
    assertThat(status("hello.localhost", "/")).isEqualTo(200);
    cluster.api().apply(Objects.ingress("found", "found.localhost", "/", "hello"));
    awaitStatus("found.localhost", "/", 200);
  }

  /** An object, and what its Event must say: the field, and what was found there. */
  private record Broken(String kind, String name, String yaml, String field, String found) {}

  private static Broken brokenIngress(String name, String spec, String field, String found) {
    String yaml = """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: %s}
        spec: %s
        """.formatted(name, spec);
    return new Broken("Ingress", name, yaml, field, found);
  }

  private static String toService(String host, String service, String port) {
    return """
        {ingressClassName: nginx, rules: [{host: %s, http: {paths: [{path: /, pathType: Prefix,
          backend: {service: {name: %s, port: {%s}}}}]}}]}
        """.formatted(host, service, port);
  }

  private static List<Broken> broken() {
    String path = "spec.rules[0].http.paths[0]";
    return List.of(
        brokenIngress(
            "no-service",
            toService("b1.localhost", "nowhere", "number: 80"),
            path + ".backend.service.name",
            "Service default/nowhere does not exist"),
        brokenIngress(
            "no-port",
            toService("b2.localhost", "hello", "number: 81"),
            path + ".backend.service.port",
            "no port number 81"),
        brokenIngress(
            "no-port-name",
            toService("b3.localhost", "hello", "name: grpc"),
            path + ".backend.service.port",
            "no port \"grpc\""),
        brokenIngress(
            "bucket",
            "{ingressClassName: nginx, defaultBackend: {resource: {apiGroup: example.com, kind: Bucket, name: b}}}",
            "spec.defaultBackend.resource",
            "resource backends can't be served"),
        brokenIngress(
            "no-class",
            toService("b4.localhost", "hello", "number: 80").replace("nginx", "apache"),
            "spec.ingressClassName",
            "there is no IngressClass \"apache\""),
        brokenIngress(
            "taken",
            toService("hello.localhost", "hello", "number: 80"),
            path + ".path",
            "held by Ingress default/hello"),
        brokenIngress(
            "no-secret",
            toService("b5.localhost", "hello", "number: 80")
                .replace("nginx,", "nginx, tls: [{hosts: [b5.localhost], secretName: gone}],"),
            "spec.tls[0].secretName",
            "gone"),
        new Broken("ModelRoute", "no-provider", """
            apiVersion: sluice.dev/v1alpha1
            kind: ModelRoute
            metadata: {name: no-provider}
            spec: {models: ["*"], targets: [{provider: nobody}]}
            """, "spec.targets[0].provider", "nobody"));
  }

  @Test
  void tellsEachObjectThatItCannotHonourByAnEventAndServesTheOthers() throws Exception {
    for (Broken one : broken()) {
      cluster.api().apply(one.yaml());
    }
    for (Broken one : broken()) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(events(one))
              .as(one.name())
              .contains(one.field() + ": ")
              .contains(one.found()));
    }
    assertThat(status("hello.localhost", "/")).isEqualTo(200);
  }

  private static String events(Broken one) throws Exception {
    StringBuilder messages = new StringBuilder();
    cluster
        .api()
        .get("/api/v1/namespaces/default/events?fieldSelector=involvedObject.kind%3D" + one.kind()
            + ",involvedObject.name%3D" + one.name())
        .path("items")
        .forEach(event -> messages.append(event.path("message").asText()).append('\n'));
    return messages.toString();
  }

  @Test
  void servesWhatWasDeclaredAfterARestartWhileTheApiServerIsAway() throws Exception {
    Path kept = folder.resolve("kept");
    try (Installation first = startKeeping(kept)) {
      assertThat(Http.hello(first.url(1)).status()).isEqualTo(200);
      await().atMost(PATIENCE).until(() -> Files.exists(kept));
      first.stop();
    }
    cluster.killApiServer();
    try (Installation second = startKeeping(kept)) {
      assertThat(Http.hello(second.url(1)).status()).isEqualTo(200);
      assertThat(second.admin(1, "problems").body()).contains("what was kept at");
      cluster.startApiServer();
      cluster.api().apply(Objects.ingress("thereafter", "thereafter.localhost", "/", "hello"));
      await()
          .atMost(PATIENCE)
          .until(() ->
              Http.get(second.url(1) + "/", "Host", "thereafter.localhost").status() == 200);
      assertThat(second.admin(1, "problems").body()).doesNotContain("what was kept at");
    }
  }

  private static Installation startKeeping(Path kept) throws Exception {
    return Installation.start(
        folder.resolve("data-keeping"),
        "127.0.7.114",
        "run",
        "--manifests",
        folder.resolve("none").toString(),
        "--set",
        "sluice.node.declarations=kubernetes",
        "--set",
        "sluice.ingress.kept.file=" + kept,
        "--set",
        "sluice.ingress.kept.patience=1 s",
        "--set",
        "sluice.ingress.kubernetes.kubeconfig=" + cluster.kubeconfig());
  }

  private static String problems() throws Exception {
    return sluice.admin(1, "problems").body();
  }
}
