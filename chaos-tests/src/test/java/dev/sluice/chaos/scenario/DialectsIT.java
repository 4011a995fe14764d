package dev.sluice.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.chaos.check.CellTable;
import dev.sluice.chaos.check.CellTable.Cell;
import dev.sluice.chaos.fault.Installation;
import dev.sluice.chaos.fault.Manifests;
import dev.sluice.chaos.traffic.Http;
import java.io.BufferedReader;
import java.io.IOException;
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
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each dialect in and each dialect out: a fixed table of callers × providers × chat, stream, tools over two turns, structured output,
 * an image, an error. Callers are the official SDKs for Python and Node, LangChain, and Vercel's AI SDK; providers are of our own,
 * held to the types of the official SDKs. Each cell passes, or stands in not-sayable.tsv with the words of its refusal. The table is
 * printed at the end.
 */
class DialectsIT {
  /** A Python that has the packages of requirements.txt, and packages for Node; the test command makes them. */
  private static final Path PYTHON =
      Path.of("target", "python", "bin", "python").toAbsolutePath();

  private static final Path NODE = Path.of("target", "node", "scripts").toAbsolutePath();
  private static final Path SCRIPTS = Path.of("src", "test", "python", "dialects");
  private static final String NO_NODE =
      "the SDKs for Node are not installed: needs Node 20 or later with npm and access to a registry";
  private static final String KEY = "sk-caller-0123456789";
  private static final List<String> OUT = List.of("openai", "anthropic", "gemini", "ollama");
  /** Of aimock's, which is not ours. */
  private static final List<String> INDEPENDENT =
      List.of("aimock-openai", "aimock-anthropic", "aimock-gemini", "aimock-ollama");

  private static final long CALLER_SECONDS = 180;

  @TempDir
  static Path folder;

  private static Process providers;
  private static Process independent;
  private static String providersUrl = "";
  private static Installation sluice;
  private static CellTable table;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(
        Files.isExecutable(PYTHON),
        "the SDKs are not installed: needs python3 with venv and access to a package index");
    providers =
        started(List.of(PYTHON.toString(), SCRIPTS.resolve("providers.py").toString()));
    providersUrl = "http://127.0.0.1:" + providers.inputReader().readLine();
    table = new CellTable(SCRIPTS.resolve("not-sayable.tsv"));
    Manifests manifests = Manifests.withModels(folder.resolve("manifests"))
        .withTenant("caller", KEY, 50_000_000, "none");
    manifests.write(
        "far.yaml",
        far(
            providersUrl,
            OUT,
            List.of("far-openai", "claude-sonnet-4-5", "far-gemini", "far-ollama")));
    if (Files.isDirectory(NODE)) {
      independent = started(node("independent.mjs"));
      manifests.write(
          "independent.yaml",
          far(
              "http://127.0.0.1:" + independent.inputReader().readLine(),
              INDEPENDENT,
              List.of("gpt-4o", "claude-sonnet-4-5", "gemini-2.5-flash", "llama3.2")));
    }
    sluice = Installation.start(
        folder.resolve("data"),
        "127.0.7.73",
        "run",
        "--manifests",
        manifests.folder().toString());
  }

  private static Process started(List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Runs one of the scripts for Node, beside the packages that it uses. */
  private static List<String> node(String script) {
    return List.of(
        "node",
        "--preserve-symlinks",
        "--preserve-symlinks-main",
        NODE.resolve("dialects").resolve(script).toString());
  }

  /**
   * A provider of each kind, and a model of its own on each.
   *
   * @param models what they are called there: what Claude can be asked for stands in its name
   */
  private static String far(String url, List<String> names, List<String> models) {
    StringBuilder yaml = new StringBuilder("""
        apiVersion: v1
        kind: Secret
        metadata: {name: %s}
        stringData: {api-key: sk-far-away-0123456789}
        """.formatted(names.get(0)));
    List<String> kinds = List.of("openai-compatible", "anthropic", "gemini", "ollama");
    List<String> paths = List.of("/v1", "", "/v1beta", "");
    for (int i = 0; i < kinds.size(); i++) {
      yaml.append("""
          ---
          apiVersion: sluice.dev/v1alpha1
          kind: ModelProvider
          metadata: {name: far-%1$s}
          spec:
            kind: %2$s
            baseUrl: %3$s
            credential: {secretRef: {name: %5$s, key: api-key}}
          ---
          apiVersion: sluice.dev/v1alpha1
          kind: ModelRoute
          metadata: {name: far-%1$s}
          spec:
            models: [far-%1$s]
            targets: [{provider: far-%1$s, model: %4$s}]
            contextTokens: 100000
          """.formatted(
              names.get(i), kinds.get(i), url + paths.get(i), models.get(i), names.get(0)));
    }
    return yaml.toString();
  }

  @AfterAll
  static void stop() {
    if (sluice != null) {
      sluice.close();
    }
    for (Process one : new Process[] {providers, independent}) {
      if (one != null) {
        one.destroy();
      }
    }
    if (table != null) {
      System.out.println(table.printed());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "openai",
        "responses",
        "anthropic",
        "gemini",
        "ollama",
        "langchain openai",
        "langchain responses",
        "langchain anthropic",
        "langchain google",
        "langchain ollama"
      })
  void callersForPythonAreContent(String caller) throws Exception {
    isContent(caller, python(), OUT);
  }

  private static List<String> python() {
    return List.of(PYTHON.toString(), SCRIPTS.resolve("callers.py").toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"openai", "responses", "anthropic", "gemini", "ollama"})
  void callersAreContentWithProvidersThatOthersMade(String caller) throws Exception {
    assumeTrue(Files.isDirectory(NODE), NO_NODE);
    isContent(caller, python(), INDEPENDENT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "node openai",
        "node responses",
        "node anthropic",
        "node gemini",
        "node ollama",
        "vercel openai",
        "vercel openai store:false",
        "vercel openai.chat",
        "vercel compatible",
        "vercel anthropic",
        "vercel google"
      })
  void callersForNodeAreContent(String caller) throws Exception {
    assumeTrue(Files.isDirectory(NODE), NO_NODE);
    isContent(caller, node("callers.mjs"), OUT);
  }

  private static void isContent(String caller, List<String> command, List<String> outs)
      throws IOException, InterruptedException {
    List<String> whole = new ArrayList<>(command);
    whole.add(caller);
    whole.add(sluice.url(1));
    whole.addAll(outs);
    Process process = started(whole);
    List<Cell> cells = new ArrayList<>();
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      lines.lines().filter(Cell::isOne).map(Cell::of).forEach(cells::add);
    }
    assertThat(process.waitFor(CALLER_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(table.wrong(caller, outs, cells)).isEmpty();
  }

  /** What the providers of this test would take from nobody, so that what passes means something. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/chat/completions {'model':'far-openai','max_tokens':5,'messages':[{'role':'user','content':'hi'}],'reasoning':1}",
        "/v1/chat/completions {'model':'far-openai','max_tokens':5,'messages':[{'role':'user','content':[{'type':'image'}]}]}",
        "/v1/messages {'model':'claude-sonnet-4-5','max_tokens':5,'messages':[{'role':'user','content':[{'text':'hi'}]}]}",
        "/v1/messages {'model':'claude-sonnet-4-5','max_tokens':'5','messages':[{'role':'user','content':'hi'}]}",
        "/v1beta/models/far-gemini:generateContent {'contents':[{'parts':[{'txt':'hi'}]}],'generationConfig':{'maxOutputTokens':5}}",
        "/api/chat {'model':'far-ollama','messages':[{'role':'user','content':'hi','parts':[]}],'options':{'num_predict':5}}"
      })
  void providersRefuseWhatTheirSdksDoNotKnow(String call) throws Exception {
    String[] pathAndBody = call.split(" ", 2);
    Http.Answer answer =
        Http.post(providersUrl + pathAndBody[0], pathAndBody[1].replace('\'', '"'));
    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body()).contains("Unfit");
  }
}
