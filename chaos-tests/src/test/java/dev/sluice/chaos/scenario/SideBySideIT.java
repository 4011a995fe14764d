package dev.sluice.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.chaos.check.Rights;
import dev.sluice.chaos.fault.Backend;
import dev.sluice.chaos.fault.ControlPlane;
import dev.sluice.chaos.fault.Installation;
import dev.sluice.chaos.fault.Objects;
import dev.sluice.chaos.fault.ServerKeys;
import dev.sluice.chaos.traffic.Http;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * A cluster that is moved from another controller: first Sluice only observes and compares, then it serves. The other
 * controller is a server that answers as one would.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SideBySideIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String INGRESSES =
      "/apis/networking.k8s.io/v1/namespaces/default/ingresses/";
  private static final String OLD_STATUS = """
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata: {name: hello}
      status: {loadBalancer: {ingress: [{ip: 198.51.100.1}]}}
      """;

  private static final String OBSERVER = "127.0.7.124";

  @TempDir
  static Path folder;

  private static ControlPlane cluster;
  private static Backend backend;
  private static HttpServer old;
  private static Installation observer;
  private static ServerKeys keys;

  @BeforeAll
  static void start() throws Exception {
    cluster = ControlPlane.start(folder.resolve("kube"), "127.0.7.104");
    backend = Backend.ofMachine();
    old = oldController();
    keys = ServerKeys.create(folder.resolve("keys"), OBSERVER);
    cluster.api().applyFile(Path.of("..", "deploy", "crds"));
    cluster.api().apply(readOnly(Files.readString(Path.of("..", "deploy", "rbac.yaml"))));
    cluster.api().apply(Objects.ingressClass("nginx", "k8s.io/ingress-nginx"));
    cluster.api().apply(Objects.service("hello", backend));
    cluster.api().apply(Objects.ingress("hello", "hello.localhost", "/", "hello"));
    cluster.api().apply(Objects.ingress("broken", "broken.localhost", "/", "nowhere"));
    cluster.api().applyStatus(OLD_STATUS);
    String token = cluster.api().tokenOf("sluice", "sluice");
    observer = Installation.start(
        folder.resolve("observer"),
        OBSERVER,
        arguments(
            cluster.kubeconfigFor("observer", token),
            "sluice.node.mode=observe",
            "sluice.ingress.kubernetes.watch-time=2 s",
            "sluice.metrics.nginx.on=on",
            "sluice.webhook.on=on",
            "sluice.webhook.host=" + OBSERVER,
            "sluice.webhook.certificate-file=" + keys.certificate(),
            "sluice.webhook.key-file=" + keys.key(),
            "sluice.metrics.nginx.pod=pod-1",
            "sluice.proxy.shadow.against=127.0.0.1",
            "sluice.proxy.shadow.http-port=" + old.getAddress().getPort()));
  }

  private static String[] arguments(Path kubeconfig, String... settings) throws Exception {
    List<String> all = new ArrayList<>(List.of(
        "run",
        "--manifests",
        Files.createDirectories(folder.resolve("none")).toString(),
        "--set",
        "sluice.node.declarations=kubernetes",
        "--set",
        "sluice.ingress.kubernetes.kubeconfig=" + kubeconfig,
        "--set",
        "sluice.ingress.status.addresses=192.0.2.7,gateway.example.com"));
    for (String setting : settings) {
      all.addAll(List.of("--set", setting));
    }
    return all.toArray(String[]::new);
  }

  /** The rights that nothing is written with. */
  private static String readOnly(String rbac) {
    String reading = rbac.replaceAll(
        "(?m)^  - apiGroups: .*\\n.*\\n    verbs: \\[[^\\]]*(?:patch|create)[^\\]]*]\\n", "");
    assertThat(reading).isNotEqualTo(rbac).contains("[list, watch]");
    return reading;
  }

  private static HttpServer oldController() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> {
      byte[] body = "hello".getBytes(StandardCharsets.UTF_8);
      boolean guarded = exchange.getRequestURI().getPath().equals("/guarded");
      exchange.sendResponseHeaders(guarded ? 403 : 200, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    server.start();
    return server;
  }

  @AfterAll
  static void stop() {
    if (observer != null) {
      observer.close();
    }
    if (old != null) {
      old.stop(0);
    }
    if (backend != null) {
      backend.close();
    }
    if (cluster != null) {
      cluster.close();
    }
  }

  private static int status(String host, String path) throws Exception {
    return Http.get(observer.url(1) + path, "Host", host).status();
  }

  private static JsonNode addresses() throws Exception {
    return cluster.api().get(INGRESSES + "hello").at("/status/loadBalancer/ingress");
  }

  @Test
  @Order(1)
  void anObserverServesWhatIsSentToItAndWritesNothing() throws Exception {
    assertThat(status("hello.localhost", "/")).isEqualTo(200);
    JsonNode status = observer.admin(1, "status").json();
    assertThat(status.path("mode").asText()).isEqualTo("observe");
    assertThat(status.path("writesStatuses").asBoolean(true)).isFalse();
    await()
        .atMost(PATIENCE)
        .until(() -> Rights.asked(cluster).stream().anyMatch(one -> one.startsWith("watch ")));
    assertThat(observer.admin(1, "problems").body())
        .contains("Service default/nowhere does not exist")
        .doesNotContain("can't be read");
    cluster.api().apply(Objects.ingress("second", "second.localhost", "/", "hello"));
    await().atMost(PATIENCE).until(() -> status("second.localhost", "/") == 200);
    assertThat(Rights.asked(cluster)).isNotEmpty().allMatch(Rights::reads);
    assertThat(addresses().toString()).contains("198.51.100.1").doesNotContain("192.0.2.7");
    assertThat(cluster
            .api()
            .get("/api/v1/namespaces/default/events?fieldSelector=involvedObject.kind%3DIngress")
            .path("items"))
        .isEmpty();
  }

  @Test
  @Order(2)
  void itListsWhereItsAnswersDifferFromThoseOfTheOtherController() throws Exception {
    assertThat(status("hello.localhost", "/same")).isEqualTo(200);
    assertThat(status("hello.localhost", "/guarded?token=secret")).isEqualTo(200);
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(differences()).hasSize(1));
    JsonNode difference = differences().get(0);
    assertThat(difference.path("host").asText()).isEqualTo("hello.localhost");
    assertThat(difference.path("object").asText()).isEqualTo("Ingress default/hello");
    assertThat(difference.path("what").asText()).isEqualTo("status");
    assertThat(difference.path("ours").asText()).isEqualTo("200");
    assertThat(difference.path("theirs").asText()).isEqualTo("403");
    assertThat(difference.path("path").asText()).isEqualTo("/guarded");
    await()
        .atMost(PATIENCE)
        .until(
            () -> observer.page(1, 9095, "/metrics").body().contains("sluice_shadow_differences"));
  }

  private static List<JsonNode> differences() throws Exception {
    List<JsonNode> all = new ArrayList<>();
    for (JsonNode one : observer.admin(1, "shadow").json().path("differences")) {
      if (one.path("host")
          .asText()
          .equals("hello.localhost")) { // others were asked for before they had a route
        all.add(one);
      }
    }
    return all;
  }

  @Test
  @Order(3)
  void metricsStandUnderTheNamesOfIngressNginx() throws Exception {
    assertThat(status("hello.localhost", "/counted")).isEqualTo(200);
    String labels =
        "{canary=\"\",controller_class=\"k8s.io/ingress-nginx\",controller_namespace=\"ingress-nginx\","
            + "controller_pod=\"pod-1\",host=\"hello.localhost\",ingress=\"hello\",method=\"GET\",namespace=\"default\","
            + "path=\"/\",service=\"hello\",status=\"200\"";
    String page = observer.page(1, 9095, "/metrics").body();
    assertThat(page)
        .containsPattern("(?m)^nginx_ingress_controller_requests"
            + java.util.regex.Pattern.quote(labels) + "} [1-9]")
        .contains(
            "nginx_ingress_controller_request_duration_seconds_bucket" + labels + ",le=\"0.005\"}")
        .containsPattern("(?m)^nginx_ingress_controller_response_duration_seconds_count"
            + java.util.regex.Pattern.quote(labels) + "} [1-9]")
        .contains("nginx_ingress_controller_config_last_reload_successful{", "} 1\n")
        .containsPattern("nginx_process_connections\\{[^}]*state=\"active\"} [1-9]")
        .contains("sluice_");
  }

  @Test
  @Order(4)
  void certificatesGoOnBeingMadeByChallengesOverPlainHttp() throws Exception {
    String host = "secure.localhost";
    cluster.api().apply(secured(host, ""));
    await().atMost(PATIENCE).until(() -> status(host, "/") == 308);
    cluster.api().apply(solver(host, "token-1"));
    String challenge = "/.well-known/acme-challenge/token-1";
    await().atMost(PATIENCE).until(() -> status(host, challenge) == 200);
    assertThat(status(host, "/")).isEqualTo(308);
    cluster.api().delete(INGRESSES + "cm-acme-http-solver-x7k2p");
    await().atMost(PATIENCE).until(() -> status(host, "/") == 308);
  }

  @Test
  @Order(5)
  void aChallengeInTheIngressItselfIsNotRedirectedEither() throws Exception {
    String host = "in-place.localhost";
    cluster
        .api()
        .apply(
            secured(
                host,
                "{path: /.well-known/acme-challenge/token-2, pathType: ImplementationSpecific, "
                    + "backend: {service: {name: cm-acme-http-solver-x7k2p, port: {number: 8089}}}}, "));
    cluster.api().apply(solver("unused.localhost", "token-2"));
    await()
        .atMost(PATIENCE)
        .until(() -> status(host, "/.well-known/acme-challenge/token-2") == 200);
    assertThat(status(host, "/")).isEqualTo(308);
  }

  /** An Ingress that asks for TLS, as people write them for cert-manager; its Secret is not there yet. */
  private static String secured(String host, String morePaths) {
    return """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: %1$s
          annotations:
            cert-manager.io/cluster-issuer: letsencrypt
            nginx.ingress.kubernetes.io/force-ssl-redirect: "true"
        spec:
          ingressClassName: nginx
          tls: [{hosts: [%1$s], secretName: %1$s-tls}]
          rules:
            - host: %1$s
              http:
                paths: [%2$s{path: /, pathType: Prefix, backend: {service: {name: hello, port: {number: 80}}}}]
        """.formatted(host, morePaths);
  }

  /** What cert-manager makes for a challenge, with the class in the annotation as its {@code class} field does. */
  private static String solver(String host, String token) {
    return """
        apiVersion: v1
        kind: Service
        metadata:
          name: cm-acme-http-solver-x7k2p
          annotations: {auth.istio.io/8089: NONE}
          labels: {acme.cert-manager.io/http01-solver: "true"}
        spec:
          type: NodePort
          ports: [{name: http, port: 8089, targetPort: 8089}]
        ---
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: cm-acme-http-solver-x7k2p-1, labels: {kubernetes.io/service-name: cm-acme-http-solver-x7k2p}}
        addressType: IPv4
        ports: [{name: http, port: %3$d}]
        endpoints: [{addresses: ["%4$s"]}]
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: cm-acme-http-solver-x7k2p
          annotations:
            kubernetes.io/ingress.class: nginx
            nginx.ingress.kubernetes.io/whitelist-source-range: 0.0.0.0/0,::/0
          labels: {acme.cert-manager.io/http01-solver: "true"}
        spec:
          rules:
            - host: %1$s
              http:
                paths:
                  - path: /.well-known/acme-challenge/%2$s
                    pathType: ImplementationSpecific
                    backend: {service: {name: cm-acme-http-solver-x7k2p, port: {number: 8089}}}
        """.formatted(host, token, backend.port(), backend.address());
  }

  @Test
  @Order(6)
  void itsWebhookWarnsAndKeepsNothingFromBeingStored() throws Exception {
    cluster.api().apply(Objects.webhook(OBSERVER, keys));
    String bad = Objects.ingress("warned", "warned.localhost", "/", "hello")
        .replace(
            "{name: warned}",
            "{name: warned, annotations: {nginx.ingress.kubernetes.io/limit-rps: eleven}}");
    await()
        .atMost(PATIENCE)
        .until(() -> cluster.api().applyAndTell(bad).warnings().toString().contains("limit-rps"));
    assertThat(cluster.api().applyAndTell(bad).stored()).isTrue();
    await().atMost(PATIENCE).until(() -> status("warned.localhost", "/") == 503);
    cluster
        .api()
        .delete("/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/sluice");
  }

  /** What external-dns makes records of are the addresses in the status: of a Service in front here, by name and by number. */
  @Test
  @Order(7)
  void onceItServesItsAddressesStandWhereThoseOfTheOtherControllerStood() throws Exception {
    cluster.api().apply("""
        apiVersion: v1
        kind: Service
        metadata: {name: front}
        spec: {type: LoadBalancer, ports: [{port: 80}]}
        """);
    cluster.api().applyStatus("""
        apiVersion: v1
        kind: Service
        metadata: {name: front}
        status: {loadBalancer: {ingress: [{hostname: lb.example.com}, {ip: 203.0.113.9}]}}
        """);
    assertThat(addresses().toString()).isEqualTo("[{\"ip\":\"198.51.100.1\"}]");
    try (Installation serving = Installation.start(
        folder.resolve("serving"),
        "127.0.7.125",
        arguments(
            cluster.kubeconfig(),
            "sluice.ingress.status.addresses=",
            "sluice.ingress.status.service=default/front"))) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(addresses().toString())
              .isEqualTo("[{\"ip\":\"203.0.113.9\"},{\"hostname\":\"lb.example.com\"}]"));
      assertThat(serving.admin(1, "status").json().path("mode").asText()).isEqualTo("serve");
    }
  }
}
