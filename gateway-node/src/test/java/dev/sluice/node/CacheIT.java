package dev.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.node.FaultyProvider.Fault;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Answers that a node tells again: to whom, in whose words, and what they count for. */
class CacheIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String HOST = "127.0.4.42";
  private static final String URL = "http://" + HOST + ":18080";
  private static final String PAGE = "http://" + HOST + ":19095/metrics";
  private static final int GOOD = 44;

  private static final String TENANTS = """
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: Tenant
      metadata: {name: one}
      spec:
        keys: [{name: k, secretRef: {name: keys, key: one}}, {name: l, secretRef: {name: keys, key: one-more}}]
        limits: [{name: all, unit: tokens, amount: 100000000, window: none}]
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: Tenant
      metadata: {name: two}
      spec: {keys: [{name: k, secretRef: {name: keys, key: two}}]}
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: Tenant
      metadata: {name: poor}
      spec:
        keys: [{name: k, secretRef: {name: keys, key: poor}}]
        limits: [{name: all, unit: tokens, amount: 400, window: none}]
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: Tenant
      metadata: {name: slow}
      spec:
        keys: [{name: k, secretRef: {name: keys, key: slow}}]
        limits: [{name: calls, unit: requests, amount: 3, window: none}]
      ---
      apiVersion: v1
      kind: Secret
      metadata: {name: keys}
      stringData: {one: sk-one, one-more: sk-one-more, two: sk-two, poor: sk-poor, slow: sk-slow}
      """;

  @TempDir
  static Path folder;

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static FaultyProvider provider;
  private static EmbeddedPostgres database;
  private static Node node;

  /** A way to ask. */
  enum Dialect {
    CHAT("/v1/chat/completions", "'max_tokens':50,'messages':[{'role':'user','content':'%s'}]"),
    COMPLETIONS("/v1/completions", "'max_tokens':50,'prompt':'%s'"),
    RESPONSES("/v1/responses", "'max_output_tokens':50,'input':'%s'"),
    MESSAGES("/v1/messages", "'max_tokens':50,'messages':[{'role':'user','content':'%s'}]"),
    GEMINI("/v1beta/models/", "'contents':[{'role':'user','parts':[{'text':'%s'}]}]"),
    OLLAMA_CHAT("/api/chat", "'messages':[{'role':'user','content':'%s'}]"),
    OLLAMA_GENERATE("/api/generate", "'prompt':'%s'");

    private final String path;
    private final String said;

    Dialect(String path, String said) {
      this.path = path;
      this.said = said;
    }

    String path(String model, boolean stream) {
      return this == GEMINI
          ? path + model + (stream ? ":streamGenerateContent?alt=sse" : ":generateContent")
          : path;
    }

    String body(String model, boolean stream, String prompt) {
      String head = this == GEMINI ? "" : "'model':'" + model + "','stream':" + stream + ",";
      return ("{" + head + said.formatted(prompt) + "}").replace('\'', '"');
    }
  }

  /** One request. */
  private record Ask(String key, Dialect dialect, String model, boolean stream, String prompt) {
    static Ask chat(String key, String model, String prompt) {
      return new Ask(key, Dialect.CHAT, model, false, prompt);
    }

    HttpResponse<String> send(String... fields) throws IOException, InterruptedException {
      return sendBody(dialect.body(model, stream, prompt), fields);
    }

    HttpResponse<String> sendBody(String body, String... fields)
        throws IOException, InterruptedException {
      HttpRequest.Builder request = HttpRequest.newBuilder(
              URI.create(URL + dialect.path(model, stream)))
          .header("Authorization", "Bearer " + key)
          .header("Content-Type", "application/json")
          .POST(BodyPublishers.ofString(body));
      for (int i = 0; i < fields.length; i += 2) {
        request.header(fields[i], fields[i + 1]);
      }
      return CLIENT.send(request.build(), BodyHandlers.ofString());
    }
  }

  @BeforeAll
  static void start() throws Exception {
    provider = new FaultyProvider(HOST);
    database =
        EmbeddedPostgres.builder().setDataDirectory(folder.resolve("data")).start();
    StringBuilder yaml = new StringBuilder();
    for (Fault fault : Fault.values()) {
      yaml.append("""
          ---
          apiVersion: sluice.dev/v1alpha1
          kind: ModelProvider
          metadata: {name: %1$s}
          spec: {kind: openai-compatible, baseUrl: '%2$s'%3$s}
          """.formatted(
              name(fault),
              provider.url() + fault.path() + "/v1",
              fault == Fault.STALL ? ", timeouts: {silence: 1s}" : ""));
      route(yaml, name(fault), name(fault), "cache: {ttl: 1h}");
    }
    route(yaml, "plain", "good", "maxOutputTokens: 4096");
    route(yaml, "small", "good", "cache: {ttl: 1h, mostBytes: 1024}");
    route(yaml, "short", "good", "cache: {ttl: 1s}");
    Files.createDirectory(folder.resolve("manifests"));
    Files.writeString(folder.resolve("manifests/all.yaml"), yaml + TENANTS);
    Map<String, Object> settings =
        new HashMap<>(LocalNode.settings(HOST, folder.resolve("manifests"), database));
    settings.put("sluice.model.health.failures", 1000);
    node = Node.start(NodeSettings.load(settings, Optional.empty()))
        .toCompletableFuture()
        .get();
    await().atMost(PATIENCE.multipliedBy(2)).until(node::inCluster);
    await()
        .atMost(PATIENCE)
        .until(() -> Ask.chat("sk-one", "plain", "hi").send().statusCode() == 200);
  }

  private static String name(Fault fault) {
    return fault.path().substring(1).replace('_', '-');
  }

  private static void route(StringBuilder yaml, String name, String to, String more) {
    yaml.append("""
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: ModelRoute
        metadata: {name: %1$s}
        spec: {models: [%1$s], targets: [{provider: %2$s, model: m}], unsayable: drop, %3$s}
        """.formatted(name, to, more));
  }

  @AfterAll
  static void stop() throws Exception {
    node.stop().toCompletableFuture().get();
    database.close();
    provider.close();
  }

  private static String field(HttpResponse<String> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  private static String cached(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return field(answer, "x-sluice-cache");
  }

  private static long settled(String tenant, String bucket)
      throws IOException, InterruptedException {
    return LocalNode.settled(HOST, tenant, bucket);
  }

  static Stream<Arguments> waysToAsk() {
    return Stream.of(Dialect.values())
        .flatMap(one -> Stream.of(Arguments.of(one, false), Arguments.of(one, true)));
  }

  @ParameterizedTest
  @MethodSource("waysToAsk")
  void isToldAgainByteByByteToTheSameTenantAndToNobodyElse(Dialect dialect, boolean stream)
      throws Exception {
    Ask ask = new Ask("sk-one", dialect, "good", stream, "of " + dialect + stream);
    int before = provider.asked("/good");
    HttpResponse<String> first = ask.send();
    assertThat(cached(first)).isEqualTo("miss");
    assertThat(field(first, "age")).isEmpty();
    assertThat(first.body()).contains("word40");
    HttpResponse<String> again = ask.send();
    assertThat(cached(again)).isEqualTo("hit");
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(field(again, "content-type")).isEqualTo(field(first, "content-type"));
    assertThat(field(again, "transfer-encoding")).isEqualTo(stream ? "chunked" : "");
    assertThat(field(again, "age")).matches("[0-9]+");
    assertThat(field(again, "x-sluice-target")).isEqualTo("default/good/m");
    Ask other = new Ask("sk-one-more", dialect, "good", stream, ask.prompt());
    assertThat(cached(other.send())).as("another key of the tenant").isEqualTo("hit");
    assertThat(provider.asked("/good")).isEqualTo(before + 1);
    Ask stranger = new Ask("sk-two", dialect, "good", stream, ask.prompt());
    assertThat(cached(stranger.send())).as("another tenant").isEqualTo("miss");
    assertThat(provider.asked("/good")).isEqualTo(before + 2);
    Ask otherwise = new Ask("sk-one", dialect, "good", !stream, ask.prompt());
    assertThat(cached(otherwise.send())).as("whole, not streamed; or streamed").isEqualTo("miss");
  }

  @Test
  void theSameInOtherSpellingIsTheSameAndAnyOtherValueIsNot() throws Exception {
    Ask ask = Ask.chat("sk-one", "good", "spelled");
    assertThat(cached(ask.send())).isEqualTo("miss");
    String turned =
        "{ \"messages\" : [ {\"content\":\"spe\\u006cled\", \"role\":\"user\"} ],\n\"stream\":false, \"max_tokens\":50, \"model\":\"good\" }";
    assertThat(cached(ask.sendBody(turned))).isEqualTo("hit");
    for (String other : List.of(
        turned.replace("50", "51"),
        turned.replace("\"user\"", "\"system\""),
        turned.replace("\"stream\"", "\"temperature\":1,\"stream\""),
        turned.replace("spe", "Spe"))) {
      assertThat(cached(ask.sendBody(other))).as(other).isEqualTo("miss");
    }
    Ask elsewhere = new Ask("sk-one", Dialect.MESSAGES, "good", false, "spelled");
    assertThat(cached(elsewhere.sendBody(turned)))
        .as("the same words elsewhere")
        .isEqualTo("miss");
  }

  @Test
  void callersMayAskForAFreshOneAndForNoneToBeKept() throws Exception {
    Ask ask = Ask.chat("sk-one", "good", "fresh");
    int before = provider.asked("/good");
    assertThat(cached(ask.send("Cache-Control", "max-age=0, No-Store"))).isEqualTo("bypass");
    assertThat(cached(ask.send())).as("nothing was kept").isEqualTo("miss");
    assertThat(cached(ask.send("Cache-Control", "no-cache"))).isEqualTo("bypass");
    assertThat(cached(ask.send())).isEqualTo("hit");
    assertThat(provider.asked("/good")).isEqualTo(before + 3);
  }

  @Test
  void aRouteWithoutACacheSaysNothingOfOneAndKeepsNothing() throws Exception {
    Ask ask = Ask.chat("sk-one", "plain", "plain");
    int before = provider.asked("/good");
    for (int i = 0; i < 2; i++) {
      assertThat(cached(ask.send())).isEmpty();
    }
    assertThat(provider.asked("/good")).isEqualTo(before + 2);
  }

  @Test
  void anAnswerThatIsTooLongPassesAndIsNotKept() throws Exception {
    Ask ask = new Ask("sk-one", Dialect.CHAT, "small", true, "small");
    HttpResponse<String> answer = ask.send();
    assertThat(answer.body()).contains("[DONE]").hasSizeGreaterThan(1024);
    assertThat(cached(ask.send())).isEqualTo("miss");
  }

  @Test
  void anAnswerIsKeptForItsTimeOnly() throws Exception {
    Ask ask = Ask.chat("sk-one", "short", "short");
    assertThat(cached(ask.send())).isEqualTo("miss");
    await().atMost(PATIENCE).until(() -> cached(ask.send()).equals("miss"));
  }

  /** Faults of a provider, each streamed and whole. */
  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"GOOD", "MISSING_USAGE", "REFUSED", "SLOW_FIRST_TOKEN"})
  void noErrorAndNothingThatBreaksOffIsEverToldAgain(Fault fault) throws Exception {
    for (boolean stream : new boolean[] {false, true}) {
      Ask ask = new Ask("sk-one", Dialect.CHAT, name(fault), stream, "fault");
      List<String> told = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        try {
          told.add(field(ask.send(), "x-sluice-cache"));
        } catch (IOException e) {
          told.add("broken off");
        }
      }
      assertThat(told).as("%s %s", fault, stream).doesNotContain("hit");
    }
  }

  @Test
  void anAnswerThatDoesNotTellItsUsageIsToldAgainToo() throws Exception {
    Ask ask = Ask.chat("sk-one", "missing-usage", "uncounted");
    assertThat(cached(ask.send())).isEqualTo("miss");
    assertThat(cached(ask.send())).isEqualTo("hit");
  }

  @Test
  void aHitTakesNoTokensAndIsThereForWhoHasNoneLeft() throws Exception {
    Ask ask = Ask.chat("sk-poor", "good", "poor");
    assertThat(cached(ask.send())).isEqualTo("miss");
    int more = 0;
    while (Ask.chat("sk-poor", "good", "other " + more).send().statusCode() == 200) {
      more++;
      assertThat(more).isLessThan(10);
    }
    long used = (more + 1L) * GOOD;
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(settled("poor", "all")).isEqualTo(used));
    HttpResponse<String> hit = ask.send();
    assertThat(cached(hit)).isEqualTo("hit");
    assertThat(settled("poor", "all")).isEqualTo(used);
  }

  @Test
  void aHitCountsAsARequestAndNeedsAGoodKey() throws Exception {
    Ask ask = Ask.chat("sk-slow", "good", "slow");
    assertThat(cached(ask.send())).isEqualTo("miss");
    assertThat(cached(ask.send())).isEqualTo("hit");
    assertThat(cached(ask.send())).isEqualTo("hit");
    HttpResponse<String> refused = ask.send();
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.body()).contains("calls").contains("this is one request");
    assertThat(Ask.chat("sk-nobody", "good", "slow").send().statusCode()).isEqualTo(401);
  }

  @Test
  void manyAtOnceGetEachTheirOwn() throws Exception {
    Map<String, CompletableFuture<String>> told = new HashMap<>();
    for (int i = 0; i < 200; i++) {
      String key = i % 2 == 0 ? "sk-one" : "sk-two";
      Ask ask = new Ask(key, Dialect.values()[i / 2 % 7], "good", i % 4 < 2, "many " + i % 14);
      told.put(i + "", CompletableFuture.supplyAsync(() -> {
        try {
          HttpResponse<String> answer = ask.send();
          return answer.statusCode() + " " + ask.dialect() + " " + answer.body().contains("word40");
        } catch (IOException | InterruptedException e) {
          return e.toString();
        }
      }));
    }
    for (int i = 0; i < 200; i++) {
      assertThat(told.get(i + "").get()).isEqualTo("200 " + Dialect.values()[i / 2 % 7] + " true");
    }
  }

  @Test
  void savedTokensAreCounted() throws Exception {
    Ask ask = Ask.chat("sk-two", "good", "counted");
    ask.send();
    assertThat(cached(ask.send())).isEqualTo("hit");
    await().atMost(PATIENCE).untilAsserted(() -> {
      String page = CLIENT
          .send(HttpRequest.newBuilder(URI.create(PAGE)).build(), BodyHandlers.ofString())
          .body();
      assertThat(page)
          .containsPattern("sluice_cache_requests_total\\{tenant=\"two\",result=\"hit\"} [1-9]")
          .containsPattern(
              "sluice_cache_saved_tokens_total\\{tenant=\"two\",type=\"output\",model=\"default/good/m\"} [1-9]")
          .containsPattern("sluice_cache_bytes [1-9]");
    });
  }
}
