package dev.sluice.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.chaos.fault.Installation;
import dev.sluice.chaos.fault.Manifests;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each dialect in and each dialect out, with the official SDK of the one and a provider of the other: chat, stream, tools over two
 * turns, structured output, an image, an error. The cases are in {@code src/test/python/dialects/callers.py}.
 */
class DialectsIT {
  /** A Python that has the packages of requirements.txt; the test command makes it. */
  private static final Path PYTHON =
      Path.of("target", "python", "bin", "python").toAbsolutePath();

  private static final Path SCRIPTS = Path.of("src", "test", "python", "dialects");
  private static final String KEY = "sk-caller-0123456789";
  private static final List<String> IN =
      List.of("openai", "responses", "anthropic", "gemini", "ollama");
  private static final List<String> OUT = List.of("openai", "anthropic", "gemini", "ollama");

  @TempDir
  static Path folder;

  private static Process providers;
  private static Installation sluice;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(
        Files.isExecutable(PYTHON),
        "the SDKs are not installed: needs python3 with venv and access to a package index");
    providers = new ProcessBuilder(
            PYTHON.toString(), SCRIPTS.resolve("providers.py").toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    BufferedReader told = new BufferedReader(
        new InputStreamReader(providers.getInputStream(), StandardCharsets.UTF_8));
    String port = told.readLine();
    Manifests manifests = Manifests.withModels(folder.resolve("manifests"))
        .withTenant("caller", KEY, 50_000_000, "none");
    manifests.write("far.yaml", far("http://127.0.0.1:" + port));
    sluice = Installation.start(
        folder.resolve("data"),
        "127.0.7.73",
        "run",
        "--manifests",
        manifests.folder().toString());
  }

  /** A provider of each kind, and a model of its own on each. */
  private static String far(String url) {
    StringBuilder yaml = new StringBuilder("""
        apiVersion: v1
        kind: Secret
        metadata: {name: far}
        stringData: {api-key: sk-far-away-0123456789}
        """);
    List<String> kinds = List.of("openai-compatible", "anthropic", "gemini", "ollama");
    List<String> paths = List.of("/v1", "", "/v1beta", "");
    // What Claude can be asked for stands in its name.
    List<String> models = List.of("far-openai", "claude-sonnet-4-5", "far-gemini", "far-ollama");
    for (int i = 0; i < kinds.size(); i++) {
      yaml.append("""
          ---
          apiVersion: sluice.dev/v1alpha1
          kind: ModelProvider
          metadata: {name: far-%1$s}
          spec:
            kind: %2$s
            baseUrl: %3$s
            credential: {secretRef: {name: far, key: api-key}}
          ---
          apiVersion: sluice.dev/v1alpha1
          kind: ModelRoute
          metadata: {name: far-%1$s}
          spec:
            models: [far-%1$s]
            targets: [{provider: far-%1$s, model: %4$s}]
            contextTokens: 100000
          """.formatted(OUT.get(i), kinds.get(i), url + paths.get(i), models.get(i)));
    }
    return yaml.toString();
  }

  @AfterAll
  static void stop() {
    if (sluice != null) {
      sluice.close();
    }
    if (providers != null) {
      providers.destroy();
    }
  }

  static List<Arguments> pairs() {
    List<Arguments> pairs = new ArrayList<>();
    IN.forEach(in -> OUT.forEach(out -> pairs.add(Arguments.of(in, out))));
    return pairs;
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void isContent(String in, String out) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(
            PYTHON.toString(), SCRIPTS.resolve("callers.py").toString(), in, out, sluice.url(1))
        .redirectErrorStream(true)
        .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
  }
}
