package dev.sluice.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.chaos.check.CellTable;
import dev.sluice.chaos.check.CellTable.Cell;
import dev.sluice.chaos.fault.FarProviders;
import dev.sluice.chaos.fault.Installation;
import dev.sluice.chaos.fault.Manifests;
import dev.sluice.chaos.traffic.Chat;
import dev.sluice.chaos.traffic.Http;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
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
  private static final String NO_NODE =
      "the SDKs for Node are not installed: needs Node 20 or later with npm and access to a registry";
  private static final String KEY = "sk-caller-0123456789";
  private static final long CALLER_SECONDS = 180;

  @TempDir
  static Path folder;

  private static FarProviders providers;
  private static Installation sluice;
  private static CellTable table;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(
        FarProviders.installed(),
        "the SDKs are not installed: needs python3 with venv and access to a package index");
    table = new CellTable(Path.of("src", "test", "python", "dialects", "not-sayable.tsv"));
    Manifests manifests = Manifests.withModels(folder.resolve("manifests"))
        .withTenant("caller", KEY, 50_000_000, "none");
    providers = FarProviders.start(manifests);
    sluice = Installation.start(
        folder.resolve("data"),
        "127.0.7.73",
        "run",
        "--manifests",
        manifests.folder().toString(),
        "--set",
        "sluice.model.health.cool-down=10ms",
        "--set",
        "sluice.model.health.longest-cool-down=10ms",
        "--set",
        "sluice.model.health.longest-retry-after=10ms");
    await("a first call: its tenant's entity is there")
        .atMost(Duration.ofMinutes(1))
        .until(() -> new Chat(KEY, "echo", 1, 5).send(sluice.url(1)).succeeded());
  }

  @AfterAll
  static void stop() {
    if (sluice != null) {
      sluice.close();
    }
    if (providers != null) {
      providers.close();
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
    isContent(caller, FarProviders.python("callers.py"), FarProviders.names());
  }

  @ParameterizedTest
  @ValueSource(strings = {"openai", "responses", "anthropic", "gemini", "ollama"})
  void callersAreContentWithProvidersThatOthersMade(String caller) throws Exception {
    assumeTrue(FarProviders.nodeInstalled(), NO_NODE);
    isContent(caller, FarProviders.python("callers.py"), FarProviders.independentNames());
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
    assumeTrue(FarProviders.nodeInstalled(), NO_NODE);
    isContent(caller, FarProviders.node("callers.mjs"), FarProviders.names());
  }

  private static void isContent(String caller, List<String> command, List<String> outs)
      throws IOException, InterruptedException {
    List<String> whole = new ArrayList<>(command);
    whole.add(caller);
    whole.add(sluice.url(1));
    whole.addAll(outs);
    Process process = FarProviders.started(whole);
    List<Cell> cells = new ArrayList<>();
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      lines.lines().filter(Cell::isOne).map(Cell::of).forEach(cells::add);
    }
    assertThat(process.waitFor(CALLER_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(table.wrong(caller, outs, cells)).isEmpty();
  }

  /** boto3 and google-auth, with Bedrock and Vertex AI of this test. */
  @Test
  void clientsOfCloudsAreContentWithTheProvidersThemselves() throws Exception {
    List<String> command = new ArrayList<>(FarProviders.python("clouds_check.py"));
    command.add(providers.told());
    Process check = FarProviders.started(command);
    assertThat(check.waitFor(CALLER_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(check.exitValue()).isZero();
  }

  /** What the providers of this test would take from nobody, so that what passes means something. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "openai Authorization /v1/chat/completions {'model':'far-openai','max_tokens':5,'messages':[{'role':'user','content':'hi'}],'reasoning':1}",
        "openai Authorization /v1/chat/completions {'model':'far-openai','max_tokens':5,'messages':[{'role':'user','content':[{'type':'image'}]}]}",
        "anthropic x-api-key /v1/messages {'model':'claude-sonnet-4-5','max_tokens':5,'messages':[{'role':'user','content':[{'text':'hi'}]}]}",
        "anthropic x-api-key /v1/messages {'model':'claude-sonnet-4-5','max_tokens':'5','messages':[{'role':'user','content':'hi'}]}",
        "gemini x-goog-api-key /v1beta/models/far-gemini:generateContent {'contents':[{'parts':[{'txt':'hi'}]}],'generationConfig':{'maxOutputTokens':5}}",
        "bedrock Authorization /model/m/converse {'messages':[{'role':'user','content':[{'text':'hi'}]}],'inferenceConfig':{'maxTokens':5}}",
        "vertex Authorization /v1/projects/p/locations/l/publishers/google/models/m:generateContent {'contents':[{'parts':[{'text':'hi'}]}]}",
        "ollama Authorization /api/chat {'model':'far-ollama','messages':[{'role':'user','content':'hi','parts':[]}],'options':{'num_predict':5}}"
      })
  void providersRefuseWhatTheirSdksDoNotKnow(String call) throws Exception {
    String[] words = call.split(" ", 4);
    String key = providers.key(words[0]).replace("\n", "");
    Http.Answer answer = Http.post(
        providers.url() + words[2],
        words[3].replace('\'', '"'),
        words[1],
        words[1].equals("Authorization") ? "Bearer " + key : key);
    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body()).contains("Unfit");
  }
}
