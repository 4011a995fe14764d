package dev.sluice.model.chat;

/**
 * What a call has used, as its provider reports it: five counters that don't overlap, each at least 0.
 *
 * @param freshInput tokens of the prompt that no cache had part in
 * @param cacheRead tokens of the prompt that were read from the provider's cache
 * @param cacheWrite tokens of the prompt that were written to it
 * @param spoken tokens of the answer but for those thought
 * @param reasoning tokens that were thought and not said
 */
public record TokenUsage(
    long freshInput, long cacheRead, long cacheWrite, long spoken, long reasoning) {
  public static final TokenUsage NONE = new TokenUsage(0, 0, 0, 0, 0);

  public TokenUsage {
    freshInput = Math.max(0, freshInput);
    cacheRead = Math.max(0, cacheRead);
    cacheWrite = Math.max(0, cacheWrite);
    spoken = Math.max(0, spoken);
    reasoning = Math.max(0, reasoning);
  }

  /** No cache, nothing thought. */
  public static TokenUsage of(long input, long output) {
    return new TokenUsage(input, 0, 0, output, 0);
  }

  /**
   * Of figures in which the whole includes its parts, as OpenAI and Gemini count; a provider's parts may be larger than their
   * whole.
   *
   * @param input all of the prompt
   * @param output all of the answer, reasoning included
   */
  public static TokenUsage ofWhole(
      long input, long cacheRead, long cacheWrite, long output, long reasoning) {
    long read = Math.max(0, Math.min(input, cacheRead));
    long write = Math.max(0, Math.min(input - read, cacheWrite));
    long thought = Math.max(0, Math.min(output, reasoning));
    return new TokenUsage(input - read - write, read, write, output - thought, thought);
  }

  /** All of the prompt. */
  public long input() {
    return freshInput + cacheRead + cacheWrite;
  }

  /** All of the answer. */
  public long output() {
    return spoken + reasoning;
  }

  public long total() {
    return input() + output();
  }
}
