package dev.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.identity.SigningIssuer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
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
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No secret is seen where it does not belong, whatever is called in whichever dialect and however it goes wrong, at any log level. */
class SecretsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String HOST = "127.0.4.11";
  private static final String URL = "http://" + HOST + ":18080";
  private static final String ADMIN = "http://" + HOST + ":18081/api/v1";
  private static final String CALLER = "canaryCaller5550001";
  private static final String ADMIN_TOKEN = "canaryAdmin5550002";
  private static final String ACCESS_TOKEN = "canaryAccess5550003";

  /** Keys without a prefix that tells what they are; those with one are known by it. */
  private static final Map<String, String> KEYS = Map.of(
      "compat", "canaryCompat5550004",
      "openai", "sk-proj-canaryOpenai5550005",
      "azure", "9f8e7d6c5b4a39281706fedcba987654",
      "anthropic", "canaryAnthropic5550006",
      "gemini", "canaryGemini5550007",
      "ollama", "canaryOllama5550008",
      "bearer", "ABSKcanaryBearer5550009=");

  private static final String AWS_SECRET = "canaryAws/5550010+";
  private static final String AWS_SESSION = "canarySession5550011";
  private static final String REFRESH = "canaryRefresh5550012";
  private static final String BROKEN = "canaryBroken5550013";

  /** What the provider does, and {@code gone}: nobody listens. */
  private static final List<String> DOES =
      List.of("good", "cut", "says", "e400", "e401", "e403", "e429", "e500", "gone");

  @TempDir
  static Path folder;

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final StringBuilder manifests = new StringBuilder();
  private final List<String> models = new ArrayList<>();
  private String url = "";
  private String gone = "";

  private void secret(String name, String value) {
    manifests.append("""
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: %s}
        stringData: {key: '%s'}
        """.formatted(name, value));
  }

  /** @param path of the API, behind the first two parts */
  private void providers(String name, String kind, String path, String secret, String model) {
    for (String does : DOES) {
      String base = (does.equals("gone") ? gone : url) + "/" + does + "/" + name + path;
      provider(name + "-" + does, kind, base, secret, model);
    }
  }

  private void provider(String name, String kind, String base, String secret, String model) {
    models.add(name);
    manifests.append("""
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: ModelProvider
        metadata: {name: %1$s}
        spec: {%2$s, baseUrl: '%3$s', credential: {secretRef: {name: %4$s, key: key}}}
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: ModelRoute
        metadata: {name: %1$s}
        spec: {models: [%1$s], targets: [{provider: %1$s, model: '%5$s'}], maxOutputTokens: 100}
        """.formatted(name, kind, base, secret, model));
  }

  private void passthrough(String path, String provider) {
    manifests.append("""
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: ModelRoute
        metadata: {name: through-%1$s}
        spec: {models: [through-%1$s], targets: [{provider: %1$s}], passthrough: {paths: [%2$s], provider: %1$s}}
        """.formatted(provider, path));
  }

  private static String google(String key, String tokenUrl) {
    return "{\"type\":\"service_account\",\"client_email\":\"a@p.example\",\"private_key\":\"-----BEGIN PRIVATE KEY-----\\n"
        + key + "\\n-----END PRIVATE KEY-----\\n\",\"token_uri\":\"" + tokenUrl + "\"}";
  }

  private void declare(String privateKey) {
    manifests.append("""
        apiVersion: sluice.dev/v1alpha1
        kind: Tenant
        metadata: {name: caller}
        spec:
          keys:
            - {name: one, secretRef: {name: caller, key: key}}
            - {name: token, jwt: {issuer: corp, claims: {sub: someone}}}
          limits: [{unit: tokens, amount: 1000000000, window: none}]
        """);
    secret("caller", CALLER);
    KEYS.forEach(SecretsIT.this::secret);
    secret(
        "aws",
        "{\"AccessKeyId\":\"AKIAFAR\",\"SecretAccessKey\":\"" + AWS_SECRET
            + "\",\"SessionToken\":\"" + AWS_SESSION + "\"}");
    secret("google", google(privateKey, url + "/token"));
    secret("broken", google(BROKEN, url + "/token"));
    secret(
        "refresh",
        "{\"type\":\"authorized_user\",\"client_id\":\"c\",\"client_secret\":\"c\",\"refresh_token\":\""
            + REFRESH + "\",\"token_uri\":\"" + url + "/refused-token\"}");
    providers("compat", "kind: openai-compatible", "/v1", "compat", "far");
    providers("openai", "kind: openai", "/v1", "openai", "gpt-x");
    providers("azure", "kind: azure-openai", "", "azure", "gpt-x");
    providers("anthropic", "kind: anthropic", "/v1", "anthropic", "claude-x");
    providers("gemini", "kind: gemini", "/v1beta", "gemini", "gemini-x");
    providers("ollama", "kind: ollama", "", "ollama", "llama");
    providers("aws", "kind: bedrock, region: eu-west-1", "", "aws", "eu.anthropic.claude-x-v1:0");
    providers("bearer", "kind: bedrock, region: eu-west-1", "", "bearer", "amazon.nova-lite-v1:0");
    String vertex = "kind: vertex, project: p, location: global";
    providers("vertex", vertex, "", "google", "gemini-x");
    providers("vclaude", vertex, "", "google", "claude-x@1");
    provider("broken", vertex, url + "/good/broken", "broken", "gemini-x");
    provider("refresh", vertex, url + "/good/refresh", "refresh", "gemini-x");
    passthrough("/v1/files", "compat-good");
    passthrough("/v1/batches", "compat-e400");
    passthrough("/v1/uploads", "openai-e500");
  }

  /** A call in the words of each dialect: the path, then the body with ' for ". */
  private static Map<String, String> calls(String model) {
    String turns = "'messages':[{'role':'user','content':'hello you'}]}";
    String contents = "{'contents':[{'role':'user','parts':[{'text':'hello you'}]}]}";
    String named = "{'model':'" + model + "',";
    Map<String, String> calls = new LinkedHashMap<>();
    calls.put("/v1/chat/completions", named + turns);
    calls.put("/v1/chat/completions#s", named + "'stream':true," + turns);
    calls.put("/v1/completions", named + "'prompt':'hello you'}");
    calls.put("/v1/responses", named + "'input':'hello you'}");
    calls.put("/v1/responses#s", named + "'stream':true,'input':'hello you'}");
    calls.put("/v1/embeddings", named + "'input':'hello you'}");
    calls.put("/v1/messages", named + "'max_tokens':9," + turns);
    calls.put("/v1/messages#s", named + "'max_tokens':9,'stream':true," + turns);
    calls.put("/v1/messages/count_tokens", named + turns);
    calls.put("/v1beta/models/" + model + ":generateContent", contents);
    calls.put("/v1beta/models/" + model + ":streamGenerateContent?alt=sse", contents);
    calls.put("/api/chat", named + "'stream':false," + turns);
    calls.put("/api/chat#s", named + turns);
    calls.put("/api/generate", named + "'stream':false,'prompt':'hello you'}");
    return calls;
  }

  private static HttpRequest.Builder to(String path, String json) {
    return HttpRequest.newBuilder(URI.create(URL + path.replaceAll("#.*", "")))
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(json.replace('\'', '"')));
  }

  /** With the key as callers of the dialect show it. */
  private static HttpRequest.Builder shown(String path, String json, String key) {
    if (path.startsWith("/v1/messages")) {
      return to(path, json).header("x-api-key", key);
    }
    if (path.contains(":generate")) {
      return to(path + "?key=" + key, json);
    }
    return path.contains(":stream")
        ? to(path, json).header("x-goog-api-key", key)
        : to(path, json).header("Authorization", "Bearer " + key);
  }

  /** Sends it, and looks through all of the answer. @return its status; 0 if it broke off */
  private static int send(Canaries canaries, HttpRequest request) throws InterruptedException {
    try {
      HttpResponse<String> answer = CLIENT.send(request, BodyHandlers.ofString());
      canaries.look(
          "the answer to " + request.method() + " " + request.uri().getPath(),
          answer.statusCode() + " " + answer.headers().map() + " " + answer.body());
      return answer.statusCode();
    } catch (IOException e) {
      return 0;
    }
  }

  private static HttpRequest admin(String path, String token) {
    return HttpRequest.newBuilder(URI.create(ADMIN + path))
        .header("Authorization", "Bearer " + token)
        .build();
  }

  @Test
  void noSecretIsSeenWhereItDoesNotBelong() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    String privateKey = Base64.getEncoder()
        .encodeToString(generator.generateKeyPair().getPrivate().getEncoded());
    try (SigningIssuer issuer = new SigningIssuer();
        EchoingProvider far = new EchoingProvider(ACCESS_TOKEN);
        EmbeddedPostgres database =
            EmbeddedPostgres.builder().setDataDirectory(folder.resolve("data")).start()) {
      String token = issuer.token(claims -> claims);
      url = far.url();
      try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        gone = "http://127.0.0.1:" + closed.getLocalPort();
      }
      declare(privateKey);
      Files.createDirectory(folder.resolve("manifests"));
      Files.writeString(folder.resolve("manifests/all.yaml"), manifests);
      try (Canaries canaries = new Canaries(secrets(privateKey, token), " " + URL + "/")) {
        Node node = Node.start(NodeSettings.load(settings(issuer, database), Optional.empty()))
            .toCompletableFuture()
            .get();
        try {
          await().atMost(PATIENCE).until(node::inCluster);
          await().atMost(PATIENCE).until(() -> models(CALLER) == 200 && models(token) == 200);
          await().atMost(PATIENCE).until(() -> models(CALLER + "x") == 401);
          call(canaries, token);
          pass(canaries);
          ask(canaries);
        } finally {
          node.stop().toCompletableFuture().get();
        }
        judge(canaries, far);
      }
    }
  }

  private static Map<String, String> secrets(String privateKey, String token) {
    Map<String, String> secrets = new HashMap<>(KEYS);
    secrets.put("caller", CALLER);
    secrets.put("token of the caller", token);
    secrets.put("signature of the caller's token", token.substring(token.lastIndexOf('.') + 1));
    secrets.put("admin", ADMIN_TOKEN);
    secrets.put("access token", ACCESS_TOKEN);
    secrets.put("aws", AWS_SECRET);
    secrets.put("session", AWS_SESSION);
    secrets.put("refresh", REFRESH);
    secrets.put("broken", BROKEN);
    secrets.put("private key", privateKey.substring(100, 160));
    return secrets;
  }

  private static Map<String, Object> settings(SigningIssuer issuer, EmbeddedPostgres database) {
    Map<String, Object> settings =
        new HashMap<>(LocalNode.settings(HOST, folder.resolve("manifests"), database));
    settings.put("sluice.admin.token", ADMIN_TOKEN);
    settings.put(
        "sluice.identity.issuers",
        List.of(Map.of("name", "corp", "issuer", issuer.url(), "audiences", List.of("sluice"))));
    settings.put("sluice.model.health.failures", 1000);
    settings.put("sluice.model.health.rejected-cool-down", "10 ms");
    settings.put("sluice.model.health.longest-rejected-cool-down", "10 ms");
    settings.put("sluice.model.health.cool-down", "10 ms");
    settings.put("sluice.model.health.longest-cool-down", "10 ms");
    settings.put("sluice.control.akka.loglevel", "DEBUG");
    return settings;
  }

  private static int models(String key) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(URL + "/v1/models"))
        .header("Authorization", "Bearer " + key)
        .build();
    return CLIENT.send(request, BodyHandlers.discarding()).statusCode();
  }

  private void call(Canaries canaries, String token) throws InterruptedException {
    for (String model : models) {
      boolean wellKnown = model.endsWith("-good");
      for (Map.Entry<String, String> call : calls(model).entrySet()) {
        int status =
            send(canaries, shown(call.getKey(), call.getValue(), CALLER).build());
        if (wellKnown && call.getKey().equals("/v1/chat/completions")) {
          assertThat(status).as(model).isEqualTo(200);
          assertThat(send(canaries, shown(call.getKey(), call.getValue(), token).build()))
              .as(model)
              .isEqualTo(200);
        }
        if (model.equals("compat-good")) {
          assertThat(send(
                  canaries, shown(call.getKey(), call.getValue(), CALLER + "x").build()))
              .isEqualTo(401);
          assertThat(send(
                  canaries, shown(call.getKey(), call.getValue(), token + "x").build()))
              .isEqualTo(401);
        }
      }
    }
  }

  private static void pass(Canaries canaries) throws InterruptedException {
    for (String path : List.of("/v1/files", "/v1/batches", "/v1/uploads")) {
      for (String key : List.of(CALLER, CALLER + "x")) {
        send(canaries, shown(path, "{}", key).build());
        send(canaries, shown(path + "/a?api_key=" + key, "{}", key).build());
      }
    }
  }

  private static void ask(Canaries canaries) throws InterruptedException {
    for (String path : List.of(
        "/openapi.json",
        "/status",
        "/problems",
        "/shadow",
        "/audit",
        "/explain?url=http%3A%2F%2Fx%2Fv1%2Ffiles%3Fkey%3Dx",
        "/tenants",
        "/tenants/caller",
        "/tenants/caller/limits",
        "/tenants/caller/keys",
        "/tenants/caller/teams",
        "/tenants/caller/balances",
        "/tenants/caller/top-ups",
        "/usage?from=2020-01-01T00:00:00Z&to=2029-01-01T00:00:00Z&group=hour,tenant,team,key,model,target,source")) {
      assertThat(send(canaries, admin(path, ADMIN_TOKEN))).as(path).isIn(200, 404);
      assertThat(send(canaries, admin(path, CALLER))).as(path).isIn(401, 403);
      assertThat(send(canaries, admin(path, ADMIN_TOKEN + "x"))).as(path).isIn(401, 403);
    }
    URI metrics = URI.create("http://" + HOST + ":19095/metrics");
    assertThat(send(canaries, HttpRequest.newBuilder(metrics).build())).isEqualTo(200);
  }

  private static void judge(Canaries canaries, EchoingProvider far) {
    assertThat(canaries.traces()).as("lines at TRACE").isPositive();
    assertThat(canaries.accesses()).as("lines of the access log").isGreaterThan(1000);
    assertThat(canaries.javaLines()).as("lines of java.util.logging").isPositive();
    Set<String> whoWasAsked = new TreeSet<>();
    for (EchoingProvider.Asked asked : far.asked()) {
      whoWasAsked.add(asked.who());
      String[] parts = asked.who().split("/", -1);
      String own = switch (parts[1]) {
        case "vertex", "vclaude" -> "access token";
        case "aws" -> "session";
        default -> parts[0].equals("refused-token") ? "refresh" : parts[1];
      };
      canaries.look("a request to " + asked.who(), asked.text(), own);
    }
    assertThat(whoWasAsked).containsAll(expected());
    assertThat(canaries.found()).isEmpty();
  }

  /** Every provider that somebody listens for, whatever it does. */
  private static Set<String> expected() {
    Set<String> kinds = new TreeSet<>(KEYS.keySet());
    kinds.addAll(Set.of("aws", "vertex", "vclaude"));
    return DOES.stream()
        .filter(does -> !does.equals("gone"))
        .flatMap(does -> kinds.stream().map(kind -> does + "/" + kind))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
