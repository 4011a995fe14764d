package dev.sluice.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.sluice.ingress.Claims;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Whether one JWT is good: signature, algorithm, issuer, audience, times. Knows no clock and fetches nothing. */
final class TokenCheck {
  /** What was found. */
  sealed interface Found {
    /** @param expires when it is good no longer, clock skew included */
    record Good(Claims claims, Instant expires) implements Found {}

    record Bad() implements Found {}

    /** None of the keys that we have can have signed it. */
    record KeyMissing() implements Found {}
  }

  private static final int MOST_CLAIMS = 64;
  private static final int MOST_VALUES = 256;
  private static final int MOST_CHARS = 512;

  private TokenCheck() {}

  static Found check(SignedJWT token, Issuer issuer, JWKSet keys, Duration skew, Instant now) {
    JWSHeader header = token.getHeader();
    JWSAlgorithm algorithm = header.getAlgorithm();
    if (!issuer.algorithms().contains(algorithm.getName())) {
      return new Found.Bad();
    }
    JWKMatcher matcher = JWKMatcher.forJWSHeader(header);
    List<JWK> fitting = matcher == null ? List.of() : new JWKSelector(matcher).select(keys);
    if (fitting.isEmpty()) {
      return new Found.KeyMissing();
    }
    try {
      boolean signed = false;
      for (JWK key : fitting) {
        signed = signed || isSignedBy(token, key);
      }
      return signed ? claims(token.getJWTClaimsSet(), issuer, skew, now) : new Found.Bad();
    } catch (ParseException e) {
      return new Found.Bad();
    }
  }

  private static boolean isSignedBy(SignedJWT token, JWK key) {
    try {
      if (!(key instanceof AsymmetricJWK asymmetric)) {
        return false;
      }
      JWSVerifier verifier = new DefaultJWSVerifierFactory()
          .createJWSVerifier(token.getHeader(), asymmetric.toPublicKey());
      return token.verify(verifier);
    } catch (JOSEException e) {
      return false;
    }
  }

  private static Found claims(JWTClaimsSet set, Issuer issuer, Duration skew, Instant now) {
    Date expires = set.getExpirationTime();
    Date from = set.getNotBeforeTime();
    boolean good = issuer.issuer().equals(set.getIssuer())
        && set.getAudience().stream().anyMatch(issuer.audiences()::contains)
        && expires != null
        && now.isBefore(expires.toInstant().plus(skew))
        && (from == null || !now.plus(skew).isBefore(from.toInstant()));
    return good
        ? new Found.Good(
            new Claims(issuer.name(), values(set.getClaims())),
            expires.toInstant().plus(skew))
        : new Found.Bad();
  }

  private static Map<String, List<String>> values(Map<String, Object> claims) {
    Map<String, List<String>> all = new TreeMap<>();
    for (Map.Entry<String, Object> one : claims.entrySet()) {
      List<String> values = new ArrayList<>();
      if (one.getValue() instanceof List<?> list) {
        list.stream().limit(MOST_VALUES).forEach(value -> add(values, value));
      } else {
        add(values, one.getValue());
      }
      if (!values.isEmpty() && all.size() < MOST_CLAIMS) {
        all.put(one.getKey(), List.copyOf(values));
      }
    }
    return all;
  }

  private static void add(List<String> values, @Nullable Object value) {
    boolean plain = value instanceof String || value instanceof Number || value instanceof Boolean;
    String text = plain && value != null ? value.toString() : "";
    if (plain && text.length() <= MOST_CHARS) {
      values.add(text);
    }
  }
}
