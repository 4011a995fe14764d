package dev.sluice.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.chaos.fault.Backend;
import dev.sluice.chaos.fault.Command;
import dev.sluice.chaos.fault.ControlPlane;
import dev.sluice.chaos.fault.Installation;
import dev.sluice.chaos.fault.KubernetesApi;
import dev.sluice.chaos.fault.Objects;
import dev.sluice.chaos.fault.ServerKeys;
import dev.sluice.chaos.traffic.Http;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * A cluster in which somebody has stored Ingresses to break in: the report names them before anything is installed; the
 * gateway refuses each with an Event, and serves the others; its webhook lets no more of them in.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BeforehandIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String ADDRESS = "127.0.7.125";
  private static final Map<String, String> HOSTILE = hostile();

  @TempDir
  static Path folder;

  private static ControlPlane cluster;
  private static Backend backend;
  private static ServerKeys keys;
  private static Installation installation;

  /** Annotations by the name of their Ingress; a colon parts key and value. */
  private static Map<String, String> hostile() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("realm", "auth-realm: a\\u0007b");
    all.put("kind", "auth-type: xbasic");
    all.put("question", "auth-url: http://$http_x/");
    all.put("metadata", "auth-url: http://169.254.169.254/latest");
    all.put("foreign", "auth-tls-secret: other/ca");
    all.put("host", "upstream-vhost: a; proxy_pass b");
    all.put("redirect", "permanent-redirect: https://a/;}");
    all.put("script", "temporal-redirect: javascript:alert(1)");
    all.put("ranges", "whitelist-source-range: all");
    all.put("limit", "limit-rps: ten");
    all.put("firewall", "modsecurity-snippet: Include /etc/passwd");
    all.put("variable", "mirror-target: http://a/$evil");
    return all;
  }

  private static String ingress(String name, String annotation) {
    int colon = annotation.indexOf(": ");
    return Objects.ingress(name, name + ".localhost", "/", "hello")
        .replace(
            "metadata: {name: " + name + "}",
            "metadata: {name: " + name + ", annotations: {nginx.ingress.kubernetes.io/"
                + annotation.substring(0, colon) + ": \"" + annotation.substring(colon + 2)
                + "\"}}");
  }

  @BeforeAll
  static void start() throws Exception {
    cluster = ControlPlane.start(folder.resolve("kube"), "127.0.7.105");
    backend = Backend.ofMachine();
    keys = ServerKeys.create(folder.resolve("keys"), ADDRESS);
    cluster.api().apply(Objects.ingressClass("nginx", "k8s.io/ingress-nginx"));
    cluster.api().apply(Objects.service("hello", backend));
    cluster.api().apply(Objects.ingress("hello", "hello.localhost", "/", "hello"));
    for (Map.Entry<String, String> one : HOSTILE.entrySet()) {
      cluster.api().apply(ingress(one.getKey(), one.getValue()));
    }
    cluster.api().apply("""
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: pattern, annotations: {nginx.ingress.kubernetes.io/use-regex: 'true'}}
        spec:
          ingressClassName: nginx
          rules:
            - host: pattern.localhost
              http:
                paths:
                  - path: '/(((((a{1000}){1000}){1000}){1000}){9})'
                    pathType: ImplementationSpecific
                    backend: {service: {name: hello, port: {number: 80}}}
        """);
  }

  @AfterAll
  static void stop() {
    if (installation != null) {
      installation.close();
    }
    if (backend != null) {
      backend.close();
    }
    if (cluster != null) {
      cluster.close();
    }
  }

  private static Command sluice(String... arguments) throws Exception {
    return Command.run(folder.resolve("commands"), arguments);
  }

  @Test
  @Order(1)
  void theReportNamesThemBeforeAnythingIsInstalled() throws Exception {
    Command report = sluice(
        "ingress-report", "--kubeconfig", cluster.kubeconfig().toString(), "--output", "json");
    assertThat(report.exitValue()).as(report.errors()).isEqualTo(2);
    JsonNode json = new ObjectMapper().readTree(report.output());
    assertThat(json.path("unread")).isEmpty();
    Map<String, String> verdicts = new LinkedHashMap<>();
    json.path("objects")
        .forEach(object ->
            verdicts.put(object.path("object").asText(), object.path("verdict").asText()));
    assertThat(verdicts).containsEntry("Ingress default/hello", "honoured");
    HOSTILE
        .keySet()
        .forEach(name -> assertThat(verdicts).containsEntry("Ingress default/" + name, "refused"));
    assertThat(verdicts).containsEntry("Ingress default/pattern", "refused");
    assertThat(cluster.api().get("/api/v1/namespaces/default/events").path("items"))
        .noneMatch(event -> event.path("message").asText().contains("nginx.ingress"));
  }

  @Test
  @Order(2)
  void eachIsRefusedWithAnEventThatNamesItsFieldAndOthersAreServed() throws Exception {
    cluster.api().applyFile(Path.of("..", "deploy", "crds"));
    cluster.api().applyFile(Path.of("..", "deploy", "rbac.yaml"));
    String token = cluster.api().tokenOf("sluice", "sluice");
    installation = Installation.start(
        folder.resolve("data"),
        ADDRESS,
        "run",
        "--manifests",
        Files.createDirectories(folder.resolve("none")).toString(),
        "--set",
        "sluice.node.declarations=kubernetes",
        "--set",
        "sluice.ingress.kubernetes.kubeconfig=" + cluster.kubeconfigFor("sluice", token),
        "--set",
        "sluice.webhook.on=on",
        "--set",
        "sluice.webhook.host=" + ADDRESS,
        "--set",
        "sluice.webhook.certificate-file=" + keys.certificate(),
        "--set",
        "sluice.webhook.key-file=" + keys.key());
    for (Map.Entry<String, String> one : HOSTILE.entrySet()) {
      String key = one.getValue().substring(0, one.getValue().indexOf(':'));
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(events(one.getKey())).as(one.getKey()).contains(key));
      assertThat(status(one.getKey() + ".localhost")).as(one.getKey()).isEqualTo(503);
    }
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(events("pattern")).contains(".path"));
    assertThat(status("hello.localhost")).isEqualTo(200);
  }

  private static String events(String ingress) throws Exception {
    StringBuilder messages = new StringBuilder();
    cluster
        .api()
        .get("/api/v1/namespaces/default/events?fieldSelector=involvedObject.kind%3DIngress,"
            + "involvedObject.name%3D" + ingress)
        .path("items")
        .forEach(event -> messages.append(event.path("message").asText()).append('\n'));
    return messages.toString();
  }

  private static int status(String host) throws Exception {
    return Http.get(installation.url(1) + "/", "Host", host).status();
  }

  @Test
  @Order(3)
  void aRunningNodeExplainsWhatBecomesOfARequest() throws Exception {
    Command explained = sluice(
        "explain", "GET", "http://hello.localhost/x", "--node", "http://" + ADDRESS + ":8081");
    assertThat(explained.exitValue()).as(explained.errors()).isZero();
    assertThat(explained.output())
        .contains("Ingress default/hello spec.rules[0].http.paths[0]")
        .contains("Service default/hello:80, " + backend.address() + ":" + backend.port());
    Command closed = sluice(
        "explain",
        "GET",
        "http://127.0.0.1/",
        "-H",
        "Host: limit.localhost",
        "--node",
        "http://" + ADDRESS + ":8081");
    assertThat(closed.output())
        .contains("503: the annotation limit-rps can't be honoured")
        .contains("problems");
    Command none = sluice(
        "explain", "GET", "http://nobody.localhost/", "--node", "http://" + ADDRESS + ":8081");
    assertThat(none.exitValue()).isEqualTo(1);
    Command wrong = sluice(
        "explain", "GET", "http://hello.localhost/a/../b", "--node", "http://" + ADDRESS + ":8081");
    assertThat(wrong.exitValue()).isEqualTo(2);
    assertThat(wrong.errors()).contains("a .. segment");
  }

  @Test
  @Order(4)
  void theWebhookDeniesWhatWouldBeRefusedAndWarnsOfWhatDiffers() throws Exception {
    cluster.api().apply(Objects.webhook(ADDRESS, keys));
    await().atMost(PATIENCE).until(() -> {
      KubernetesApi.Told told = cluster.api().applyAndTell(ingress("more", "auth-type: kerberos"));
      return !told.stored() && told.message().contains("denied the request");
    });
    KubernetesApi.Told denied = cluster.api().applyAndTell(ingress("limit", "limit-rps: eleven"));
    assertThat(denied.stored()).isFalse();
    assertThat(denied.message())
        .contains("metadata.annotations.nginx.ingress.kubernetes.io/limit-rps: \"eleven\"");
    KubernetesApi.Told held =
        cluster.api().applyAndTell(Objects.ingress("thief", "hello.localhost", "/", "hello"));
    assertThat(held.message()).contains("is held by Ingress default/hello");
    KubernetesApi.Told warned =
        cluster.api().applyAndTell(ingress("streaming", "proxy-buffering: on"));
    assertThat(warned.stored()).as(warned.message()).isTrue();
    assertThat(warned.warnings().toString()).contains("proxy-buffering");
    KubernetesApi.Told early =
        cluster.api().applyAndTell(Objects.ingress("early", "early.localhost", "/", "later"));
    assertThat(early.stored()).as(early.message()).isTrue();
    assertThat(early.warnings().toString()).contains("Service default/later does not exist");
    assertThat(cluster.api().applyAndTell(Objects.ingress("good", "good.localhost", "/", "hello")))
        .satisfies(told -> {
          assertThat(told.stored()).as(told.message()).isTrue();
          assertThat(told.warnings()).isEmpty();
        });
    await().atMost(PATIENCE).until(() -> status("good.localhost") == 200);
  }
}
