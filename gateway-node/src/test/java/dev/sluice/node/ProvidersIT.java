package dev.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.model.bedrock.AwsKey;
import dev.sluice.model.bedrock.Frames;
import dev.sluice.model.bedrock.SigV4;
import dev.sluice.node.FakeProvider.Answer;
import dev.sluice.node.FakeProvider.Asked;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Providers of each kind as callers of a node reach them: where they are called, how it is proven who calls, what comes back. */
class ProvidersIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String HOST = "127.0.4.7";
  private static final String URL = "http://" + HOST + ":18080";
  private static final String ADMIN = "http://" + HOST + ":18081/api/v1";
  private static final String KEY = "sk-caller-1";
  private static final String CLAUDE = "eu.anthropic.claude-x-v1:0";
  private static final String AWS =
      "{\"AccessKeyId\": \"AKIAFAR\", \"SecretAccessKey\": \"far/secret+\"}";
  private static final String CONVERSED =
      "{'output':{'message':{'role':'assistant','content':[{'text':'far'}]}},"
          + "'stopReason':'end_turn','usage':{'inputTokens':7,'outputTokens':2,'totalTokens':9}}";
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir
  static Path folder;

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static FakeProvider far;
  private static FakeTunnel live;
  private static EmbeddedPostgres database;
  private static Node node;

  private static String manifests() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    String pem = "-----BEGIN PRIVATE KEY-----\\n"
        + Base64.getEncoder()
            .encodeToString(generator.generateKeyPair().getPrivate().getEncoded())
        + "\\n-----END PRIVATE KEY-----\\n";
    String google =
        "{\"type\":\"service_account\",\"client_email\":\"a@p.example\",\"private_key\":\"" + pem
            + "\",\"token_uri\":\"" + far.url() + "/token\"}";
    StringBuilder all = new StringBuilder("""
        apiVersion: v1
        kind: Secret
        metadata: {name: far}
        stringData:
          key: sk-far-1
          caller: %s
          aws: '%s'
          google: '%s'
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: Tenant
        metadata: {name: caller}
        spec:
          keys: [{name: one, secretRef: {name: far, key: caller}}]
          limits: [{unit: tokens, amount: 100000000, window: none}]
        """.formatted(KEY, AWS, google));
    provider(all, "bedrock", "kind: bedrock, region: eu-west-1", "", "aws", CLAUDE);
    provider(all, "bearer", "kind: bedrock, region: eu-west-1", "", "key", "amazon.nova-lite-v1:0");
    provider(all, "vertex", "kind: vertex, project: p, location: global", "", "google", "gemini-x");
    provider(
        all, "vclaude", "kind: vertex, project: p, location: global", "", "google", "claude-x@1");
    provider(all, "gemini", "kind: gemini", "/v1beta", "key", "gemini-x");
    provider(all, "ollama", "kind: ollama", "/ollama", "key", "llama");
    provider(all, "compat", "kind: openai-compatible", "/v1", "key", "llama-3");
    all.append("""
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: ModelProvider
        metadata: {name: live}
        spec: {kind: openai, baseUrl: 'http://127.0.0.1:%s/v1', credential: {secretRef: {name: far, key: key}}}
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: ModelRoute
        metadata: {name: files}
        spec:
          models: [unused]
          targets: [{provider: compat}]
          passthrough: {paths: [/v1/files, /v1/batches], provider: compat}
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: ModelRoute
        metadata: {name: live}
        spec:
          models: [unused-too]
          targets: [{provider: live}]
          contextTokens: 500
          maxOutputTokens: 100
          passthrough: {paths: [/v1/realtime], provider: live, charge: context}
        """.formatted(live.port()));
    return all.toString();
  }

  /** @param path behind the URL of the fake */
  private static void provider(
      StringBuilder all, String name, String kind, String path, String secret, String model) {
    all.append("""
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: ModelProvider
        metadata: {name: %1$s}
        spec: {%2$s, baseUrl: '%3$s', credential: {secretRef: {name: far, key: %4$s}}}
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: ModelRoute
        metadata: {name: %1$s}
        spec: {models: [%1$s], targets: [{provider: %1$s, model: '%5$s'}], maxOutputTokens: 100}
        """.formatted(name, kind, far.url() + path, secret, model));
  }

  @BeforeAll
  static void start() throws Exception {
    far = new FakeProvider();
    live = new FakeTunnel();
    far.answers("/token", Answer.json("{'access_token':'ya29.far','expires_in':3600}"));
    database =
        EmbeddedPostgres.builder().setDataDirectory(folder.resolve("data")).start();
    Files.createDirectory(folder.resolve("manifests"));
    Files.writeString(folder.resolve("manifests/all.yaml"), manifests());
    node = Node.start(NodeSettings.load(
            LocalNode.settings(HOST, folder.resolve("manifests"), database), Optional.empty()))
        .toCompletableFuture()
        .get();
    await().atMost(PATIENCE).until(node::inCluster);
    await().atMost(PATIENCE).until(() -> get("/v1/models", Map.of()).statusCode() == 200);
  }

  @AfterAll
  static void stop() throws Exception {
    node.stop().toCompletableFuture().get();
    database.close();
    far.close();
    live.close();
  }

  private static HttpResponse<String> get(String path, Map<String, String> fields)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(URL + path));
    fields.forEach(request::header);
    return send(request);
  }

  /** @param json with ' for " */
  private static HttpResponse<String> post(String path, String json)
      throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(URI.create(URL + path))
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(json.replace('\'', '"'))));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return CLIENT.send(
        request.header("Authorization", "Bearer " + KEY).build(), BodyHandlers.ofString());
  }

  private static String chat(String model, String more) {
    return "{" + more + "'model':'" + model
        + "','messages':[{'role':'user','content':'hello you'}]}";
  }

  private static JsonNode good(HttpResponse<String> answer) throws IOException {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  /** What the tenant has spent so far, in tokens. */
  private static long settled() throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(ADMIN + "/tenants/caller/balances")).build();
    return JSON.readTree(CLIENT.send(request, BodyHandlers.ofString()).body())
        .path(0)
        .path("settled")
        .asLong();
  }

  private interface Call {
    void run() throws Exception;
  }

  private static void spends(long tokens, Call call) throws Exception {
    long before = settled();
    call.run();
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(settled() - before).isEqualTo(tokens));
  }

  @Test
  void bedrockConversesAndIsSentWhatWasSigned() throws Exception {
    String path = "/model/eu.anthropic.claude-x-v1%3A0/converse";
    far.answers(path, Answer.json(CONVERSED));
    spends(9, () -> {
      JsonNode answer = good(post("/v1/chat/completions", chat("bedrock", "")));
      assertThat(answer.at("/choices/0/message/content").asText()).isEqualTo("far");
    });
    Asked asked = far.asked(path);
    assertThat(asked.headers()).doesNotContainValue("Bearer " + KEY);
    LocalDateTime when = LocalDateTime.parse(
        asked.headers().get("x-amz-date"), DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'"));
    Map<String, String> signed = new SigV4(AwsKey.read(AWS), "eu-west-1", "bedrock")
        .fields(
            new SigV4.Request(
                asked.method(),
                asked.headers().get("host"),
                asked.target(),
                Map.of("content-type", asked.headers().get("content-type")),
                asked.body()),
            when.toInstant(ZoneOffset.UTC));
    assertThat(asked.headers()).containsEntry("authorization", signed.get("authorization"));
  }

  @Test
  void bedrocksFramesReachCallersOfOtherDialectsAsTheirOwnEvents() throws Exception {
    byte[] frames = new Frames()
        .event("messageStart", "{'role':'assistant'}")
        .event("contentBlockDelta", "{'contentBlockIndex':0,'delta':{'text':'far'}}")
        .event("messageStop", "{'stopReason':'end_turn'}")
        .event("metadata", "{'usage':{'inputTokens':7,'outputTokens':2,'totalTokens':9}}")
        .bytes();
    far.answers(
        "/model/amazon.nova-lite-v1%3A0/converse-stream",
        new Answer(200, "application/vnd.amazon.eventstream", Map.of(), frames));
    spends(
        9,
        () -> assertThat(
                post("/v1/chat/completions", chat("bearer", "'stream':true,")).body())
            .contains("\"content\":\"far\"")
            .endsWith("data: [DONE]\n\n"));
    assertThat(far.asked("/model/amazon.nova-lite-v1%3A0/converse-stream").headers())
        .containsEntry("authorization", "Bearer sk-far-1");
  }

  @Test
  void claudeAtBedrockIsInvokedWithTheBodyOfACallerOfAnthropics() throws Exception {
    String sse = """
        event: message_start
        data: {"type":"message_start","message":{"id":"m","type":"message","usage":{"input_tokens":5,"output_tokens":1}}}

        event: message_delta
        data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":3}}

        event: message_stop
        data: {"type":"message_stop"}

        """;
    String path = "/model/eu.anthropic.claude-x-v1%3A0/invoke-with-response-stream";
    far.answers(
        path,
        new Answer(
            200,
            "application/vnd.amazon.eventstream",
            Map.of(),
            new Frames().chunks(sse).bytes()));
    spends(8, () -> {
      HttpResponse<String> answer =
          post("/v1/messages", chat("bedrock", "'stream':true,'max_tokens':9,'top_k':3,"));
      assertThat(answer.headers().firstValue("content-type")).contains("text/event-stream");
      assertThat(answer.body()).isEqualTo(sse);
    });
    assertThat(far.asked(path).text())
        .contains("\"anthropic_version\":\"bedrock-2023-05-31\"", "\"top_k\":3")
        .doesNotContain("stream");
  }

  @Test
  void bedrocksErrorsAreTheCallersByTheTypeInTheirHead() throws Exception {
    Answer throttled = new Answer(
        429,
        "application/json",
        Map.of("x-amzn-ErrorType", "ThrottlingException:http://internal.amazon.com/"),
        "{\"message\":\"Too many requests\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    far.answers("/model/eu.anthropic.claude-x-v1%3A0/invoke", throttled);
    HttpResponse<String> own = post("/v1/messages", chat("bedrock", "'max_tokens':9,"));
    assertThat(own.statusCode()).isEqualTo(429);
    assertThat(JSON.readTree(own.body()).at("/error/type").asText()).isEqualTo("rate_limit_error");
  }

  @Test
  void vertexIsCalledWithATokenThatTheCredentialGot() throws Exception {
    String path =
        "/v1/projects/p/locations/global/publishers/google/models/gemini-x:generateContent";
    far.answers(
        path,
        Answer.json(
            "{'candidates':[{'content':{'role':'model','parts':[{'text':'far'}]},'finishReason':'STOP'}],"
                + "'usageMetadata':{'promptTokenCount':4,'candidatesTokenCount':1,'totalTokenCount':5}}"));
    spends(5, () -> good(post("/v1/chat/completions", chat("vertex", ""))));
    assertThat(far.asked(path).headers())
        .containsEntry("authorization", "Bearer ya29.far")
        .doesNotContainKey("x-goog-api-key");
    assertThat(far.asked("/token").text())
        .startsWith("assertion=")
        .contains("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer");
  }

  @Test
  void claudeAtVertexHasItsOwnPathAndVersion() throws Exception {
    String path =
        "/v1/projects/p/locations/global/publishers/anthropic/models/claude-x@1:rawPredict";
    far.answers(
        path,
        Answer.json(
            "{'id':'m','type':'message','role':'assistant','content':[{'type':'text','text':'far'}],"
                + "'stop_reason':'end_turn','usage':{'input_tokens':4,'output_tokens':2}}"));
    spends(6, () -> good(post("/v1/messages", chat("vclaude", "'max_tokens':9,"))));
    assertThat(far.asked(path).text())
        .contains("\"anthropic_version\":\"vertex-2023-10-16\"")
        .doesNotContain("\"model\"");
  }

  @Test
  void modelsAreListedInTheWordsOfWhoeverAsks() throws Exception {
    assertThat(good(get("/v1/models", Map.of())).at("/data/0/object").asText()).isEqualTo("model");
    assertThat(good(get("/v1/models/bedrock", Map.of())).path("id").asText()).isEqualTo("bedrock");
    Map<String, String> anthropic = Map.of("anthropic-version", "2023-06-01");
    assertThat(good(get("/v1/models", anthropic)).at("/data/0/type").asText()).isEqualTo("model");
    assertThat(good(get("/v1/models/bedrock", anthropic)).path("display_name").asText())
        .isEqualTo("bedrock");
    assertThat(good(get("/v1beta/models", Map.of())).at("/models/0/name").asText())
        .startsWith("models/");
    assertThat(good(get("/v1beta/models/bedrock", Map.of())).path("name").asText())
        .isEqualTo("models/bedrock");
    assertThat(good(get("/api/tags", Map.of())).at("/models/0/name").asText()).isNotEmpty();
    assertThat(good(get("/api/version", Map.of())).path("version").asText()).isNotEmpty();
    assertThat(good(post("/api/show", "{'model':'bedrock'}")).path("capabilities"))
        .isNotEmpty();
    HttpResponse<String> none = get("/v1/models/nobody", Map.of());
    assertThat(none.statusCode()).isEqualTo(404);
    assertThat(post("/api/show", "{'model':'nobody'}").statusCode()).isEqualTo(404);
  }

  @Test
  void embeddingsGoFromEachDialectToEach() throws Exception {
    far.answers(
        "/v1/embeddings",
        Answer.json("{'object':'list','data':[{'object':'embedding','index':0,"
            + "'embedding':[1,2]}],'model':'x','usage':{'prompt_tokens':3,'total_tokens':3}}"));
    far.answers(
        "/v1beta/models/gemini-x:batchEmbedContents",
        Answer.json("{'embeddings':[{'values':[1,2]}]}"));
    far.answers(
        "/ollama/api/embed",
        Answer.json("{'model':'llama','embeddings':[[1,2]],'prompt_eval_count':3}"));
    spends(
        3,
        () -> assertThat(good(post("/api/embed", "{'model':'compat','input':'a b c'}"))
                .at("/embeddings/0/1")
                .asInt())
            .isEqualTo(2));
    spends(
        3,
        () -> assertThat(good(post(
                    "/v1beta/models/ollama:embedContent",
                    "{'content':{'parts':[{'text':'a b c'}]}}"))
                .at("/embedding/values/1")
                .asInt())
            .isEqualTo(2));
    spends(
        3,
        () -> assertThat(good(post("/api/embed", "{'model':'ollama','input':'a b c'}"))
                .at("/embeddings/0/0")
                .asInt())
            .isEqualTo(1));
    // Gemini tells no usage of embeddings: three words are counted here.
    spends(
        3,
        () -> assertThat(good(post("/v1/embeddings", "{'model':'gemini','input':'a b c'}"))
                .at("/data/0/embedding/1")
                .asInt())
            .isEqualTo(2));
    assertThat(post("/v1/embeddings", "{'model':'bedrock','input':'a'}").statusCode())
        .isEqualTo(400);
  }

  @Test
  void promptsAreCountedHereForProvidersThatCanNot() throws Exception {
    String counted = chat("compat", "");
    spends(0, () -> {
      assertThat(good(post("/v1/messages/count_tokens", counted))
              .path("input_tokens")
              .asLong())
          .isBetween(2L, 20L);
      assertThat(good(post(
                  "/v1beta/models/compat:countTokens",
                  "{'contents':[{'role':'user','parts':[{'text':'hello you'}]}]}"))
              .path("totalTokens")
              .asLong())
          .isBetween(2L, 20L);
    });
  }

  @Test
  void anAnswerWithoutUsageIsCountedByItsWords() throws Exception {
    far.answers(
        "/v1/chat/completions",
        Answer.events(
            "data: {'choices':[{'index':0,'delta':"
                + "{'role':'assistant','content':'one two three'}}]}\n\n"
                + "data: {'choices':[{'index':0,'delta':{},'finish_reason':'stop'}]}\n\ndata: [DONE]\n\n"));
    long before = settled();
    assertThat(post("/v1/chat/completions", chat("compat", "'stream':true,")).body())
        .endsWith("data: [DONE]\n\n");
    await().atMost(PATIENCE).until(() -> settled() > before);
    assertThat(settled() - before).as("less than the 100 tokens that were held").isBetween(5L, 30L);
  }

  @Test
  void filesPassAsTheyAreWithTheCredentialOfTheProviderAndNoneOfTheCallers() throws Exception {
    far.answers("/v1/files?purpose=batch", Answer.json("{'id':'f-1'}"));
    far.answers(
        "/v1/files/f%201/content",
        new Answer(
            200, "application/jsonl", Map.of("x-secret", "of the account"), new byte[] {1, 2, 3}));
    spends(0, () -> {
      HttpResponse<String> made = send(HttpRequest.newBuilder(
              URI.create(URL + "/v1/files?purpose=batch&api_key=sk-other&%6Bey=sk-other"))
          .header("Content-Type", "multipart/form-data; boundary=b")
          .header("Cookie", "a=b")
          .header("OpenAI-Beta", "x=v1")
          .header("OpenAI-Organization", "another")
          .header("x-api-key", "sk-another")
          .POST(BodyPublishers.ofString("--b\r\n".repeat(100_000))));
      assertThat(good(made).path("id").asText()).isEqualTo("f-1");
    });
    Asked asked = far.asked("/v1/files?purpose=batch");
    assertThat(asked.body()).hasSize(500_000);
    assertThat(asked.headers())
        .containsEntry("authorization", "Bearer sk-far-1")
        .containsEntry("content-type", "multipart/form-data; boundary=b")
        .containsEntry("openai-beta", "x=v1")
        .doesNotContainKeys("cookie", "openai-organization", "x-api-key");
    HttpResponse<String> content = get("/v1/files/f%201/content", Map.of());
    assertThat(content.statusCode()).isEqualTo(200);
    assertThat(content.body()).hasSize(3);
    assertThat(content.headers().firstValue("x-secret")).isEmpty();
    assertThat(content.headers().firstValue("x-sluice-target")).contains("default/compat");
  }

  @Test
  void whatIsNotNamedIsRefusedByName() throws Exception {
    HttpResponse<String> other = get("/v1/uploads", Map.of());
    assertThat(other.statusCode()).isEqualTo(501);
    assertThat(other.body()).contains("/v1/uploads is not served here");
    HttpResponse<String> climbing = get("/v1/files/..%2fchat", Map.of());
    assertThat(climbing.statusCode()).isEqualTo(400);
    HttpResponse<String> traced = send(HttpRequest.newBuilder(URI.create(URL + "/v1/files"))
        .method("OPTIONS", BodyPublishers.noBody()));
    assertThat(traced.statusCode()).isEqualTo(405);
    HttpResponse<String> stranger = CLIENT.send(
        HttpRequest.newBuilder(URI.create(URL + "/v1/files")).build(), BodyHandlers.ofString());
    assertThat(stranger.statusCode()).isEqualTo(401);
  }

  @Test
  void aProvidersRefusalOfTheCredentialIsNotTheCallers() throws Exception {
    far.answers(
        "/v1/files/closed",
        new Answer(
            401,
            "application/json",
            Map.of(),
            "sk-far-1 is wrong".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    HttpResponse<String> answer = get("/v1/files/closed", Map.of());
    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(answer.body()).contains("provider_credential").doesNotContain("sk-far-1");
  }

  @Test
  void realtimeIsAnotherProtocolBothWaysAndChargedAsTheContextWindow() throws Exception {
    spends(600, () -> {
      try (java.net.Socket socket = new java.net.Socket(HOST, 18080)) {
        socket.setSoTimeout(30_000);
        socket
            .getOutputStream()
            .write(("GET /v1/realtime?model=live HTTP/1.1\r\nHost: " + HOST
                    + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    + "Sec-WebSocket-Protocol: realtime, openai-insecure-api-key." + KEY
                    + "\r\n\r\n")
                .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        String head = FakeTunnel.head(socket.getInputStream());
        assertThat(head)
            .startsWith("HTTP/1.1 101 ")
            .containsIgnoringCase("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        socket.getOutputStream().write("ping".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        assertThat(socket.getInputStream().readNBytes(4)).asString().isEqualTo("ping");
      }
    });
    assertThat(live.head())
        .startsWith("GET /v1/realtime?model=live HTTP/1.1\r\n")
        .containsIgnoringCase("authorization: Bearer sk-far-1")
        .containsIgnoringCase("sec-websocket-protocol: realtime\r\n")
        .doesNotContain(KEY);
  }
}
