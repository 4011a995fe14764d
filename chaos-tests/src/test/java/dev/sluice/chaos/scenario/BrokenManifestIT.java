package dev.sluice.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.chaos.fault.Backend;
import dev.sluice.chaos.fault.Installation;
import dev.sluice.chaos.fault.Manifests;
import dev.sluice.chaos.traffic.Chat;
import dev.sluice.chaos.traffic.Http;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A bad object harms only itself, and is told: where it is, what was wrong, what was expected. */
class BrokenManifestIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir
  static Path folder;

  private static Backend backend;
  private static Installation sluice;
  private static Manifests manifests;

  @BeforeAll
  static void start() throws Exception {
    backend = new Backend();
    manifests = Manifests.withModels(folder.resolve("manifests"))
        .withHello(backend.port())
        .withTenant("team", "sk-team", 1_000_000, "minute");
    sluice = Installation.start(
        folder.resolve("data"),
        "127.0.7.81",
        "run",
        "--manifests",
        manifests.folder().toString());
  }

  @AfterAll
  static void stop() {
    sluice.close();
    backend.close();
  }

  /**
   * A manifest and what must be said about it.
   *
   * @param object kind and name as people write them, or empty where none can be made out
   * @param words that the message must have: what was found, what was expected
   */
  record Broken(String name, String manifest, String object, String field, List<String> words) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Broken> broken() {
    List<Broken> all = new ArrayList<>();
    all.add(
        new Broken("not YAML", "kind: Ingress\n  metadata: [", "", "", List.of("broken.yaml:2")));
    all.add(new Broken("a kind nobody knows", """
        apiVersion: sluice.dev/v1alpha1
        kind: Tennant
        metadata: {name: typo}
        """, "typo", "kind", List.of("Tennant", "Tenant")));
    all.add(new Broken(
        "a field with a typo",
        tenant("typo", "limit: [{unit: tokens, amount: 5, window: minute}]"),
        "Tenant default/typo",
        "spec.limit",
        List.of("limits")));
    all.add(new Broken(
        "a negative amount",
        tenant("negative", "limits: [{unit: tokens, amount: -5, window: minute}]"),
        "Tenant default/negative",
        "spec.limits[0].amount",
        List.of("-5")));
    all.add(new Broken(
        "a window that there is not",
        tenant("fortnight", "limits: [{unit: tokens, amount: 5, window: fortnight}]"),
        "Tenant default/fortnight",
        "spec.limits[0].window",
        List.of("fortnight", "minute")));
    all.add(new Broken(
        "a key whose Secret is missing",
        tenant("keyless", "keys: [{name: main, secretRef: {name: nowhere, key: api-key}}]"),
        "Tenant default/keyless",
        "spec.keys[0].secretRef",
        List.of("nowhere")));
    all.add(new Broken(
        "a route to a Service that is missing",
        ingress("lost", "lost.localhost", "/", "Prefix", "nowhere", ""),
        "Ingress default/lost",
        "spec.rules[0].http.paths[0].backend.service",
        List.of("nowhere")));
    all.add(new Broken(
        "a path that is no path",
        ingress("pathless", "pathless.localhost", "no-slash", "Prefix", "hello", ""),
        "Ingress default/pathless",
        "spec.rules[0].http.paths[0].path",
        List.of("no-slash", "/")));
    all.add(new Broken(
        "a path type that there is not",
        ingress("typeless", "typeless.localhost", "/", "Suffix", "hello", ""),
        "Ingress default/typeless",
        "spec.rules[0].http.paths[0].pathType",
        List.of("Suffix", "Prefix")));
    all.add(new Broken(
        "a guard that can't be honoured",
        ingress(
            "guarded",
            "guarded.localhost",
            "/",
            "Prefix",
            "hello",
            "nginx.ingress.kubernetes.io/enable-modsecurity: \"true\""),
        "Ingress default/guarded",
        "enable-modsecurity",
        List.of("503")));
    all.add(new Broken(
        "a model route to a provider that is missing",
        """
        apiVersion: sluice.dev/v1alpha1
        kind: ModelRoute
        metadata: {name: adrift}
        spec: {models: [adrift], targets: [{provider: nowhere}]}
        """,
        "ModelRoute default/adrift",
        "spec.targets[0].provider",
        List.of("nowhere")));
    all.add(new Broken(
        "a provider with an address that is none",
        """
        apiVersion: sluice.dev/v1alpha1
        kind: ModelProvider
        metadata: {name: unreachable}
        spec: {kind: openai-compatible, baseUrl: "not an address"}
        """,
        "ModelProvider default/unreachable",
        "spec.baseUrl",
        List.of("not an address", "https://")));
    return all;
  }

  private static String tenant(String name, String spec) {
    return """
        apiVersion: sluice.dev/v1alpha1
        kind: Tenant
        metadata: {name: %s}
        spec: {%s}
        """.formatted(name, spec);
  }

  private static String ingress(
      String name, String host, String path, String type, String service, String annotation) {
    return """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: %s, annotations: {%s}}
        spec:
          rules:
            - host: %s
              http:
                paths:
                  - path: %s
                    pathType: %s
                    backend: {service: {name: %s, port: {number: 80}}}
        """.formatted(name, annotation, host, path, type, service);
  }

  @ParameterizedTest
  @MethodSource("broken")
  void isNamedAndHarmsNothingElse(Broken broken) throws Exception {
    manifests.write("broken.yaml", broken.manifest());
    await(broken.name()).atMost(PATIENCE).untilAsserted(() -> {
      JsonNode problems = sluice.admin(1, "problems").json();
      assertThat(problems).as(problems.toPrettyString()).isNotEmpty().anySatisfy(problem -> {
        assertThat(problem.get("place").asText()).contains("broken.yaml");
        assertThat(problem.get("object").asText()).contains(broken.object());
        assertThat(problem.get("field").asText()).contains(broken.field());
        assertThat(problem.toString()).contains(broken.words());
      });
    });
    assertThat(Http.hello(sluice.url(1)).status()).isEqualTo(200);
    assertThat(new Chat("sk-team", "echo", 2, 2).send(sluice.url(1)).succeeded())
        .isTrue();
  }

  @ParameterizedTest
  @MethodSource("broken")
  void isForgottenOnceItIsRepaired(Broken broken) throws Exception {
    manifests.write("broken.yaml", broken.manifest());
    await().atMost(PATIENCE).until(() -> !sluice.admin(1, "problems").json().isEmpty());
    manifests.write("broken.yaml", "");
    await().atMost(PATIENCE).until(() -> sluice.admin(1, "problems").json().isEmpty());
  }
}
