package dev.sluice.proxy;

import at.favre.lib.crypto.bcrypt.BCrypt;
import dev.sluice.ingress.Filter.Passwords;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.apache.commons.codec.digest.Md5Crypt;
import org.apache.commons.codec.digest.Sha2Crypt;
import org.apache.commons.codec.digest.UnixCrypt;
import org.jspecify.annotations.Nullable;

/**
 * Compares passwords with the hashes of htpasswd files, off the workers: some are slow by design. What was right once is
 * remembered by a keyed digest, so that it costs little again.
 */
final class PasswordCheck {
  private static final int MOST_REMEMBERED = 20_000;
  private static final int SHA_BYTES = 20;

  private final Executor executor;
  private final byte[] key = new byte[32];
  private final ConcurrentMap<String, Boolean> right = new ConcurrentHashMap<>();

  PasswordCheck(Executor executor) {
    this.executor = executor;
    new SecureRandom().nextBytes(key);
  }

  /**
   * Tells whether the field Authorization names a user with the right password.
   *
   * @param told called at once or later, then on another thread
   */
  void check(Passwords passwords, @Nullable String authorization, Consumer<Boolean> told) {
    String[] given = credentials(authorization);
    String hash = given == null ? null : passwords.hashes().get(given[0]);
    if (given == null || hash == null) {
      told.accept(false);
      return;
    }
    String proof = proof(hash, given[1]);
    if (right.containsKey(proof)) {
      told.accept(true);
      return;
    }
    try {
      executor.execute(() -> {
        boolean matches = matches(hash, given[1]);
        if (matches) {
          if (right.size() > MOST_REMEMBERED) {
            right.clear();
          }
          right.put(proof, true);
        }
        told.accept(matches);
      });
    } catch (RejectedExecutionException e) {
      told.accept(false);
    }
  }

  /** User and password, or null. */
  private static String @Nullable [] credentials(@Nullable String authorization) {
    if (authorization == null || !authorization.regionMatches(true, 0, "Basic ", 0, 6)) {
      return null;
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(authorization.substring(6).strip());
      String text = new String(bytes, StandardCharsets.UTF_8);
      int colon = text.indexOf(':');
      return colon < 0 ? null : new String[] {text.substring(0, colon), text.substring(colon + 1)};
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private String proof(String hash, String password) {
    MessageDigest digest = digest("SHA-256");
    digest.update(key);
    digest.update(hash.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
    digest.update(password.getBytes(StandardCharsets.UTF_8));
    return Base64.getEncoder().encodeToString(digest.digest());
  }

  /** Whether a password has this hash: of bcrypt, apr1, crypt with MD5, SHA-2 or DES, {SHA}, {SSHA} or {PLAIN}. */
  static boolean matches(String hash, String password) {
    byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
    try {
      if (hash.startsWith("$2")) {
        return BCrypt.verifyer().verify(password.toCharArray(), hash).verified;
      } else if (hash.startsWith("$apr1$")) {
        return same(Md5Crypt.apr1Crypt(bytes, hash), hash);
      } else if (hash.startsWith("$1$")) {
        return same(Md5Crypt.md5Crypt(bytes, hash), hash);
      } else if (hash.startsWith("$5$")) {
        return same(Sha2Crypt.sha256Crypt(bytes, hash), hash);
      } else if (hash.startsWith("$6$")) {
        return same(Sha2Crypt.sha512Crypt(bytes, hash), hash);
      } else if (hash.startsWith("{SHA}")) {
        return same(
            "{SHA}" + Base64.getEncoder().encodeToString(digest("SHA-1").digest(bytes)), hash);
      } else if (hash.startsWith("{SSHA}")) {
        byte[] decoded = Base64.getDecoder().decode(hash.substring(6));
        MessageDigest sha = digest("SHA-1");
        sha.update(bytes);
        sha.update(decoded, SHA_BYTES, decoded.length - SHA_BYTES);
        return MessageDigest.isEqual(sha.digest(), Arrays.copyOf(decoded, SHA_BYTES));
      } else if (hash.startsWith("{PLAIN}")) {
        return same("{PLAIN}" + password, hash);
      }
      return hash.length() == 13 && same(UnixCrypt.crypt(bytes, hash), hash);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return false;
    }
  }

  private static boolean same(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }
}
