package dev.sluice.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.ingress.Action;
import dev.sluice.ingress.ChatTraits;
import dev.sluice.ingress.DeclaredModelProvider.Kind;
import dev.sluice.ingress.DeclaredModelProvider.Place;
import dev.sluice.ingress.DeclaredModelProvider.Timeouts;
import dev.sluice.ingress.ModelProvider;
import dev.sluice.model.anthropic.Messages;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.gemini.GenerateContent;
import dev.sluice.model.openai.ChatOptions;
import dev.sluice.model.vertex.TokenEndpoint;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Where each kind of provider is called, and how it is proven who calls. */
class ProviderApisTest {
  private static final String CHAT = "/chat/completions";
  private static final ProviderApi.Sent SENT = new ProviderApi.Sent(
      "h.example", "/model/m/converse", "application/json", "{}".getBytes(StandardCharsets.UTF_8));

  private final ProviderApis apis = new ProviderApis(
      new GoogleTokens(
          new TokenSettings(Duration.ofSeconds(1), 1024, 10, 10),
          ask -> CompletableFuture.completedStage(new TokenEndpoint.Reply(
              200,
              "{\"access_token\":\"t-1\",\"expires_in\":3600}".getBytes(StandardCharsets.UTF_8))),
          () -> Instant.EPOCH),
      () -> Instant.parse("2026-01-02T03:04:05Z"));

  private ProviderApi api(Kind kind, Place place) {
    return api(kind, place, ChatTraits.OPENAI);
  }

  private ProviderApi api(Kind kind, Place place, ChatTraits chat) {
    return apis.of(new ModelProvider(
        "d/p",
        kind,
        "",
        "",
        "",
        place,
        chat,
        Timeouts.DEFAULT,
        List.of(),
        null,
        List.of(),
        List.of()));
  }

  private static Question messages() {
    String json =
        "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}";
    return ((QuestionRead.Good)
            new Messages().read("/v1/messages", "", json.getBytes(StandardCharsets.UTF_8)))
        .question();
  }

  private static Question content() {
    String json = "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"a\"}]}]}";
    return ((QuestionRead.Good) new GenerateContent()
            .read("/v1beta/models/m:generateContent", "", json.getBytes(StandardCharsets.UTF_8)))
        .question();
  }

  @Test
  void azureHasAPathForEachDeploymentOfATranslatedCallToo() {
    assertThat(api(Kind.AZURE_OPENAI, Place.ofVersion("2024-10-21")).path(CHAT, "my dep"))
        .isEqualTo("/openai/deployments/my+dep/chat/completions?api-version=2024-10-21");
    assertThat(
            api(Kind.AZURE_OPENAI, Place.ofVersion("2025-04-01-preview")).path("/responses", "d"))
        .isEqualTo("/openai/responses?api-version=2025-04-01-preview");
    assertThat(api(Kind.AZURE_OPENAI, Place.NONE).path(CHAT, "d"))
        .isEqualTo("/openai/v1/chat/completions");
    assertThat(api(Kind.OPENAI, Place.NONE).path(CHAT, "d")).isEqualTo(CHAT);
  }

  @Test
  void bedrockInvokesClaudeForAnthropicsCallersAndConversesElse() {
    ProviderApi bedrock = api(Kind.BEDROCK, Place.ofRegion("eu-west-1"));
    Terms claude = new Terms("eu.anthropic.claude-x-v1:0", 9, "");
    assertThat(bedrock.natively(Action.Call.MESSAGES, messages(), claude))
        .extracting(one -> one.path())
        .isEqualTo("/model/eu.anthropic.claude-x-v1%3A0/invoke");
    Terms nova = new Terms("amazon.nova-lite-v1:0", 9, "");
    assertThat(bedrock.natively(Action.Call.MESSAGES, messages(), nova)).isNull();
    assertThat(bedrock.natively(Action.Call.CHAT_COMPLETIONS, messages(), claude))
        .isNull();
  }

  @Test
  void bedrockIsSignedForWithAnAwsKeyAndSentOneOfItsOwnKeysAsItIs() {
    ProviderApi bedrock = api(Kind.BEDROCK, Place.ofRegion("eu-west-1"));
    assertThat(bedrock.fields("bedrock-api-key-1", SENT))
        .isEqualTo(Map.of("Authorization", "Bearer bedrock-api-key-1"));
    Map<String, String> signed = bedrock.fields(
        "{\"AccessKeyId\":\"AKIA1\",\"SecretAccessKey\":\"very-secret\",\"SessionToken\":\"s\"}",
        SENT);
    assertThat(signed)
        .containsEntry("x-amz-date", "20260102T030405Z")
        .containsEntry("x-amz-security-token", "s");
    assertThat(signed.get("authorization"))
        .startsWith("AWS4-HMAC-SHA256 Credential=AKIA1/20260102/eu-west-1/bedrock/aws4_request, "
            + "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature=")
        .doesNotContain("very-secret");
  }

  @Test
  void vertexHasPathsByPublisherAndSendsTheTokenThatWasGot() {
    ProviderApi vertex = api(Kind.VERTEX, Place.ofProject("p", "global"));
    String gemini = "/v1/projects/p/locations/global/publishers/google/models/g:generateContent";
    Terms google = new Terms("g", 9, "");
    assertThat(vertex.natively(Action.Call.GEMINI, content(), google))
        .extracting(one -> vertex.path(one.path(), "g"))
        .isEqualTo(gemini);
    assertThat(vertex.natively(Action.Call.MESSAGES, messages(), google)).isNull();
    Terms claude = new Terms("claude-x@20251001", 9, "");
    assertThat(vertex.natively(Action.Call.MESSAGES, messages(), claude))
        .extracting(one -> vertex.path(one.path(), claude.model()))
        .isEqualTo(
            "/v1/projects/p/locations/global/publishers/anthropic/models/claude-x@20251001:rawPredict");
    assertThat(vertex.natively(Action.Call.GEMINI, content(), claude)).isNull();
    String user = "{\"type\":\"authorized_user\",\"client_id\":\"c\",\"client_secret\":\"s\","
        + "\"refresh_token\":\"r\"}";
    assertThat(vertex.proof(user).toCompletableFuture().join()).isEqualTo("t-1");
    assertThat(vertex.fields("t-1", SENT)).isEqualTo(Map.of("Authorization", "Bearer t-1"));
  }

  /** Chat that is asked for by a caller of Anthropic's, as it reaches a server of OpenAI's dialect. */
  private String said(ChatTraits chat, String json) throws Exception {
    Question question = ((QuestionRead.Good)
            new Messages().read("/v1/messages", "", json.getBytes(StandardCharsets.UTF_8)))
        .question();
    byte[] body = api(Kind.OPENAI_COMPATIBLE, Place.NONE, chat)
        .conversations("m")
        .ask(question.conversation(), new Terms("m", 9, "max_tokens"), new Losses(false))
        .body();
    return new String(body, StandardCharsets.UTF_8);
  }

  @Test
  void aServerOfOpenAisDialectIsSpokenToAsItSpeaksItself() throws Exception {
    String json =
        "{\"model\":\"m\",\"max_tokens\":9,\"stream\":true,\"tool_choice\":{\"type\":\"any\"},"
            + "\"tools\":[{\"name\":\"f\",\"input_schema\":{\"type\":\"object\"}}],"
            + "\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}";
    assertThat(said(ChatTraits.OPENAI, json))
        .contains("\"tool_choice\":\"required\"", "\"stream_options\"");
    ChatTraits mistral =
        new ChatTraits("random_seed", "any", List.of("SHORT_IDS"), List.of("STREAM_OPTIONS"));
    assertThat(said(mistral, json))
        .contains("\"tool_choice\":\"any\"")
        .doesNotContain("stream_options");
    assertThat(api(Kind.OPENAI_COMPATIBLE, Place.NONE, mistral).asksUsage()).isFalse();
    assertThat(api(Kind.OPENAI_COMPATIBLE, Place.NONE).asksUsage()).isTrue();
  }

  @Test
  void whatPresetsSayOfTheirServersIsUnderstood() throws Exception {
    int presets = 0;
    try (InputStream in =
        ModelProvider.class.getResourceAsStream("/dev/sluice/ingress/manifest/presets.json")) {
      for (JsonNode one : Json.MAPPER.readTree(in)) {
        List<String> words = new ArrayList<>();
        one.path("with").forEach(word -> words.add(word.asText()));
        one.path("without").forEach(word -> words.add(word.asText()));
        ChatOptions options =
            OpenAiApi.options(new ChatTraits("seed", "required", words, List.of()));
        assertThat(options.features()).as(one.toString()).hasSizeGreaterThan(0);
        presets++;
      }
    }
    assertThat(presets).isGreaterThanOrEqualTo(30);
  }
}
