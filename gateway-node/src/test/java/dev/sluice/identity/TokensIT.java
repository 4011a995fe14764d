package dev.sluice.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.time.Clock;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tokens of an issuer whose keys are found and fetched over HTTP. */
class TokensIT {
  private static Tokens tokens(String url, String more) {
    return new Tokens(
        IdentitySettings.from(
            ConfigFactory.parseString("sluice.identity.issuers = [{name: corp, issuer: \"" + url
                    + "\", audiences: [sluice], algorithms: [ES256]}]\n" + more)
                .withFallback(ConfigFactory.defaultReference())
                .resolve()),
        Clock.systemUTC());
  }

  private static Optional<String> subject(Tokens tokens, String token) throws Exception {
    return tokens
        .claims(token)
        .toCompletableFuture()
        .get()
        .map(claims -> claims.values().get("sub").get(0));
  }

  @Test
  void aTokenIsCheckedOnceAndItsIssuersKeysAreFetchedOnce() throws Exception {
    try (SigningIssuer issuer = new SigningIssuer();
        Tokens tokens = tokens(issuer.url(), "")) {
      String token = issuer.token(claims -> claims);
      assertThat(subject(tokens, token)).contains("someone");
      assertThat(tokens.claims(token).toCompletableFuture()).isCompleted();
      assertThat(subject(tokens, issuer.token(claims -> claims.subject("other"))))
          .contains("other");
      assertThat(issuer.fetches()).isEqualTo(1);
      assertThat(subject(tokens, issuer.token(claims -> claims.audience("x")))).isEmpty();
      assertThat(subject(tokens, "eyJ.eyJ.x")).isEmpty();
      assertThat(subject(tokens, "sk-something")).isEmpty();
    }
  }

  @Test
  void aKeyThatIsNewIsFetchedButNotTooOften() throws Exception {
    try (SigningIssuer issuer = new SigningIssuer();
        Tokens tokens = tokens(issuer.url(), "sluice.identity.retry-delay = 100 ms")) {
      assertThat(subject(tokens, issuer.token(claims -> claims))).contains("someone");
      issuer.rotate("second");
      org.awaitility.Awaitility.await()
          .until(() -> subject(
                  tokens, issuer.token(claims -> claims.subject("s" + System.nanoTime())))
              .isPresent());
      assertThat(issuer.fetches()).isEqualTo(2);
    }
  }

  @Test
  void anIssuerThatIsAwayIsNoReasonToCallATokenWrong() throws Exception {
    SigningIssuer issuer = new SigningIssuer();
    String token = issuer.token(claims -> claims);
    issuer.close();
    try (Tokens tokens = tokens(issuer.url(), "")) {
      assertThatThrownBy(() -> tokens.claims(token).toCompletableFuture().get())
          .hasMessageContaining("the keys of the issuer corp are not known");
    }
  }
}
