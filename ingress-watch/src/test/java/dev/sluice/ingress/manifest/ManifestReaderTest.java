package dev.sluice.ingress.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.sluice.ingress.Declaration;
import dev.sluice.ingress.DeclaredIngress;
import dev.sluice.ingress.Problem;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestReaderTest {
  private static final String PROVIDER =
      "apiVersion: sluice.dev/v1alpha1\nkind: ModelProvider\nmetadata: {name: %s}\nspec: {kind: %s}\n";

  private final ManifestReader reader = new ManifestReader();

  private List<String> read(String text) {
    reader.readFile("shop.yaml", text);
    return reader.declared().stream().map(one -> one.key().toString()).toList();
  }

  private Problem problemOf(String text) {
    read(text);
    assertThat(reader.problems()).hasSize(1);
    return reader.problems().get(0);
  }

  private static String provider(String name, String kind) {
    return PROVIDER.formatted(name, kind);
  }

  @Test
  void readsAllDocumentsOfAFile() {
    assertThat(read("# one\n---\n" + provider("a", "echo") + "---\n---\n# none\n--- # two\n"
            + provider("b", "echo") + "...\n"))
        .containsExactly("ModelProvider default/a", "ModelProvider default/b");
    assertThat(reader.problems()).isEmpty();
  }

  @Test
  void readsJsonAndWindowsLinesAndAByteOrderMark() {
    assertThat(
            read("\uFEFF{\"apiVersion\": \"sluice.dev/v1alpha1\", \"kind\": \"ModelProvider\",\r\n"
                + "\"metadata\": {\"name\": \"a\", \"namespace\": \"shop\"}, \"spec\": {\"kind\": \"echo\"}}\r\n---\r\n"
                + provider("b", "echo").replace("\n", "\r\n")))
        .containsExactly("ModelProvider shop/a", "ModelProvider default/b");
    assertThat(reader.problems()).isEmpty();
  }

  @Test
  void readsADocumentWithADirective() {
    assertThat(read("%YAML 1.2\n---\n" + provider("a", "echo"))).hasSize(1);
    assertThat(reader.problems()).isEmpty();
  }

  @Test
  void readsTheItemsOfLists() {
    String list = """
        apiVersion: v1
        kind: List
        items:
          - {apiVersion: sluice.dev/v1alpha1, kind: ModelProvider, metadata: {name: a}, spec: {kind: echo}}
          - apiVersion: sluice.dev/v1alpha1
            kind: ModelProvider
            metadata: {name: b}
            spec:
              kind: eco
          - nothing
        """;
    assertThat(read(list)).containsExactly("ModelProvider default/a");
    assertThat(reader.problems())
        .extracting(Problem::toString)
        .containsExactly(
            "shop.yaml:9: ModelProvider default/b: spec.kind: \"eco\""
                + " (expected: echo, openai-compatible, openai, azure-openai, anthropic, gemini, ollama, vllm, bedrock or vertex); the object is left out",
            "shop.yaml:10: not an object"
                + " (expected: a mapping with apiVersion, kind and metadata); it is left out");
  }

  @Test
  void placesEachObjectOfALongList() {
    int items = 2_000;
    StringBuilder list = new StringBuilder("kind: List\nitems:\n");
    for (int i = 0; i < items; i++) {
      list.append("- apiVersion: sluice.dev/v1alpha1\n  kind: ModelProvider\n")
          .append("  metadata: {name: p")
          .append(i)
          .append("}\n  spec: {kind: echo}\n");
    }
    assertThat(read(list.toString())).hasSize(items);
    Declaration last = reader.declared().get(items - 1);
    assertThat(last.at().place("spec.kind")).isEqualTo("shop.yaml:" + (4 * items + 2));
    assertThat(last.at().place("")).isEqualTo("shop.yaml:" + (4 * items - 1));
  }

  @Test
  void namesFileLineObjectAndFieldOfEachProblem() {
    read(provider("a", "echo") + "---\n" + """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: cart
          namespace: shop
        spec:
          rules:
            - host: Shop.example.com
              http:
                paths:
                  - path: /
                    pathType: Prefix
                    backend:
                      service: {name: cart, port: {number: 0}}
        """);
    assertThat(reader.problems())
        .extracting(Problem::place, Problem::object, Problem::field)
        .containsExactly(
            tuple("shop.yaml:13", "Ingress shop/cart", "spec.rules[0].host"),
            tuple(
                "shop.yaml:19",
                "Ingress shop/cart",
                "spec.rules[0].http.paths[0].backend.service.port.number"));
  }

  @Test
  void placesAMissingFieldAtTheNearestOneAroundIt() {
    Problem problem = problemOf("""
        apiVersion: sluice.dev/v1alpha1
        kind: ModelProvider
        metadata: {name: a}
        spec:
          credential:
            secretRef:
              name: s
          kind: echo
        """);
    assertThat(problem.place()).isEqualTo("shop.yaml:6");
    assertThat(problem.field()).isEqualTo("spec.credential.secretRef.key");
    assertThat(problem.what()).isEqualTo("missing");
  }

  @Test
  void namesOnlyTheKindOfAProviderWhoseKindIsNone() {
    Problem problem = problemOf("""
        apiVersion: sluice.dev/v1alpha1
        kind: ModelProvider
        metadata: {name: a}
        spec: {kind: palm, baseUrl: 'https://api.example.com'}
        """);
    assertThat(problem.field()).isEqualTo("spec.kind");
  }

  @Test
  void leavesOutABadDocumentAndTakesThoseAroundIt() {
    assertThat(read(provider("a", "echo") + "---\nkind: [\n---\n" + provider("b", "echo")))
        .containsExactly("ModelProvider default/a", "ModelProvider default/b");
    assertThat(reader.problems())
        .extracting(Problem::effect)
        .containsExactly("this document is left out");
  }

  @Test
  void refusesAKeyThatStandsTwice() {
    Problem problem = problemOf(provider("a", "echo") + "kind: Tenant\n");
    assertThat(problem.place()).isEqualTo("shop.yaml:5");
    assertThat(problem.what()).contains("kind stands twice");
  }

  @Test
  void followsReferencesToWhatStandsElsewhere() {
    assertThat(read("x: &kind echo\n" + PROVIDER.formatted("a", "*kind"))).isEmpty();
    assertThat(reader.problems()).extracting(Problem::field).containsExactly("x");
  }

  @Test
  void mergesWhatAMergeKeyBrings() {
    read("""
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: i, annotations: {<<: {a: brought, b: brought}, b: own}}
        spec: {defaultBackend: {service: {name: s, port: {number: 80}}}}
        """);
    DeclaredIngress ingress = (DeclaredIngress) reader.declared().get(0);
    assertThat(ingress.annotations()).isEqualTo(Map.of("a", "brought", "b", "own"));
  }

  @Test
  void endsAtABombOfReferencesAndTakesTheNextDocument() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 9; i++) {
      String before = "*a" + (i - 1);
      bomb.append("a%d: &a%d [%s]\n"
          .formatted(
              i,
              i,
              String.join(", ", List.of(before, before, before, before, before, before, before))));
    }
    assertThat(read(bomb + "---\n" + provider("b", "echo")))
        .containsExactly("ModelProvider default/b");
    assertThat(reader.problems()).hasSize(1);
  }

  @Test
  void endsAtAValueThatContainsItself() {
    assertThat(problemOf("a: &a [*a]\n").what()).contains("not readable as YAML");
  }

  @Test
  void endsAtADocumentThatIsNestedTooDeep() {
    Problem problem = problemOf("a: " + "[".repeat(200_000));
    assertThat(problem.what()).contains("nested more than");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0x123456789012345678901234567890", "!!int sekrit-1234", "1e99999999999", "-.inf"})
  void takesNumbersThatAreNoneForTexts(String number) {
    Problem problem =
        problemOf("apiVersion: sluice.dev/v1alpha1\nkind: ModelRoute\nmetadata: {name: a}\n"
            + "spec: {models: [m], targets: [{provider: p}], contextTokens: " + number + "}\n");
    assertThat(problem.field()).isEqualTo("spec.contextTokens");
  }

  @Test
  void saysOfAKnownKindWhichVersionItReads() {
    Problem problem =
        problemOf("apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: a}\n");
    assertThat(problem.field()).isEqualTo("apiVersion");
    assertThat(problem.expected()).isEqualTo("networking.k8s.io/v1");
  }

  @Test
  void saysWhichKindsOurOwnGroupHas() {
    Problem problem =
        problemOf("apiVersion: sluice.dev/v1alpha1\nkind: ModelRout\nmetadata: {name: a}\n");
    assertThat(problem.expected()).isEqualTo("ModelProvider, ModelRoute, Tenant");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}}",
        "{apiVersion: v1, kind: Pod, metadata: {name: a}}",
        "{apiVersion: serving.knative.dev/v1, kind: Service, metadata: {name: a}}",
        "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a}}"
      })
  void passesOverWhatIsSomebodyElses(String object) {
    assertThat(read(object)).isEmpty();
    assertThat(reader.problems()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"apiVersion: v1\n", "kind: Service\n", "text\n", "[a, b]\n", "7\n"})
  void refusesWhatIsNoObject(String text) {
    assertThat(read(text)).isEmpty();
    assertThat(reader.problems()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"''", "A", "a_b", "7", "-a", "a..b"})
  void refusesNamesThatTheApiServerRefuses(String name) {
    assertThat(problemOf(provider(name, "echo")).field()).isEqualTo("metadata.name");
  }

  @Test
  void takesALongNameAsTheApiServerDoes() {
    assertThat(read(provider("a".repeat(253), "echo"))).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data: {k: sekrit!}",
        "data: {k: {sekrit: 1}}",
        "data: sekrit",
        "data: [sekrit]",
        "stringData: sekrit",
        "stringData: {k: [sekrit]}",
        "stringData: {k: 5318008}",
        "stringData: {k: *sekrit }",
        "stringData: {k: !sekrit!x y}",
        "stringData: {k: \"sekrit\\x\"}",
        "stringData: {k: @sekrit}",
        "stringData: {k: sekrit: sekrit}",
        "stringData: {k: !!int sekrit}"
      })
  void neverShowsASecret(String data) {
    read("apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n" + data + "\n");
    assertThat(reader.problems().toString()).doesNotContain("sekrit").doesNotContain("5318008");
    assertThat(reader.declared().toString()).doesNotContain("sekrit");
    assertThat(reader.declared().size() + reader.problems().size()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ModelProvider {kind: echo, credential: sekrit}",
        "ModelProvider {kind: echo, credential: {secretRef: sekrit}}",
        "ModelProvider {kind: echo, credential: {apiKey: sekrit, secretRef: {name: s, key: k}}}",
        "ModelProvider {kind: openai-compatible, baseUrl: 'https://u:sekrit@api.example.com'}",
        "Tenant {keys: [SEKRIT-sekrit]}",
        "Tenant {keys: [{name: a, sha256: sekrit}]}",
        "Tenant {keys: [{name: a, secretRef: sekrit}]}"
      })
  void neverShowsASecretThatStandsInAWrongPlace(String kindAndSpec) {
    String[] parts = kindAndSpec.split(" ", 2);
    Problem problem = problemOf("apiVersion: sluice.dev/v1alpha1\nkind: " + parts[0]
        + "\nmetadata: {name: x}\nspec: " + parts[1] + "\n");
    assertThat(problem.toString()).doesNotContain("sekrit");
  }
}
