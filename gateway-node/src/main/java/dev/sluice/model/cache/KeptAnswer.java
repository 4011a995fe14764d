package dev.sluice.model.cache;

import dev.sluice.model.chat.TokenUsage;
import java.time.Duration;

/**
 * A whole answer, in the words in which its caller got it.
 *
 * @param streamed whether it came as it was made
 * @param head of it
 * @param body never changed
 * @param saved what asking anew would use, as far as that is known
 * @param atNanos when it came to its end, by the cache's clock
 * @param ttl how long it is kept
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record KeptAnswer(
    boolean streamed, Head head, byte[] body, TokenUsage saved, long atNanos, Duration ttl) {
  /** About what an entry takes beside its body. */
  private static final int OVERHEAD_BYTES = 512;

  /**
   * @param target who answered
   * @param outputCap cap that took the place of a higher one; else empty
   * @param dropped fields that were left out; else empty
   */
  public record Head(String contentType, String target, String outputCap, String dropped) {}

  int bytes() {
    return body.length + OVERHEAD_BYTES;
  }
}
