package dev.sluice.tenancy;

import java.security.SecureRandom;
import java.util.Base64;

/**
 * The secret of a key while it is made. Only its hash is kept.
 *
 * @param text empty if it is not known here
 * @param sha256 in lower-case hex; empty for a key without a secret
 */
public record NewSecret(String text, String sha256) {
  private static final int RANDOM_BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** A random one, of 256 bits. */
  public static NewSecret make() {
    byte[] bytes = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(bytes);
    String text = "sk-sluice-" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    return new NewSecret(text, SecretHash.hexOf(text));
  }

  /** One that the caller keeps. */
  public static NewSecret of(String sha256) {
    return new NewSecret("", sha256);
  }

  @Override
  public String toString() {
    return "a secret";
  }
}
