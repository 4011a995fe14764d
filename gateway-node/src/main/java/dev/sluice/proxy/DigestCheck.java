package dev.sluice.proxy;

import dev.sluice.ingress.Filter.PasswordAuth;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Digest authentication (RFC 7616) with MD5 and {@code qop=auth}, as ingress-nginx has it. Nothing is remembered: a nonce is
 * the time with a signature, so that every node takes those of all others. A request that is repeated as it is passes as
 * long as its nonce is good.
 */
final class DigestCheck {
  static final Duration NONCE_IS_GOOD_FOR = Duration.ofMinutes(5);
  private static final int SIGNATURE_BYTES = 16;
  private static final int MOST_CHARS = 4096;
  private static final Pattern PARAMETER =
      Pattern.compile("\\G\\s*([A-Za-z0-9_-]+)\\s*=\\s*(?:\"([^\"]*)\"|([^\\s,\"]+))\\s*(?:,|$)");

  /** What an Authorization field came to. */
  enum Outcome {
    RIGHT,
    WRONG,
    /** All is right but that the nonce is too old. */
    STALE
  }

  private DigestCheck() {}

  /** What a client is asked with. */
  static String challenge(PasswordAuth auth, String key, boolean stale, long nowMillis) {
    return "Digest realm=\"" + auth.realm() + "\", qop=\"auth\", algorithm=MD5, nonce=\""
        + nonce(key, nowMillis) + '"' + (stale ? ", stale=true" : "");
  }

  /**
   * Judges.
   *
   * @param target of the request, as sent
   * @param authorization null if there is none
   */
  static Outcome judge(
      PasswordAuth auth,
      String key,
      String method,
      String target,
      @Nullable String authorization,
      long nowMillis) {
    Map<String, String> given = parameters(authorization);
    String user = given.getOrDefault("username", "");
    String secret = auth.passwords().hashes().get(user);
    String nonce = given.getOrDefault("nonce", "");
    String algorithm = given.getOrDefault("algorithm", "MD5");
    boolean known = secret != null
        && given.getOrDefault("realm", "").equals(auth.realm())
        && given.getOrDefault("uri", "").equals(target)
        && algorithm.equalsIgnoreCase("MD5");
    Long made = timeOf(key, nonce);
    if (!known || secret == null || made == null || !answers(given, secret, nonce, method)) {
      return Outcome.WRONG;
    }
    long age = nowMillis - made;
    // Clocks of nodes differ a little.
    return age > NONCE_IS_GOOD_FOR.toMillis() || age < -NONCE_IS_GOOD_FOR.toMillis()
        ? Outcome.STALE
        : Outcome.RIGHT;
  }

  private static boolean answers(
      Map<String, String> given, String secret, String nonce, String method) {
    String ofRequest = md5(method + ":" + given.getOrDefault("uri", ""));
    String quality = given.get("qop");
    if (quality != null && !quality.equalsIgnoreCase("auth")) {
      return false;
    }
    String middle = quality == null
        ? nonce
        : nonce + ":" + given.getOrDefault("nc", "") + ":" + given.getOrDefault("cnonce", "") + ":"
            + quality;
    byte[] expected =
        md5(secret + ":" + middle + ":" + ofRequest).getBytes(StandardCharsets.US_ASCII);
    byte[] response = given
        .getOrDefault("response", "")
        .toLowerCase(Locale.ROOT)
        .getBytes(StandardCharsets.US_ASCII);
    return MessageDigest.isEqual(expected, response);
  }

  /** By name in lower case; none if it is no digest. */
  private static Map<String, String> parameters(@Nullable String authorization) {
    Map<String, String> parameters = new HashMap<>();
    if (authorization == null
        || authorization.length() > MOST_CHARS
        || !authorization.regionMatches(true, 0, "Digest ", 0, 7)) {
      return parameters;
    }
    Matcher matcher = PARAMETER.matcher(authorization).region(7, authorization.length());
    while (matcher.find()) {
      String value = matcher.group(2) == null ? matcher.group(3) : matcher.group(2);
      parameters.put(matcher.group(1).toLowerCase(Locale.ROOT), value);
    }
    return parameters;
  }

  private static String nonce(String key, long millis) {
    byte[] time = ByteBuffer.allocate(Long.BYTES).putLong(millis).array();
    byte[] all = ByteBuffer.allocate(Long.BYTES + SIGNATURE_BYTES)
        .put(time)
        .put(signature(key, time), 0, SIGNATURE_BYTES)
        .array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(all);
  }

  /** When a nonce was made; null if it is none of ours. */
  private static @Nullable Long timeOf(String key, String nonce) {
    try {
      byte[] all = Base64.getUrlDecoder().decode(nonce);
      if (all.length != Long.BYTES + SIGNATURE_BYTES) {
        return null;
      }
      long millis = ByteBuffer.wrap(all).getLong();
      return MessageDigest.isEqual(
              nonce(key, millis).getBytes(StandardCharsets.US_ASCII),
              nonce.getBytes(StandardCharsets.US_ASCII))
          ? millis
          : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static byte[] signature(String key, byte[] time) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
      return mac.doFinal(time);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  private static String md5(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }
}
