package dev.sluice.tenancy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A SHA-256 in 48 bytes of memory, where its digits would take 120: there are many keys. */
record SecretHash(long first, long second, long third, long fourth) {
  private static final int DIGITS = 16;

  /** @param hex 64 digits; fails with an IllegalArgumentException if it is anything else */
  static SecretHash parse(String hex) {
    if (hex.length() != 4 * DIGITS) {
      throw new IllegalArgumentException("no SHA-256: " + hex.length() + " digits");
    }
    return new SecretHash(part(hex, 0), part(hex, 1), part(hex, 2), part(hex, 3));
  }

  private static long part(String hex, int index) {
    return HexFormat.fromHexDigitsToLong(hex, index * DIGITS, (index + 1) * DIGITS);
  }

  /** The SHA-256 of a key in 64 lower-case hex digits. */
  static String hexOf(String secret) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
