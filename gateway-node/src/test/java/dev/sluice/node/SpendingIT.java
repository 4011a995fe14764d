package dev.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits at tenants, teams and keys, by unit, model and mode, as callers of a node meet them. */
class SpendingIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String HOST = "127.0.4.2";
  private static final String URL = "http://" + HOST + ":18080";
  private static final String ADMIN = "http://" + HOST + ":18081/api/v1";

  /** An answer of echo to three words has three tokens; three tokens of input and three of output cost $0.009. */
  private static final String MANIFESTS = """
      apiVersion: sluice.dev/v1alpha1
      kind: ModelProvider
      metadata: {name: priced}
      spec: {kind: echo, prices: [{models: ['*'], input: '1000', output: '2000'}]}
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: ModelProvider
      metadata: {name: unpriced}
      spec: {kind: echo}
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: ModelRoute
      metadata: {name: priced}
      spec: {models: [echo, 'echo-5*'], maxOutputTokens: 50, targets: [{provider: priced}]}
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: ModelRoute
      metadata: {name: unpriced}
      spec: {models: ['echo-2*'], targets: [{provider: unpriced}]}
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: Tenant
      metadata: {name: tree}
      spec:
        limits: [{unit: tokens, amount: 1000, window: none}]
        keys: [{name: free, secretRef: {name: keys, key: free}}]
        teams:
          - name: web
            limits: [{unit: requests, amount: 3, window: none}]
            keys:
              - name: ci
                secretRef: {name: keys, key: ci}
                limits: [{unit: requests, amount: 2, window: none}]
              - {name: other, secretRef: {name: keys, key: other}}
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: Tenant
      metadata: {name: models}
      spec:
        keys: [{name: one, secretRef: {name: keys, key: models}}]
        limits: [{unit: requests, amount: 1, window: none, models: ['echo-2*']}]
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: Tenant
      metadata: {name: observed}
      spec:
        keys: [{name: one, secretRef: {name: keys, key: observed}}]
        limits: [{unit: requests, amount: 1, window: none, mode: observe}]
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: Tenant
      metadata: {name: cost}
      spec:
        keys: [{name: one, secretRef: {name: keys, key: cost}}]
        limits: [{unit: cost, amount: 20000000, window: none}]
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: Tenant
      metadata: {name: flight}
      spec:
        keys: [{name: one, secretRef: {name: keys, key: flight}}]
        limits: [{unit: in-flight-requests, amount: 1, window: none}]
      ---
      apiVersion: v1
      kind: Secret
      metadata: {name: keys}
      stringData:
        {free: sk-free, ci: sk-ci, other: sk-other, models: sk-models, observed: sk-observed, cost: sk-cost, flight: sk-flight}
      """;

  private static final String CUTTING = """
      apiVersion: sluice.dev/v1alpha1
      kind: ModelProvider
      metadata: {name: cutting}
      spec: {kind: openai-compatible, baseUrl: "%1$s/v1"}
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: ModelRoute
      metadata: {name: cutting}
      spec: {models: [cutting], maxOutputTokens: 50, targets: [{provider: cutting}]}
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: Tenant
      metadata: {name: cut}
      spec:
        keys: [{name: one, sha256: "%2$s"}]
        limits: [{unit: tokens, amount: 10000, window: none}]
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: ModelProvider
      metadata: {name: counted}
      spec: {kind: openai, baseUrl: "%1$s/counted/v1"}
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: ModelRoute
      metadata: {name: counted}
      spec: {models: [gpt-4o, nobody-counts], maxOutputTokens: 50, targets: [{provider: counted}]}
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: Tenant
      metadata: {name: counted}
      spec:
        keys: [{name: one, sha256: "%3$s"}]
        limits: [{unit: tokens, amount: 400, window: none}]
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: ModelProvider
      metadata: {name: seeing}
      spec: {kind: openai-compatible, baseUrl: "%1$s/seeing/v1"}
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: ModelRoute
      metadata: {name: seeing}
      spec: {models: [seeing], maxOutputTokens: 50, contextTokens: 5000, targets: [{provider: seeing}]}
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: ModelProvider
      metadata: {name: endless}
      spec: {kind: openai-compatible, baseUrl: "%1$s/endless/v1", timeouts: {total: 1s}}
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: ModelRoute
      metadata: {name: endless}
      spec: {models: [endless], maxOutputTokens: 50, targets: [{provider: endless}]}
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: ModelProvider
      metadata: {name: failing}
      spec: {kind: openai-compatible, baseUrl: "%1$s/failing/v1"}
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: ModelRoute
      metadata: {name: broken}
      spec: {models: [broken], maxOutputTokens: 50, targets: [{provider: cutting, model: empty}, {provider: failing}]}
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: Tenant
      metadata: {name: seeing}
      spec:
        keys: [{name: one, sha256: "%4$s"}]
        limits: [{unit: tokens, amount: 100000, window: none}, {unit: requests, amount: 100, window: none}]
      """;

  private static final String SPOKEN =
      "data: {'id':'c','object':'chat.completion.chunk','created':1,'model':'cutting','choices':[{'index':0,'delta':{'content':'one'}}]}\n\n";

  @TempDir
  static Path folder;

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static FakeProvider provider;
  private static EmbeddedPostgres database;
  private static Node node;

  @BeforeAll
  static void start() throws Exception {
    database =
        EmbeddedPostgres.builder().setDataDirectory(folder.resolve("data")).start();
    Files.createDirectory(folder.resolve("manifests"));
    Files.writeString(folder.resolve("manifests/all.yaml"), MANIFESTS);
    provider = new FakeProvider();
    Files.writeString(
        folder.resolve("manifests/cutting.yaml"),
        CUTTING.formatted(
            provider.url(), sha256("sk-cut"), sha256("sk-counted"), sha256("sk-seeing")));
    Map<String, Object> settings =
        new HashMap<>(LocalNode.settings(HOST, folder.resolve("manifests"), database));
    settings.put("sluice.model.tell-holds", "on");
    settings.put("sluice.usage.interval", "100 ms");
    node = Node.start(NodeSettings.load(settings, Optional.empty()))
        .toCompletableFuture()
        .get();
    await().atMost(PATIENCE).until(node::inCluster);
    await().atMost(PATIENCE).until(() -> ask("sk-other", "nobody-has-it", "").statusCode() == 404);
  }

  @AfterAll
  static void stop() throws Exception {
    node.stop().toCompletableFuture().get();
    database.close();
    provider.close();
  }

  private static HttpResponse<String> ask(String key, String model, String more)
      throws IOException, InterruptedException {
    return ask(key, model, more, BodyHandlers.ofString());
  }

  /** @param more fields of the request, each with a comma behind it */
  private static <T> HttpResponse<T> ask(
      String key, String model, String more, BodyHandler<T> handler)
      throws IOException, InterruptedException {
    String body = "{" + more + "\"model\":\"" + model
        + "\",\"messages\":[{\"role\":\"user\",\"content\":\"one two three\"}]}";
    return post(key, body, handler);
  }

  private static <T> HttpResponse<T> post(String key, String body, BodyHandler<T> handler)
      throws IOException, InterruptedException {
    return CLIENT.send(
        HttpRequest.newBuilder(URI.create(URL + "/v1/chat/completions"))
            .header("Authorization", "Bearer " + key)
            .POST(BodyPublishers.ofString(body))
            .build(),
        handler);
  }

  private static void passes(String key, String model) throws IOException, InterruptedException {
    HttpResponse<String> answer = ask(key, model, "");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private static HttpResponse<String> refused(String key, String model, String bucket)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = ask(key, model, "");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(429);
    assertThat(answer.headers().firstValue("x-sluice-bucket")).contains(bucket);
    assertThat(answer.body()).contains(bucket);
    return answer;
  }

  private static JsonNode balance(String tenant, String name)
      throws IOException, InterruptedException {
    JsonNode found = LocalNode.balance(HOST, tenant, name);
    assertThat(found.isMissingNode()).as("no balance " + name).isFalse();
    return found;
  }

  private static String sha256(String text) throws Exception {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  /** What a field {@code x-sluice-hold} says. */
  private static long told(String part) {
    return told(part, "/v1/chat/completions");
  }

  private static long told(String part, String path) {
    FakeProvider.Asked asked = provider.asked(path);
    Matcher matcher =
        Pattern.compile(part + "=(\\d+)").matcher(asked.headers().get("x-sluice-hold"));
    assertThat(matcher.find()).isTrue();
    return Long.parseLong(matcher.group(1));
  }

  @Test
  void aStreamThatIsCutIsChargedAsItWasHeldAndAWholeOneAsItWasUsed() throws Exception {
    String usage =
        "data: {'id':'c','object':'chat.completion.chunk','created':1,'model':'cutting','choices':[],'usage':{'prompt_tokens':3,'completion_tokens':4,'total_tokens':7}}\n\n";
    provider.answers("/v1/chat/completions", FakeProvider.Answer.events(SPOKEN));
    await().atMost(PATIENCE).until(() -> ask("sk-cut", "nobody-has-it", "").statusCode() == 404);
    assertThat(ask("sk-cut", "cutting", "\"stream\":true,\"max_tokens\":40,").body())
        .contains("cut off")
        .doesNotContain("[DONE]");
    assertThat(provider.asked("/v1/chat/completions").headers().get("x-sluice-hold"))
        .startsWith("tenant=cut; path=tenant; at=");
    assertThat(told("output")).isEqualTo(40);
    long held = told("input") + told("output");
    await()
        .atMost(PATIENCE)
        .until(() -> balance("cut", "tokens-balance").path("settled").asLong() == held);
    provider.answers(
        "/v1/chat/completions", FakeProvider.Answer.events(SPOKEN + usage + "data: [DONE]\n\n"));
    assertThat(ask("sk-cut", "cutting", "\"stream\":true,\"max_tokens\":40,").body())
        .contains("[DONE]");
    await()
        .atMost(PATIENCE)
        .until(() -> balance("cut", "tokens-balance").path("settled").asLong() == held + 7);
    await().atMost(PATIENCE).until(() -> {
      HttpRequest request = HttpRequest.newBuilder(
              URI.create(ADMIN + "/usage?tenant=cut&group=source&from="
                  + Instant.now().minus(Duration.ofDays(1)) + "&to="
                  + Instant.now().plus(Duration.ofDays(1))))
          .build();
      String body = CLIENT.send(request, BodyHandlers.ofString()).body();
      return body.contains("partial") && body.contains("provider");
    });
  }

  @Test
  void aPromptIsCountedBeforeItIsRefusedForWhatItsBytesMayComeTo() throws Exception {
    String path = "/counted/v1/chat/completions";
    provider.answers(
        path,
        FakeProvider.Answer.json(
            "{'id':'c','object':'chat.completion','created':1,'model':'gpt-4o','choices':[{'index':0,"
                + "'message':{'role':'assistant','content':'hi'},'finish_reason':'stop'}],"
                + "'usage':{'prompt_tokens':107,'completion_tokens':1,'total_tokens':108}}"));
    String words = "The quick brown fox jumps over the lazy dog. ".repeat(10).strip();
    HttpResponse<String> counted = say("sk-counted", "gpt-4o", words);
    assertThat(counted.statusCode()).as(counted.body()).isEqualTo(200);
    assertThat(told("input", path)).as("101 tokens, and the format").isBetween(107L, 170L);
    HttpResponse<String> unknown = say("sk-counted", "nobody-counts", words);
    assertThat(unknown.statusCode()).isEqualTo(429);
    assertThat(say("sk-counted", "gpt-4o", words.repeat(3)).statusCode())
        .as("too long by its tokens too")
        .isEqualTo(429);
    await()
        .atMost(PATIENCE)
        .until(() -> balance("counted", "tokens-balance").path("settled").asLong() == 108);
  }

  @Test
  void whatItsBytesDoNotBoundHoldsTheContextOfTheModelOrIsRefused() throws Exception {
    String path = "/seeing/v1/chat/completions";
    provider.answers(
        path,
        FakeProvider.Answer.json(
            "{'id':'c','object':'chat.completion','created':1,'model':'m','choices':[{'index':0,"
                + "'message':{'role':'assistant','content':'a cat'},'finish_reason':'stop'}],"
                + "'usage':{'prompt_tokens':900,'completion_tokens':2,'total_tokens':902}}"));
    String picture =
        "{\"model\":\"%s\",\"max_completion_tokens\":40,\"n_predict\":-1,\"messages\":[{\"role\":\"user\",\"content\":"
            + "[{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://example.com/cat.png\"}}]}]}";
    HttpResponse<String> seen =
        post("sk-seeing", picture.formatted("seeing"), BodyHandlers.ofString());
    assertThat(seen.statusCode()).as(seen.body()).isEqualTo(200);
    assertThat(told("input", path)).isEqualTo(5_000);
    assertThat(told("output", path)).isEqualTo(40);
    FakeProvider.Asked asked = provider.asked(path);
    assertThat(asked.text())
        .as("its own cap, and none that is higher")
        .contains("\"max_tokens\":40", "\"n_predict\":40")
        .doesNotContain("max_completion_tokens");
    HttpResponse<String> blind =
        post("sk-seeing", picture.formatted("cutting"), BodyHandlers.ofString());
    assertThat(blind.statusCode()).isEqualTo(400);
    assertThat(blind.body()).contains("messages[0].content[0]", "only text can be sent");
  }

  @Test
  void aStreamThatNeverEndsIsEndedAndChargedAsItWasHeld() throws Exception {
    String path = "/endless/v1/chat/completions";
    provider.answers(path, FakeProvider.Answer.endless(SPOKEN));
    long before = balance("seeing", "tokens-balance").path("settled").asLong();
    HttpResponse<String> cut = ask("sk-seeing", "endless", "\"stream\":true,\"max_tokens\":40,");
    assertThat(cut.body()).contains("\"one\"", "cut off").doesNotContain("[DONE]");
    long held = told("input", path) + told("output", path);
    await().atMost(PATIENCE).untilAsserted(() -> {
      JsonNode tokens = balance("seeing", "tokens-balance");
      assertThat(tokens.path("held").asLong()).isZero();
      assertThat(tokens.path("settled").asLong()).isEqualTo(before + held);
    });
  }

  /** One that may have been billed was charged its tokens, and then nobody counted the request. */
  @Test
  void aCallThatWasBilledAndFailedInTheEndIsOneRequest() throws Exception {
    long before = balance("seeing", "requests-balance").path("settled").asLong();
    provider.answers("/v1/chat/completions", FakeProvider.Answer.events(""));
    provider.answers(
        "/failing/v1/chat/completions",
        new FakeProvider.Answer(
            500, "application/json", Map.of(), "{}".getBytes(StandardCharsets.UTF_8)));
    HttpResponse<String> failed = ask("sk-seeing", "broken", "\"stream\":true,");
    assertThat(failed.statusCode()).as(failed.body()).isGreaterThanOrEqualTo(500);
    await()
        .atMost(PATIENCE)
        .until(() -> balance("seeing", "requests-balance").path("settled").asLong() == before + 1);
    assertThat(balance("seeing", "requests-balance").path("held").asLong()).isZero();
  }

  private static HttpResponse<String> say(String key, String model, String words)
      throws IOException, InterruptedException {
    String body = "{\"model\":\"" + model
        + "\",\"max_tokens\":50,\"messages\":[{\"role\":\"user\",\"content\":\"" + words + "\"}]}";
    return post(key, body, BodyHandlers.ofString());
  }

  @Test
  void aRequestIsHeldToTheLimitsOfItsKeyItsTeamAndItsTenant() throws Exception {
    passes("sk-ci", "echo");
    passes("sk-ci", "echo");
    HttpResponse<String> refused = refused("sk-ci", "echo", "teams/web/keys/ci/requests-balance");
    assertThat(refused.headers().firstValue("x-ratelimit-limit-requests")).contains("2");
    assertThat(refused.headers().firstValue("x-should-retry")).contains("false");
    passes("sk-other", "echo");
    refused("sk-other", "echo", "teams/web/requests-balance");
    passes("sk-free", "echo");
    await().atMost(PATIENCE).untilAsserted(() -> {
      JsonNode tokens = balance("tree", "tokens-balance");
      assertThat(tokens.path("settled").asLong()).as("refusals cost nothing").isEqualTo(4 * 6);
    });
  }

  @Test
  void aLimitForSomeModelsCountsThoseOnly() throws Exception {
    passes("sk-models", "echo-2x1ms");
    passes("sk-models", "echo");
    refused("sk-models", "echo-2x2ms", "requests-balance");
    passes("sk-models", "echo");
    isRefusedInItsDialect(
        "/v1/messages",
        "x-api-key",
        "{\"model\":\"echo-2x2ms\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}",
        "{\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":");
    isRefusedInItsDialect(
        "/v1beta/models/echo-2x2ms:generateContent",
        "x-goog-api-key",
        "{\"contents\":[{\"parts\":[{\"text\":\"hi\"}]}]}",
        "{\"error\":{\"code\":429,\"message\":");
  }

  private static void isRefusedInItsDialect(
      String path, String header, String body, String beginning) throws Exception {
    HttpResponse<String> answer = CLIENT.send(
        HttpRequest.newBuilder(URI.create(URL + path))
            .header(header, "sk-models")
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(429);
    assertThat(answer.body().replaceAll("\\s", ""))
        .startsWith(beginning)
        .contains("requests-balance");
    assertThat(answer.headers().firstValue("x-sluice-bucket")).contains("requests-balance");
    assertThat(answer.headers().firstValue("x-should-retry")).contains("false");
  }

  @Test
  void aLimitThatIsObservedSaysWhatItWouldRefuseAndRefusesNothing() throws Exception {
    assertThat(ask("sk-observed", "echo", "").headers().firstValue("x-sluice-would-refuse"))
        .isEmpty();
    for (int i = 0; i < 3; i++) {
      HttpResponse<String> answer = ask("sk-observed", "echo", "");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("x-sluice-would-refuse")).contains("requests-balance");
    }
    JsonNode balance = balance("observed", "requests-balance");
    assertThat(balance.path("mode").asText()).isEqualTo("observe");
    assertThat(balance.path("wouldRefuse").asLong()).isEqualTo(3);
    await()
        .atMost(PATIENCE)
        .until(() -> LocalNode.metrics(HOST)
            .anyMatch(line -> line.startsWith("sluice_quota_would_refuse_total{")
                && line.contains("tenant=\"observed\"")
                && line.contains("bucket=\"requests-balance\"")
                && line.endsWith(" 3.0")));
  }

  @Test
  void costIsCountedByThePriceAndAnUnknownPriceIsRefused() throws Exception {
    passes("sk-cost", "echo");
    passes("sk-cost", "echo");
    assertThat(refused("sk-cost", "echo", "cost-balance").body())
        .contains("this request may cost $0.009; of the $0.02 of", "$0.002 are free");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(balance("cost", "cost-balance").path("settled").asLong())
                .isEqualTo(18_000_000));
    HttpResponse<String> unknown = ask("sk-cost", "echo-2x1ms", "");
    assertThat(unknown.statusCode()).isEqualTo(503);
    assertThat(unknown.body()).contains("unknown_price");
  }

  @Test
  void whatIsBoughtAtAPriceOfItsOwnIsRefusedWhereCostIsCounted() throws Exception {
    HttpResponse<String> dear = ask("sk-cost", "echo", "\"service_tier\":\"priority\",");
    assertThat(dear.statusCode()).isEqualTo(400);
    assertThat(dear.body()).contains("service_tier", "a limit counts cost");
    assertThat(ask("sk-flight", "echo", "\"service_tier\":\"priority\",").statusCode())
        .as("no limit of cost")
        .isEqualTo(200);
  }

  @Test
  void aRequestInFlightKeepsOthersOutUntilItEnds() throws Exception {
    HttpResponse<InputStream> running =
        ask("sk-flight", "echo-50x500ms", "\"stream\":true,", BodyHandlers.ofInputStream());
    assertThat(running.statusCode()).isEqualTo(200);
    refused("sk-flight", "echo", "in-flight-requests-balance");
    running.body().close();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(ask("sk-flight", "echo", "").statusCode()).isEqualTo(200));
  }

  @Test
  void aCallerIsToldWhenItsCapIsCut() throws Exception {
    assertThat(ask("sk-models", "echo", "\"max_tokens\":51,")
            .headers()
            .firstValue("x-sluice-output-cap"))
        .contains("50");
    assertThat(ask("sk-models", "echo", "\"max_tokens\":50,")
            .headers()
            .firstValue("x-sluice-output-cap"))
        .isEmpty();
  }
}
