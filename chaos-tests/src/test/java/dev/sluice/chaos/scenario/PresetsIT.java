package dev.sluice.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.chaos.fault.FarProviders;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Presets are called where SDKs that others made call the same providers: the URL, the path, and the header field with the key. Each
 * preset that says by what it is verified is, no other is, and the table in the documentation says the same.
 */
class PresetsIT {
  private static final Path PRESETS =
      Path.of("..", "ingress-watch/src/main/resources/dev/sluice/ingress/manifest/presets.json");
  private static final Path DOCUMENTATION = Path.of("..", "docs", "models.md");
  private static final int FEWEST_VERIFIED = 12;
  private static final long SCRIPT_SECONDS = 120;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** @param verified the package, as {@code name@version}; empty if it is untested */
  private record Preset(String name, String baseUrl, String verified) {
    static Preset of(JsonNode one) {
      return new Preset(
          one.path("name").asText(),
          one.path("baseUrl").asText(),
          one.path("verified").asText());
    }

    /** The request that is made for it here, in the form of {@link PresetsIT#told}. */
    String expected() {
      String path = name.equals("voyage") ? "/embeddings" : "/chat/completions";
      return "%s by %s: POST %s%s, authorization: Bearer KEY, answer taken"
          .formatted(name, verified, baseUrl, path);
    }

    String row() {
      return "| `%s` | `%s` | %s |"
          .formatted(name, baseUrl, verified.isEmpty() ? "untested" : "`" + verified + "`");
    }
  }

  @Test
  void presetsAreCalledWhereSdksOfOthersCall() throws Exception {
    assumeTrue(
        FarProviders.nodeInstalled(),
        "the SDKs for Node are not installed: needs Node 20 or later with npm and access to a registry");
    List<String> calls = calls();
    List<String> expected = presets().stream()
        .filter(preset -> !preset.verified().isEmpty())
        .map(Preset::expected)
        .toList();
    System.out.println(printed(calls));
    assertThat(calls).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(expected).hasSizeGreaterThanOrEqualTo(FEWEST_VERIFIED);
  }

  @Test
  void theDocumentationSaysWhichAreVerified() throws Exception {
    List<String> rows = new ArrayList<>(Files.readAllLines(DOCUMENTATION));
    rows.subList(0, rows.indexOf("### Presets")).clear();
    assertThat(rows.stream()
            .takeWhile(line -> !line.startsWith("## "))
            .filter(line -> line.startsWith("| `")))
        .containsExactlyElementsOf(presets().stream().map(Preset::row).toList());
  }

  private static List<Preset> presets() throws IOException {
    List<Preset> presets = new ArrayList<>();
    JSON.readTree(PRESETS.toFile()).forEach(one -> presets.add(Preset.of(one)));
    return presets;
  }

  /** Each request that an SDK made. */
  private static List<String> calls() throws IOException, InterruptedException {
    Process script = FarProviders.started(FarProviders.node("presets.mjs"));
    List<String> calls = new ArrayList<>();
    try (BufferedReader lines = script.inputReader(StandardCharsets.UTF_8)) {
      for (String line : lines.lines().toList()) {
        calls.add(told(JSON.readTree(line)));
      }
    }
    assertThat(script.waitFor(SCRIPT_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(script.exitValue()).isZero();
    return calls;
  }

  private static String told(JsonNode call) {
    List<String> fields = new ArrayList<>();
    for (int i = 0; i < call.path("auth").size(); i++) {
      fields.add(
          call.path("auth").path(i).asText() + ": " + call.path("form").path(i).asText());
    }
    return "%s by %s: %s %s, %s, %s"
        .formatted(
            call.path("preset").asText(),
            call.path("by").asText(),
            call.path("method").asText(),
            call.path("url").asText(),
            String.join(" and ", fields),
            call.path("answered").asBoolean() ? "answer taken" : "answer refused");
  }

  private static String printed(List<String> calls) throws IOException {
    List<String> untested = presets().stream()
        .filter(preset -> preset.verified().isEmpty())
        .map(Preset::name)
        .toList();
    return "%n%s%n%d presets verified; %d untested: %s%n"
        .formatted(
            String.join("%n".formatted(), calls),
            calls.size(),
            untested.size(),
            String.join(", ", untested));
  }
}
