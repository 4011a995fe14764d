package dev.sluice.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.chaos.fault.Installation;
import dev.sluice.chaos.fault.LocalModel;
import dev.sluice.chaos.fault.Manifests;
import dev.sluice.chaos.fault.ModelServer;
import dev.sluice.chaos.traffic.Http;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Claude is overloaded, Gemini can't be reached, and a model on a server that nobody here wrote answers: llama.cpp's own, with a tiny
 * model made on the spot. To callers of every dialect, whole and streamed, it says what it says when it is asked directly, and what is
 * charged is what it has counted itself.
 */
class LocalModelIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String KEY = "sk-caller-0123456789";
  private static final String QUESTION = "What can be said of rivers?";
  private static final int CAP = 12;
  private static final String TRIED =
      "default/claude/claude-sonnet-4-5=529, default/gemini/gemini-2.5-pro=unreachable";
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir
  static Path folder;

  private static ModelServer claude;
  private static LocalModel local;
  private static Installation sluice;
  private static String said;

  /** Requests of one dialect, and where its answers have what. */
  enum Caller {
    CHAT("/v1/chat/completions", """
        {"model": "sonnet", "max_tokens": %2$d, "temperature": 0, "stream": false,
         "messages": [{"role": "user", "content": "%1$s"}]}""", "/choices/0/message/content"),
    CHAT_STREAM("/v1/chat/completions", """
        {"model": "sonnet", "max_tokens": %2$d, "temperature": 0, "stream": true, "stream_options": {"include_usage": true},
         "messages": [{"role": "user", "content": "%1$s"}]}""", "/choices/0/delta/content"),
    RESPONSES("/v1/responses", """
        {"model": "sonnet", "max_output_tokens": %2$d, "temperature": 0, "input": "%1$s"}""", "/output/0/content/0/text"),
    RESPONSES_STREAM("/v1/responses", """
        {"model": "sonnet", "max_output_tokens": %2$d, "temperature": 0, "stream": true, "input": "%1$s"}""", "/delta"),
    MESSAGES("/v1/messages", """
        {"model": "sonnet", "max_tokens": %2$d, "temperature": 0, "messages": [{"role": "user", "content": "%1$s"}]}""", "/content/0/text"),
    MESSAGES_STREAM("/v1/messages", """
        {"model": "sonnet", "max_tokens": %2$d, "temperature": 0, "stream": true,
         "messages": [{"role": "user", "content": "%1$s"}]}""", "/delta/text"),
    GEMINI("/v1beta/models/sonnet:generateContent", """
        {"contents": [{"role": "user", "parts": [{"text": "%1$s"}]}],
         "generationConfig": {"maxOutputTokens": %2$d, "temperature": 0}}""", "/candidates/0/content/parts/0/text"),
    GEMINI_STREAM(
        "/v1beta/models/sonnet:streamGenerateContent?alt=sse",
        """
        {"contents": [{"role": "user", "parts": [{"text": "%1$s"}]}],
         "generationConfig": {"maxOutputTokens": %2$d, "temperature": 0}}""",
        "/candidates/0/content/parts/0/text"),
    OLLAMA("/api/chat", """
        {"model": "sonnet", "stream": false, "options": {"num_predict": %2$d, "temperature": 0},
         "messages": [{"role": "user", "content": "%1$s"}]}""", "/message/content"),
    OLLAMA_STREAM("/api/chat", """
        {"model": "sonnet", "options": {"num_predict": %2$d, "temperature": 0},
         "messages": [{"role": "user", "content": "%1$s"}]}""", "/message/content");

    private final String path;
    private final String body;
    private final String text;

    Caller(String path, String body, String text) {
      this.path = path;
      this.body = body;
      this.text = text;
    }

    boolean streams() {
      return name().endsWith("_STREAM");
    }

    Http.Answer ask(String url) throws IOException, InterruptedException {
      return Http.post(
          url + path,
          body.formatted(QUESTION, CAP),
          "Authorization",
          "Bearer " + KEY,
          "Content-Type",
          "application/json");
    }

    /** The text of an answer, or of all pieces of it. */
    String text(List<JsonNode> pieces) {
      return pieces.stream()
          .map(piece -> piece.at(text))
          .filter(JsonNode::isTextual)
          .map(JsonNode::asText)
          .collect(Collectors.joining());
    }

    /** What the answer says that it has used, of whichever kind. */
    LocalModel.Counted used(List<JsonNode> pieces) {
      List<JsonNode> usages = new ArrayList<>();
      for (JsonNode piece : pieces) {
        for (String place : List.of("/usage", "/response/usage", "/usageMetadata", "")) {
          JsonNode usage = piece.at(place);
          if (output(usage) > 0) {
            usages.add(usage);
            break;
          }
        }
      }
      JsonNode last = usages.get(usages.size() - 1);
      return new LocalModel.Counted(input(last), output(last));
    }

    private long output(JsonNode usage) {
      return switch (this) {
        case CHAT, CHAT_STREAM -> usage.path("completion_tokens").asLong();
        case RESPONSES, RESPONSES_STREAM, MESSAGES, MESSAGES_STREAM ->
          usage.path("output_tokens").asLong();
        case GEMINI, GEMINI_STREAM -> usage.path("candidatesTokenCount").asLong();
        case OLLAMA, OLLAMA_STREAM -> usage.path("eval_count").asLong();
      };
    }

    private long input(JsonNode usage) {
      return switch (this) {
        case CHAT, CHAT_STREAM -> usage.path("prompt_tokens").asLong();
        case RESPONSES, RESPONSES_STREAM -> usage.path("input_tokens").asLong();
        case MESSAGES, MESSAGES_STREAM ->
          usage.path("input_tokens").asLong()
              + usage.path("cache_read_input_tokens").asLong()
              + usage.path("cache_creation_input_tokens").asLong();
        case GEMINI, GEMINI_STREAM -> usage.path("promptTokenCount").asLong();
        case OLLAMA, OLLAMA_STREAM -> usage.path("prompt_eval_count").asLong();
      };
    }
  }

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(
        LocalModel.installed(),
        "llama.cpp's server is not installed: needs python3 with venv, access to a package index, and a machine that it is built for");
    claude = new ModelServer(0);
    claude.answer("claude-sonnet-4-5", 529, 0);
    local = LocalModel.start(Files.createDirectories(folder.resolve("local")));
    said = Caller.CHAT.text(List.of(Caller.CHAT.ask(local.url()).json()));
    LocalModel.Counted direct = local.counted();
    Manifests manifests = Manifests.withModels(folder.resolve("manifests"))
        .withTenant("caller", KEY, 1_000_000, "none");
    manifests.write("chain.yaml", chain());
    sluice = Installation.start(
        folder.resolve("data"),
        "127.0.7.83",
        "run",
        "--manifests",
        manifests.folder().toString(),
        "--set",
        "sluice.model.health.failures=1000");
    await().atMost(PATIENCE).until(() -> Caller.CHAT.ask(sluice.url(1)).status() == 200);
    await()
        .atMost(PATIENCE)
        .until(() -> settled() == local.counted().since(direct).all());
  }

  private static String chain() throws IOException {
    int nobody;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = closed.getLocalPort();
    }
    return """
        apiVersion: v1
        kind: Secret
        metadata: {name: providers}
        stringData: {claude: sk-ant-0123456789abcdef, gemini: AIza0123456789abcdef}
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: ModelProvider
        metadata: {name: claude}
        spec: {kind: anthropic, baseUrl: '%s', credential: {secretRef: {name: providers, key: claude}}}
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: ModelProvider
        metadata: {name: gemini}
        spec: {kind: gemini, baseUrl: 'http://127.0.0.1:%d/v1beta', credential: {secretRef: {name: providers, key: gemini}}}
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: ModelProvider
        metadata: {name: local}
        spec: {kind: openai-compatible, preset: llama-cpp, baseUrl: '%s/v1'}
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: ModelRoute
        metadata: {name: sonnet}
        spec:
          models: [sonnet]
          targets:
            - {provider: claude, model: claude-sonnet-4-5}
            - {provider: gemini, model: gemini-2.5-pro}
            - {provider: local, model: tiny}
          fallback: {attempts: 3}
        """.formatted(claude.url().replace("/v1", ""), nobody, local.url());
  }

  @AfterAll
  static void stop() {
    if (sluice != null) {
      sluice.close();
    }
    if (local != null) {
      local.close();
    }
    if (claude != null) {
      claude.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void theLocalModelAnswersInTheEnd(Caller caller) throws Exception {
    assertThat(said).as("what it says when it is asked directly").isNotBlank();
    LocalModel.Counted before = local.counted();
    long settledBefore = settled();
    long asked = claude.asked("claude-sonnet-4-5");
    Http.Answer answer = caller.ask(sluice.url(1));
    List<JsonNode> pieces = pieces(caller, answer);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.headers().firstValue("x-sluice-target")).contains("default/local/tiny");
    assertThat(answer.headers().firstValue("x-sluice-tried")).contains(TRIED);
    assertThat(claude.asked("claude-sonnet-4-5")).isEqualTo(asked + 1);
    assertThat(caller.text(pieces)).isEqualTo(said);
    LocalModel.Counted counted = local.counted().since(before);
    assertThat(counted.output()).isEqualTo(CAP);
    assertThat(caller.used(pieces)).isEqualTo(counted);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(settled() - settledBefore).isEqualTo(counted.all()));
  }

  /** Tokens that the caller has been charged so far. */
  private static long settled() throws IOException, InterruptedException {
    for (JsonNode one : sluice.admin(1, "tenants/caller/balances").json()) {
      if (one.path("name").asText().equals("tokens-balance")) {
        return one.path("settled").asLong();
      }
    }
    return -1;
  }

  /** The answer, or each event or line of a stream that is JSON. */
  private static List<JsonNode> pieces(Caller caller, Http.Answer answer) throws IOException {
    if (!caller.streams()) {
      return List.of(answer.json());
    }
    List<JsonNode> pieces = new ArrayList<>();
    for (String line : answer.body().lines().toList()) {
      String data = line.startsWith("data: ") ? line.substring(6) : line;
      if (data.startsWith("{")) {
        pieces.add(JSON.readTree(data));
      }
    }
    return pieces;
  }
}
