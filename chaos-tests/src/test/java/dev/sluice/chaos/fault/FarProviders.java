package dev.sluice.chaos.fault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Model providers of every dialect: providers.py, which looks at requests strictly, each with a credential of its own; and, where
 * Node is there, those of aimock, which is not ours.
 */
public final class FarProviders implements AutoCloseable {
  /**
   * One of them, whose model is called {@code far-NAME} here.
   *
   * @param path behind the address
   * @param model what it is called there: what Claude can be asked for stands in its name
   * @param place fields of a ModelProvider that its kind needs
   */
  private record Far(String name, String kind, String path, String model, String place) {}

  private static final String REGION = "region: eu-west-1, ";
  private static final String PROJECT = "project: far-project, location: europe-west4, ";
  private static final String CLAUDE = "claude-sonnet-4-5";
  private static final String CLAUDE_AT_BEDROCK = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0";

  private static final List<Far> OURS = List.of(
      new Far("openai", "openai-compatible", "/v1", "far-openai", ""),
      new Far("anthropic", "anthropic", "", CLAUDE, ""),
      new Far("gemini", "gemini", "/v1beta", "far-gemini", ""),
      new Far("ollama", "ollama", "", "far-ollama", ""),
      new Far("bedrock", "bedrock", "", CLAUDE_AT_BEDROCK, REGION),
      new Far("nova", "bedrock", "", "amazon.nova-pro-v1:0", REGION),
      new Far("vertex", "vertex", "", "far-gemini", PROJECT),
      new Far("vertex-claude", "vertex", "", CLAUDE, PROJECT));

  private static final List<Far> INDEPENDENT = List.of(
      new Far("aimock-openai", "openai-compatible", "/v1", "gpt-4o", ""),
      new Far("aimock-anthropic", "anthropic", "", CLAUDE, ""),
      new Far("aimock-gemini", "gemini", "/v1beta", "gemini-2.5-flash", ""),
      new Far("aimock-ollama", "ollama", "", "llama3.2", ""),
      new Far("aimock-bedrock", "bedrock", "", CLAUDE_AT_BEDROCK, REGION),
      new Far("aimock-vertex", "vertex", "", "gemini-2.5-flash", PROJECT));

  /** A Python that has the packages of requirements.txt, and packages for Node; the test command makes them. */
  private static final Path PYTHON =
      Path.of("target", "python", "bin", "python").toAbsolutePath();

  private static final Path NODE = Path.of("target", "node", "scripts").toAbsolutePath();
  private static final Path SCRIPTS = Path.of("src", "test", "python", "dialects");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<Process> processes = new ArrayList<>();
  private final String told;
  private final JsonNode address;

  private FarProviders() throws IOException {
    Process own = started(python("providers.py"));
    processes.add(own);
    told = own.inputReader().readLine();
    address = JSON.readTree(told);
  }

  public static boolean installed() {
    return Files.isExecutable(PYTHON);
  }

  public static boolean nodeInstalled() {
    return Files.isDirectory(NODE);
  }

  /** Starts them, and writes a ModelProvider and a ModelRoute for each. */
  public static FarProviders start(Manifests manifests) throws IOException {
    FarProviders far = new FarProviders();
    manifests.write("far.yaml", far.yaml(OURS, far.url()));
    if (nodeInstalled()) {
      Process independent = started(node("independent.mjs"));
      far.processes.add(independent);
      String port = independent.inputReader().readLine();
      manifests.write("independent.yaml", far.yaml(INDEPENDENT, "http://127.0.0.1:" + port));
    }
    return far;
  }

  public static List<String> names() {
    return OURS.stream().map(Far::name).toList();
  }

  public static List<String> independentNames() {
    return INDEPENDENT.stream().map(Far::name).toList();
  }

  /** Address of our own. */
  public String url() {
    return address.path("url").asText();
  }

  /** What providers.py told, for other scripts. */
  public String told() {
    return told;
  }

  /** The credential of one of our own. */
  public String key(String name) {
    return address.path("keys").path(name).asText();
  }

  public static List<String> python(String script) {
    return List.of(PYTHON.toString(), SCRIPTS.resolve(script).toString());
  }

  /** Runs one of the scripts for Node, beside the packages that it uses. */
  public static List<String> node(String script) {
    return List.of(
        "node",
        "--preserve-symlinks",
        "--preserve-symlinks-main",
        NODE.resolve("dialects").resolve(script).toString());
  }

  /** What it says of its failures is seen in the test's output. */
  public static Process started(List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private String yaml(List<Far> all, String url) throws IOException {
    StringBuilder yaml = new StringBuilder();
    for (Far far : all) {
      String key = key(far.name().replace("aimock-", ""));
      yaml.append("""
          ---
          apiVersion: v1
          kind: Secret
          metadata: {name: far-%1$s}
          stringData: {api-key: %2$s}
          ---
          apiVersion: sluice.dev/v1alpha1
          kind: ModelProvider
          metadata: {name: far-%1$s}
          spec: {kind: %3$s, %4$sbaseUrl: "%5$s%6$s", credential: {secretRef: {name: far-%1$s, key: api-key}}}
          ---
          apiVersion: sluice.dev/v1alpha1
          kind: ModelRoute
          metadata: {name: far-%1$s}
          spec: {models: [far-%1$s], targets: [{provider: far-%1$s, model: "%7$s"}], contextTokens: 100000}
          """.formatted(
              far.name(),
              JSON.writeValueAsString(key),
              far.kind(),
              far.place(),
              url,
              far.path(),
              far.model()));
    }
    return yaml.toString();
  }

  @Override
  public void close() {
    processes.forEach(Process::destroy);
  }
}
