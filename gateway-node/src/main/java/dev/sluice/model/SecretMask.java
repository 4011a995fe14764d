package dev.sluice.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Blots out the credential of a provider where its answer repeats it, in texts of any kind, however they are cut into pieces:
 * each of its bytes becomes a {@code *}, so that lengths stay. In answers that are no errors only a credential of some length
 * is looked for: a short one is a word that the answer may need.
 */
final class SecretMask {
  private static final int LEAST_BYTES = 16;
  private static final int LEAST_BYTES_IN_ERRORS = 6;
  private static final int ERRORS = 400;
  private static final String BEARER = "Bearer ";
  private static final byte[] NOTHING = {};

  private final byte[] secret;
  /** How long a beginning of the secret the first bytes of it end in, at most: where to go on after a mismatch. */
  private final int[] borders;
  /** Bytes of the secret that have come and are held back. */
  private int held;

  private SecretMask(byte[] secret) {
    this.secret = secret;
    this.borders = borders(secret);
  }

  /** The secret among the fields that prove to a provider who calls; empty if none of them is one. */
  static String among(Map<String, String> proof) {
    if (proof.size() > 1) { // signed: the key itself is not sent, the token of its session is
      return proof.getOrDefault("x-amz-security-token", "");
    }
    if (proof.isEmpty()) {
      return "";
    }
    String value = proof.values().iterator().next();
    return value.startsWith(BEARER) ? value.substring(BEARER.length()) : value;
  }

  /**
   * What an answer shall pass.
   *
   * @param secret may be empty
   * @param contentType of the answer, or empty
   * @return null if the answer can't hold the secret as a text
   */
  static @Nullable SecretMask of(String secret, int status, String contentType) {
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    boolean error = status >= ERRORS;
    boolean text = error || contentType.startsWith("text/") || contentType.contains("json");
    boolean enough = bytes.length >= (error ? LEAST_BYTES_IN_ERRORS : LEAST_BYTES);
    return text && enough ? new SecretMask(bytes) : null;
  }

  private static int[] borders(byte[] secret) {
    int[] borders = new int[secret.length];
    int border = 0;
    for (int i = 1; i < secret.length; i++) {
      while (border > 0 && secret[i] != secret[border]) {
        border = borders[border - 1];
      }
      if (secret[i] == secret[border]) {
        border++;
      }
      borders[i] = border;
    }
    return borders;
  }

  /** The next piece. What may be the beginning of the secret is held back until more has come. */
  byte[] pass(byte[] piece) {
    byte[] out = new byte[held + piece.length];
    int at = 0;
    for (byte next : piece) {
      while (held > 0 && next != secret[held]) {
        int border = borders[held - 1];
        System.arraycopy(secret, 0, out, at, held - border);
        at += held - border;
        held = border;
      }
      if (next != secret[0] && held == 0) {
        out[at++] = next;
      } else if (++held == secret.length) {
        Arrays.fill(out, at, at + held, (byte) '*');
        at += held;
        held = 0;
      }
    }
    return at == out.length ? out : Arrays.copyOf(out, at);
  }

  /** What was held back, at the end of the answer. */
  byte[] rest() {
    byte[] rest = held == 0 ? NOTHING : Arrays.copyOf(secret, held);
    held = 0;
    return rest;
  }
}
