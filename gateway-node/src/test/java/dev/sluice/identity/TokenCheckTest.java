package dev.sluice.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TokenCheckTest {
  private static final Duration SKEW = Duration.ofSeconds(30);
  private static final Issuer ISSUER = new Issuer(
      "corp", "https://login.example.com", Set.of("sluice"), "", Set.of("ES256"), "", "");

  private static ECKey key;

  @BeforeAll
  static void makeKey() throws Exception {
    key = SigningIssuer.newKey("one");
  }

  private static TokenCheck.Found check(String token, ECKey with) throws Exception {
    return TokenCheck.check(
        SignedJWT.parse(token), ISSUER, new JWKSet(with.toPublicJWK()), SKEW, Instant.now());
  }

  private static TokenCheck.Found check(UnaryOperator<JWTClaimsSet.Builder> change)
      throws Exception {
    return check(SigningIssuer.token(key, ISSUER.issuer(), change), key);
  }

  private static Date in(long seconds) {
    return Date.from(Instant.now().plusSeconds(seconds));
  }

  @Test
  void aGoodTokenSaysItsClaims() throws Exception {
    TokenCheck.Found found = check(claims ->
        claims.claim("groups", List.of("a", "b")).claim("nested", java.util.Map.of("x", 1)));
    assertThat(found).isInstanceOf(TokenCheck.Found.Good.class);
    TokenCheck.Found.Good good = (TokenCheck.Found.Good) found;
    assertThat(good.claims().issuer()).isEqualTo("corp");
    assertThat(good.claims().values()).containsEntry("sub", List.of("someone"));
    assertThat(good.claims().values()).containsEntry("groups", List.of("a", "b"));
    assertThat(good.claims().values()).doesNotContainKey("nested");
  }

  @Test
  void aTokenOfAnotherAudienceOrIssuerOrTimeIsBad() throws Exception {
    assertThat(check(claims -> claims.audience("other"))).isInstanceOf(TokenCheck.Found.Bad.class);
    assertThat(check(claims -> claims.audience((String) null)))
        .isInstanceOf(TokenCheck.Found.Bad.class);
    assertThat(check(claims -> claims.issuer("https://evil")))
        .isInstanceOf(TokenCheck.Found.Bad.class);
    assertThat(check(claims -> claims.expirationTime(in(-31))))
        .isInstanceOf(TokenCheck.Found.Bad.class);
    assertThat(check(claims -> claims.expirationTime(null)))
        .isInstanceOf(TokenCheck.Found.Bad.class);
    assertThat(check(claims -> claims.notBeforeTime(in(60))))
        .isInstanceOf(TokenCheck.Found.Bad.class);
    assertThat(check(claims -> claims.expirationTime(in(-10))))
        .isInstanceOf(TokenCheck.Found.Good.class);
  }

  @Test
  void aTokenThatSomeoneElseHasSignedIsBad() throws Exception {
    ECKey other = SigningIssuer.newKey("one");
    assertThat(check(SigningIssuer.token(other, ISSUER.issuer(), claims -> claims), key))
        .isInstanceOf(TokenCheck.Found.Bad.class);
    assertThat(check(
            SigningIssuer.token(SigningIssuer.newKey("two"), ISSUER.issuer(), claims -> claims),
            key))
        .isInstanceOf(TokenCheck.Found.KeyMissing.class);
  }

  /** The public key as a shared secret: the old trick. */
  @Test
  void aTokenWithAnotherAlgorithmIsBad() throws Exception {
    SignedJWT token = new SignedJWT(
        new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("one").build(),
        new JWTClaimsSet.Builder()
            .issuer(ISSUER.issuer())
            .audience("sluice")
            .expirationTime(in(60))
            .build());
    token.sign(new MACSigner(
        key.toPublicJWK().toJSONString().getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    assertThat(check(token.serialize(), key)).isInstanceOf(TokenCheck.Found.Bad.class);
  }
}
