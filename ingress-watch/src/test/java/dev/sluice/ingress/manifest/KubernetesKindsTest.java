package dev.sluice.ingress.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ingress.Declaration;
import dev.sluice.ingress.DeclaredEndpoints;
import dev.sluice.ingress.DeclaredIngress;
import dev.sluice.ingress.DeclaredSecret;
import dev.sluice.ingress.DeclaredService;
import dev.sluice.ingress.Problem;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KubernetesKindsTest {
  private final ManifestReader reader = new ManifestReader();

  private static String service(String spec) {
    return "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: " + spec + "\n";
  }

  private static String path(String path) {
    return "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\nspec: {rules: [{http: {paths: ["
        + "{" + path + ", backend: {service: {name: s, port: {number: 80}}}}]}}]}\n";
  }

  private <D extends Declaration> D only(Class<D> type, String text) {
    reader.readFile("shop.yaml", text);
    assertThat(reader.problems()).isEmpty();
    assertThat(reader.declared()).hasSize(1);
    return type.cast(reader.declared().get(0));
  }

  private Problem problemOf(String text) {
    reader.readFile("shop.yaml", text);
    assertThat(reader.declared()).isEmpty();
    assertThat(reader.problems()).hasSize(1);
    return reader.problems().get(0);
  }

  @Test
  void readsASecretWhereStringDataWins() {
    DeclaredSecret secret = only(DeclaredSecret.class, """
        apiVersion: v1
        kind: Secret
        metadata: {name: s}
        data: {a: YQ==, b: YQ==, empty: }
        stringData: {b: bee}
        """);
    assertThat(secret.value("a")).asString(StandardCharsets.UTF_8).isEqualTo("a");
    assertThat(secret.value("b")).asString(StandardCharsets.UTF_8).isEqualTo("bee");
    assertThat(secret.value("empty")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pathType: Prefix, path: foo",
        "pathType: Prefix",
        "pathType: Exact, path: ''",
        "pathType: Exact, path: /a//b",
        "pathType: Exact, path: /a/./b",
        "pathType: Prefix, path: /a/..",
        "pathType: Prefix, path: /a%2Fb",
        "pathType: Prefix, path: /a%2fb",
        "pathType: ImplementationSpecific, path: a"
      })
  void refusesPathsThatTheApiServerRefuses(String path) {
    assertThat(problemOf(path(path)).field()).isEqualTo("spec.rules[0].http.paths[0].path");
  }

  @ParameterizedTest
  @ValueSource(strings = {"path: /", "pathType: prefix, path: /", "pathType: '', path: nonsense"})
  void needsAPathType(String path) {
    assertThat(problemOf(path(path)).field()).isEqualTo("spec.rules[0].http.paths[0].pathType");
  }

  @Test
  void takesAMissingPathOfAnImplementationForTheWholeHost() {
    DeclaredIngress ingress = only(DeclaredIngress.class, path("pathType: ImplementationSpecific"));
    assertThat(ingress.rules().get(0).paths().get(0).path()).isEqualTo("/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{rules: [{host: 10.0.0.1}]}",
        "{rules: [{host: a.*}]}",
        "{rules: [{host: a.example, http: {paths: []}}]}",
        "{rules: [{host: a.example, http: {}}]}",
        "{rules: {host: a.example}}",
        "{defaultBackend: {service: {name: s}}}",
        "{defaultBackend: {service: {name: s, port: {number: 80, name: http}}}}",
        "{defaultBackend: {service: {name: '', port: {number: 80}}}}",
        "{defaultBackend: {service: {name: s, port: {number: 65536}}}}",
        "{rules: [{}], tls: [{hosts: ['']}]}"
      })
  void refusesIngressesThatTheApiServerRefuses(String spec) {
    Problem problem =
        problemOf("apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\nspec: "
            + spec + "\n");
    assertThat(problem.object()).isEqualTo("Ingress default/i");
  }

  @Test
  void refusesABackendThatIsNoServiceThoughTheApiServerTakesIt() {
    Problem problem = problemOf("""
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: i}
        spec: {defaultBackend: {resource: {kind: Bucket, name: b}}}
        """);
    assertThat(problem.field()).isEqualTo("spec.defaultBackend.resource");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{host: a.example}", "{host: '*.a.example'}", "{host: 1.2.3.4.5}"})
  void takesRulesWithoutPathsAsTheApiServerDoes(String rule) {
    DeclaredIngress ingress = only(
        DeclaredIngress.class,
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\nspec: {rules: ["
            + rule + "]}\n");
    assertThat(ingress.rules()).hasSize(1);
  }

  @Test
  void leavesOutThePortsThatHttpCannotBeSpokenOn() {
    DeclaredService service = only(
        DeclaredService.class,
        service("{ports: [{name: h3, port: 443, protocol: UDP}, {name: https, port: 443}]}"));
    assertThat(service.ports()).containsExactly(new DeclaredService.Port("https", 443));
  }

  @Test
  void takesAHeadlessServiceWithoutPorts() {
    assertThat(only(DeclaredService.class, service("{clusterIP: None}")).ports())
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "{ports: []}", "{ports: 80}", "{ports: [{port: 0}]}", "{type: ExternalName}"
      })
  void refusesServicesThatTheApiServerRefuses(String spec) {
    assertThat(problemOf(service(spec)).field()).startsWith("spec.");
  }

  @Test
  void takesTheEndpointsThatAreReadyOrDoNotSay() {
    DeclaredEndpoints slice = only(DeclaredEndpoints.class, """
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: s-1, labels: {kubernetes.io/service-name: s}}
        ports: [{name: dns, port: 53, protocol: UDP}, {name: http, port: 8080, protocol: TCP}]
        endpoints:
          - addresses: [10.0.0.1]
          - {addresses: [10.0.0.2], conditions: {ready: true}}
          - {addresses: [10.0.0.3], conditions: {ready: false, serving: true, terminating: true}}
          - {addresses: [10.0.0.4], conditions: {ready: null}}
        """);
    assertThat(slice.service()).isEqualTo("s");
    assertThat(slice.ports()).containsExactly(new DeclaredEndpoints.Port("http", 8080));
    assertThat(slice.ready())
        .extracting(DeclaredEndpoints.Ready::address)
        .containsExactly("10.0.0.1", "10.0.0.2", "10.0.0.4");
  }
}
