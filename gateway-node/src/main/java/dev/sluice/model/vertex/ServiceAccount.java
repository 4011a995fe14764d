package dev.sluice.model.vertex;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.Json;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A service account's key: it signs that it is the account, and gets a token for that.
 *
 * @param email of the account
 * @param keyId of the key; empty if it is not told
 */
public record ServiceAccount(String email, String keyId, PrivateKey key, URI endpoint)
    implements GoogleCredential {
  private static final String SCOPE = "https://www.googleapis.com/auth/cloud-platform";

  /** Google's own, wherever the file says that tokens are given out: so do Google's libraries. */
  private static final String AUDIENCE = "https://oauth2.googleapis.com/token";

  private static final String GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
  private static final Duration LIFETIME = Duration.ofHours(1);
  private static final Pattern PEM =
      Pattern.compile("-----BEGIN PRIVATE KEY-----(.*?)-----END PRIVATE KEY-----", Pattern.DOTALL);

  static ServiceAccount of(JsonNode file) {
    return new ServiceAccount(
        GoogleCredential.text(file, "client_email"),
        file.path("private_key_id").asText(""),
        key(GoogleCredential.text(file, "private_key")),
        GoogleCredential.endpoint(file));
  }

  private static PrivateKey key(String pem) {
    Matcher matcher = PEM.matcher(pem);
    if (!matcher.find()) {
      throw new IllegalArgumentException(
          "private_key: not a key (expected: BEGIN PRIVATE KEY, as Google writes it)");
    }
    try {
      byte[] bytes = Base64.getMimeDecoder().decode(matcher.group(1));
      return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(bytes));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "private_key: can't be read (expected: an RSA key in PKCS #8)");
    }
  }

  @Override
  public Ask ask(Instant now) {
    return new Ask(
        endpoint, GoogleCredential.form(Map.of("grant_type", GRANT, "assertion", assertion(now))));
  }

  /** A JSON web token that says who asks for what, signed with RS256. */
  String assertion(Instant now) {
    ObjectNode header = Json.MAPPER.createObjectNode().put("alg", "RS256").put("typ", "JWT");
    if (!keyId.isEmpty()) {
      header.put("kid", keyId);
    }
    ObjectNode claims = Json.MAPPER
        .createObjectNode()
        .put("iss", email)
        .put("scope", SCOPE)
        .put("aud", AUDIENCE)
        .put("iat", now.getEpochSecond())
        .put("exp", now.plus(LIFETIME).getEpochSecond());
    String signed = base64(header.toString()) + "." + base64(claims.toString());
    return signed + "." + signature(signed);
  }

  private static String base64(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  private String signature(String text) {
    try {
      Signature signer = Signature.getInstance("SHA256withRSA");
      signer.initSign(key);
      signer.update(text.getBytes(StandardCharsets.US_ASCII));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(signer.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a key that could be read can't sign", e);
    }
  }

  @Override
  public String toString() {
    return "ServiceAccount[email=" + email + "]";
  }
}
