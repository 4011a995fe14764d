package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ingress.Filter.Digesting;
import dev.sluice.ingress.Filter.PasswordAuth;
import dev.sluice.ingress.Filter.Passwords;
import dev.sluice.proxy.DigestCheck.Outcome;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DigestCheckTest {
  private static final String KEY = "k";
  private static final long NOW = 1_800_000_000_000L;
  private static final PasswordAuth SHOP = new PasswordAuth(
      "shop", new Passwords(Map.of("joe", md5("joe:shop:secret"))), new Digesting(KEY));

  private static String md5(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static String nonce(String key, long millis) {
    return DigestCheck.challenge(SHOP, key, false, millis)
        .replaceAll(".*nonce=\"([^\"]*)\".*", "$1");
  }

  /** As a client answers a challenge. */
  private static String answer(
      String user, String password, String nonce, String method, String uri) {
    String response = md5(md5(user + ":shop:" + password) + ":" + nonce + ":00000001:c:auth:"
        + md5(method + ":" + uri));
    return "Digest username=\"" + user + "\", realm=\"shop\", nonce=\"" + nonce + "\", uri=\"" + uri
        + "\", qop=auth, nc=00000001, cnonce=\"c\", algorithm=MD5, response=\"" + response + "\"";
  }

  private static Outcome judge(String method, String target, String authorization, long now) {
    return DigestCheck.judge(SHOP, KEY, method, target, authorization, now);
  }

  @Test
  void letsInWhoKnowsThePassword() {
    String nonce = nonce(KEY, NOW);
    assertThat(judge("GET", "/a?b", answer("joe", "secret", nonce, "GET", "/a?b"), NOW + 1000))
        .isEqualTo(Outcome.RIGHT);
  }

  @Test
  void takesAnswersInTheOlderForm() {
    String nonce = nonce(KEY, NOW);
    String response = md5(md5("joe:shop:secret") + ":" + nonce + ":" + md5("GET:/"));
    String field = "Digest username=\"joe\", realm=\"shop\", nonce=\"" + nonce
        + "\", uri=\"/\", response=\"" + response + "\"";
    assertThat(judge("GET", "/", field, NOW)).isEqualTo(Outcome.RIGHT);
  }

  @ParameterizedTest
  @CsvSource({
    "joe, wrong, GET, /a, GET, /a",
    "ann, secret, GET, /a, GET, /a",
    "joe, secret, GET, /a, POST, /a",
    "joe, secret, GET, /a, GET, /b"
  })
  void turnsAwayWhoDoesNotOrAsksForSomethingElse(
      String user, String password, String signed, String uri, String method, String target) {
    String field = answer(user, password, nonce(KEY, NOW), signed, uri);
    assertThat(judge(method, target, field, NOW)).isEqualTo(Outcome.WRONG);
  }

  @Test
  void turnsAwayNoncesThatItHasNotMadeAndAsksAnewForOldOnes() {
    String foreign = nonce("other", NOW);
    assertThat(judge("GET", "/", answer("joe", "secret", foreign, "GET", "/"), NOW))
        .isEqualTo(Outcome.WRONG);
    String old = nonce(KEY, NOW);
    long later = NOW + DigestCheck.NONCE_IS_GOOD_FOR.toMillis() + 1;
    assertThat(judge("GET", "/", answer("joe", "secret", old, "GET", "/"), later))
        .isEqualTo(Outcome.STALE);
    assertThat(DigestCheck.challenge(SHOP, KEY, true, later)).endsWith("stale=true");
  }

  @Test
  void turnsAwayWhatIsNoDigest() {
    for (String field : new String[] {
      null,
      "",
      "Basic am9lOnNlY3JldA==",
      "Digest",
      "Digest x",
      "Digest username=\"joe\"",
      "Digest ,,,=\""
    }) {
      assertThat(judge("GET", "/", field, NOW)).as(field).isEqualTo(Outcome.WRONG);
    }
  }
}
