package dev.sluice.model.cache;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What must be the same for an answer to be the same: the SHA-256 of who asks, where, and of the whole canonical request. */
public record AnswerKey(long first, long second, long third, long fourth) {
  /**
   * @param said what counts beside the body, in an order of the caller's: tenant, route, path …
   * @param body JSON
   * @return null if the body is no JSON document: then nobody can say what is the same
   */
  public static @Nullable AnswerKey of(List<String> said, byte[] body) {
    CanonicalJson canonical = CanonicalJson.of(body);
    if (canonical == null) {
      return null;
    }
    MessageDigest sha256 = sha256();
    said.forEach(one -> CanonicalJson.text('x', one, sha256));
    canonical.tell(sha256);
    ByteBuffer hash = ByteBuffer.wrap(sha256.digest());
    return new AnswerKey(hash.getLong(), hash.getLong(), hash.getLong(), hash.getLong());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
