package dev.sluice.node.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.ingress.ModelExplanation;
import dev.sluice.ingress.Reconciled;
import dev.sluice.ingress.RouteReconciler;
import dev.sluice.ingress.manifest.ManifestReader;
import dev.sluice.proxy.Asking;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code sluice explain MODEL} prints of models.yaml, next to the files with what it shall print. */
class ModelExplanationTextTest {
  private static final Reconciled MADE = RouteReconciler.reconcile(read(text("models.yaml")));

  private static String text(String name) {
    try (InputStream file =
        Objects.requireNonNull(ModelExplanationTextTest.class.getResourceAsStream(name), name)) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<dev.sluice.ingress.Declaration> read(String yaml) {
    ManifestReader reader = new ManifestReader();
    reader.readFile("models.yaml", yaml);
    assertThat(reader.problems()).isEmpty();
    return List.copyOf(reader.declared());
  }

  private static ModelExplanation explain(
      Reconciled made, String model, String tenant, String key, String host, String... headers) {
    return Asking.explain(
        made,
        made.problems(),
        ModelExplanation.Live.NONE,
        new Asking.OfModel(model, host, "", List.of(headers)),
        Asking.caller(made.tenants(), tenant, key));
  }

  @ParameterizedTest
  @CsvSource({
    "gold.txt, sonnet, team-a, web/ci, X-Tier: gold-1",
    "plain.txt, sonnet, '', web/ci, X-Tier: iron",
    "glob.txt, claude-opus-5, team-a, '', X-Tier: gold",
    "nobody.txt, haiku, '', '', X-Tier: gold",
    "unknown.txt, hiaku, team-a, one, X-Tier: gold",
  })
  void printsWhatTheFileSays(String file, String model, String tenant, String key, String header) {
    ModelExplanation told = explain(MADE, model, tenant, key, "", header);
    assertThat(ModelExplanationText.of(told)).isEqualTo(text(file));
  }

  @Test
  void holdsNoSecretAndNoMarkOfOne() throws IOException {
    String json = new ObjectMapper()
        .writeValueAsString(explain(MADE, "sonnet", "team-a", "web/ci", "", "X-Tier: gold"));
    assertThat(json).contains("provider-keys/first").doesNotContain("sk-").doesNotContain("@");
  }

  @Test
  void canBeReadAgainFromItsJson() throws IOException {
    ObjectMapper json = new ObjectMapper();
    ModelExplanation told = explain(MADE, "sonnet", "team-a", "web/ci", "", "X-Tier: gold");
    assertThat(json.readValue(json.writeValueAsString(told), ModelExplanation.class))
        .isEqualTo(told);
  }

  @Test
  void namesWhatThereIsWhereSomethingIsNot() {
    assertThatThrownBy(() -> explain(MADE, "sonnet", "team-b", "", ""))
        .hasMessage("team-b: no such tenant (expected: team-a)");
    assertThatThrownBy(() -> explain(MADE, "sonnet", "team-a", "ci", ""))
        .hasMessage("ci: the tenant team-a has no such key (expected: one, web/ci)");
    assertThatThrownBy(() -> explain(MADE, "sonnet", "", "ci", ""))
        .hasMessageContaining("no tenant that is declared has such a key");
    assertThatThrownBy(() -> explain(MADE, "", "", "", "")).hasMessageContaining("no model");
  }

  private static String servedOn(String host) {
    return """
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: ModelRoute
        metadata: {name: %1$s}
        spec: {hosts: [%1$s], models: [m], targets: [{provider: p}]}
        """.formatted(host);
  }

  @Test
  void takesTheOnlyHostThatHasModelsAndAsksWhereThereAreSeveral() {
    String provider = """
        apiVersion: sluice.dev/v1alpha1
        kind: ModelProvider
        metadata: {name: p}
        spec: {kind: echo}
        """;
    String one = servedOn("ai.test");
    String other = servedOn("ml.test");
    Reconciled single = RouteReconciler.reconcile(read(provider + one));
    assertThat(explain(single, "m", "", "", "").host())
        .isEqualTo("ai.test, the only one with models");
    assertThat(explain(single, "m", "", "", "AI.test:443").route()).isNotNull();
    assertThat(explain(single, "m", "", "", "ml.test").host())
        .isEqualTo("no routes for ml.test, and none for every host");
    Reconciled two = RouteReconciler.reconcile(read(provider + one + other));
    assertThatThrownBy(() -> explain(two, "m", "", "", ""))
        .hasMessage(
            "models are served on ai.test, ml.test: no host is named (expected: one of them, by --host)");
    assertThat(explain(two, "m", "", "", "", "Host: ml.test").host()).isEqualTo("ml.test");
    assertThat(explain(Reconciled.NOTHING, "m", "", "", "").host())
        .isEqualTo("no ModelRoute is declared for any host");
  }
}
