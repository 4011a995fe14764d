package dev.sluice.model.vertex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.Json;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessTokensTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final KeyPair KEY = key();

  private final List<CompletableFuture<TokenEndpoint.Reply>> asked = new ArrayList<>();
  private Instant now = START;
  private byte[] credential = serviceAccount();
  private final AccessTokens tokens = new AccessTokens(
      () -> GoogleCredential.read(credential),
      ask -> {
        CompletableFuture<TokenEndpoint.Reply> reply = new CompletableFuture<>();
        asked.add(reply);
        return reply;
      },
      Runnable::run,
      () -> now);

  private static KeyPair key() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] serviceAccount() {
    String pem = "-----BEGIN PRIVATE KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(KEY.getPrivate().getEncoded())
        + "\n-----END PRIVATE KEY-----\n";
    return Json.MAPPER
        .createObjectNode()
        .put("type", "service_account")
        .put("private_key_id", "k1")
        .put("private_key", pem)
        .put("client_email", "a@p.iam.gserviceaccount.com")
        .put("token_uri", "https://oauth2.googleapis.com/token")
        .toString()
        .getBytes(StandardCharsets.UTF_8);
  }

  private void answer(int which, int status, String json) {
    asked
        .get(which)
        .complete(new TokenEndpoint.Reply(status, json.getBytes(StandardCharsets.UTF_8)));
  }

  private void grant(int which, String token) {
    answer(
        which,
        200,
        "{\"access_token\":\"" + token + "\",\"expires_in\":3599,\"token_type\":\"Bearer\"}");
  }

  private static String given(CompletionStage<String> token) {
    return token.toCompletableFuture().getNow("none");
  }

  @Test
  void theAssertionIsSignedAndSaysWhoAsksForWhat() throws GeneralSecurityException {
    GoogleCredential.Ask ask = GoogleCredential.read(serviceAccount()).ask(START);
    assertThat(ask.endpoint()).hasToString("https://oauth2.googleapis.com/token");
    String form = URLDecoder.decode(ask.form(), StandardCharsets.UTF_8);
    assertThat(form)
        .endsWith("&grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer")
        .startsWith("assertion=");
    String[] jwt = form.substring("assertion=".length(), form.indexOf('&')).split("\\.", -1);
    JsonNode header = Json.tree(Base64.getUrlDecoder().decode(jwt[0]));
    JsonNode claims = Json.tree(Base64.getUrlDecoder().decode(jwt[1]));
    assertThat(header).hasToString("{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"k1\"}");
    assertThat(claims)
        .hasToString(
            "{\"iss\":\"a@p.iam.gserviceaccount.com\",\"scope\":\"https://www.googleapis.com/auth/cloud-platform\","
                + "\"aud\":\"https://oauth2.googleapis.com/token\",\"iat\":1767225600,\"exp\":1767229200}");
    Signature check = Signature.getInstance("SHA256withRSA");
    check.initVerify(KEY.getPublic());
    check.update((jwt[0] + "." + jwt[1]).getBytes(StandardCharsets.US_ASCII));
    assertThat(check.verify(Base64.getUrlDecoder().decode(jwt[2]))).isTrue();
  }

  @Test
  void theAudienceOfAnAssertionIsGooglesWhereverTokensAreGivenOut() {
    String json = new String(serviceAccount(), StandardCharsets.UTF_8)
        .replace("https://oauth2.googleapis.com/token", "https://tokens.example/token");
    GoogleCredential.Ask ask =
        GoogleCredential.read(json.getBytes(StandardCharsets.UTF_8)).ask(START);
    String claims = ask.form().split("\\.", -1)[1];
    assertThat(new String(Base64.getUrlDecoder().decode(claims), StandardCharsets.UTF_8))
        .contains("\"aud\":\"https://oauth2.googleapis.com/token\"");
  }

  @Test
  void aPersonsTokenIsRefreshed() {
    String json =
        "{\"type\":\"authorized_user\",\"client_id\":\"c\",\"client_secret\":\"s&\",\"refresh_token\":\"r\"}";
    GoogleCredential.Ask ask =
        GoogleCredential.read(json.getBytes(StandardCharsets.UTF_8)).ask(START);
    assertThat(ask.form())
        .isEqualTo("client_id=c&client_secret=s%26&grant_type=refresh_token&refresh_token=r");
    assertThat(ask.endpoint()).hasToString("https://oauth2.googleapis.com/token");
  }

  @Test
  void whatTheEndpointRepeatsOfTheRequestIsMasked() {
    credential =
        "{\"type\":\"authorized_user\",\"client_id\":\"c\",\"client_secret\":\"hush/hush\",\"refresh_token\":\"long-lived\"}"
            .getBytes(StandardCharsets.UTF_8);
    CompletionStage<String> token = tokens.token();
    answer(
        0,
        400,
        "{\"error_description\":\"long-lived of hush/hush in client_secret=hush%2Fhush is bad\"}");
    assertThatThrownBy(() -> token.toCompletableFuture().get())
        .hasMessageEndingWith(
            "the token endpoint answered 400: [masked] of [masked] in client_secret=[masked] is bad");
  }

  @Test
  void nothingShowsASecret() {
    GoogleCredential account = GoogleCredential.read(serviceAccount());
    assertThat(account).hasToString("ServiceAccount[email=a@p.iam.gserviceaccount.com]");
    assertThat(account.ask(START)).hasToString("Ask[endpoint=https://oauth2.googleapis.com/token]");
    assertThat(new AccessToken("secret", START))
        .hasToString("AccessToken[endsAt=2026-01-01T00:00:00Z]");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      []                                                                       | not a JSON object
      {'type':'external_account'}                                              | type: external_account
      {'type':'service_account'}                                               | client_email: missing
      {'type':'service_account','client_email':'a','private_key':'secret'}     | private_key: not a key
      {'type':'service_account','client_email':'a','private_key':'-----BEGIN PRIVATE KEY-----c2VjcmV0-----END PRIVATE KEY-----'} | private_key: can't be read
      {'type':'authorized_user','client_id':'c','client_secret':'s'}           | refresh_token: missing
      {'type':'authorized_user','client_id':'c','client_secret':'s','refresh_token':'r','token_uri':'http://evil.example/'} | token_uri: http://evil.example/
      """)
  void saysWhatIsWrongAndShowsNoSecret(String json, String message) {
    assertThatThrownBy(
            () -> GoogleCredential.read(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message)
        .hasMessageNotContainingAny("c2VjcmV0", "'s'");
  }

  @Test
  void isAskedForOnceAndKeptWhileItLasts() {
    CompletionStage<String> first = tokens.token();
    CompletionStage<String> second = tokens.token();
    assertThat(asked).hasSize(1);
    grant(0, "t1");
    assertThat(given(first)).isEqualTo("t1");
    assertThat(given(second)).isEqualTo("t1");
    now = START.plusSeconds(3200);
    assertThat(given(tokens.token())).isEqualTo("t1");
    assertThat(asked).hasSize(1);
  }

  @Test
  void isRenewedAheadOfItsEndAndGivenOutMeanwhile() {
    tokens.token();
    grant(0, "t1");
    now = START.plusSeconds(3300);
    assertThat(given(tokens.token())).isEqualTo("t1");
    assertThat(asked).hasSize(2);
    assertThat(given(tokens.token())).isEqualTo("t1");
    assertThat(asked).hasSize(2);
    grant(1, "t2");
    assertThat(given(tokens.token())).isEqualTo("t2");
  }

  @Test
  void aRefusalLeavesATokenThatStillLastsAndWaitsAMoment() {
    tokens.token();
    grant(0, "t1");
    now = START.plusSeconds(3300);
    tokens.token();
    answer(1, 503, "{}");
    assertThat(given(tokens.token())).isEqualTo("t1");
    assertThat(asked).as("not at once again").hasSize(2);
    now = now.plusSeconds(5);
    assertThat(given(tokens.token())).isEqualTo("t1");
    assertThat(asked).hasSize(3);
  }

  @Test
  void whereThereIsNoneItSaysWhy() {
    CompletionStage<String> token = tokens.token();
    answer(
        0, 400, "{\"error\":\"invalid_grant\",\"error_description\":\"Invalid JWT Signature.\"}");
    for (CompletionStage<String> each : List.of(token, tokens.token())) {
      assertThatThrownBy(() -> each.toCompletableFuture().join())
          .hasCauseInstanceOf(AccessTokens.RefusedException.class)
          .hasMessageContaining("the token endpoint answered 400: Invalid JWT Signature.");
    }
    now = now.plusSeconds(5);
    CompletionStage<String> again = tokens.token();
    asked.get(1).completeExceptionally(new java.io.IOException("connection refused"));
    assertThatThrownBy(() -> again.toCompletableFuture().join())
        .hasMessageContaining("connection refused");
  }

  @Test
  void aCredentialThatCanNotBeReadIsSaidAndReadAnewLater() {
    credential = "{\"type\":\"service_account\"}".getBytes(StandardCharsets.UTF_8);
    CompletionStage<String> token = tokens.token();
    assertThatThrownBy(() -> token.toCompletableFuture().join())
        .hasMessageContaining("the credential can't be used: client_email: missing");
    assertThat(asked).isEmpty();
    credential = serviceAccount();
    now = now.plusSeconds(5);
    tokens.token();
    assertThat(asked).hasSize(1);
  }

  @Test
  void tooManyAtOnceAreRefused() {
    AccessTokens none = new AccessTokens(
        () -> GoogleCredential.read(credential),
        ask -> {
          throw new AssertionError("never asked");
        },
        task -> {
          throw new RejectedExecutionException();
        },
        () -> now);
    assertThatThrownBy(() -> none.token().toCompletableFuture().join())
        .hasMessageContaining("too many tokens are asked for at once");
  }

  @Test
  void placesHaveTheirPaths() {
    assertThat(new VertexPlace("p-1", "europe-west4").path("google"))
        .isEqualTo("/v1/projects/p-1/locations/europe-west4/publishers/google");
  }
}
