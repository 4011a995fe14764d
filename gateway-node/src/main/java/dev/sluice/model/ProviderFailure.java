package dev.sluice.model;

import dev.sluice.model.bedrock.BedrockErrors;
import dev.sluice.model.chat.ProviderDialect;
import dev.sluice.model.chat.ProviderError;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A provider's answer with a status of 400 or more, as it comes in. */
final class ProviderFailure {
  private static final int MOST_BYTES = 64 * 1024;
  private static final int MOST_DIGITS = 6;

  private final ProviderDialect dialect;
  private final Target.Head head;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();

  ProviderFailure(ProviderDialect dialect, Target.Head head) {
    this.dialect = dialect;
    this.head = head;
  }

  void read(byte[] bytes, int from, int to) {
    body.write(bytes, from, Math.min(to - from, MOST_BYTES - body.size()));
  }

  ProviderError told() {
    String type = head.field(BedrockErrors.TYPE_FIELD);
    ProviderError told = dialect.error(head.status(), type, body.toByteArray());
    Duration asked = seconds(head.retryAfter());
    return asked == null
        ? told
        : new ProviderError(told.status(), told.kind(), told.message(), asked);
  }

  /** A Retry-After in seconds; null if it is none. */
  static @Nullable Duration seconds(String retryAfter) {
    boolean digits = !retryAfter.isEmpty()
        && retryAfter.length() <= MOST_DIGITS
        && retryAfter.chars().allMatch(Character::isDigit);
    return digits ? Duration.ofSeconds(Long.parseLong(retryAfter)) : null;
  }
}
