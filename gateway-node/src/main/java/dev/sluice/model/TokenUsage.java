package dev.sluice.model;

/**
 * What a call has used, as its provider reports it.
 *
 * @param input tokens of the prompt, cached ones included; at least 0
 * @param cachedInput those of them that the provider had in its cache
 * @param output tokens of the answer, reasoning included; at least 0
 */
public record TokenUsage(long input, long cachedInput, long output) {
  /** None of it cached. */
  public TokenUsage(long input, long output) {
    this(input, 0, output);
  }

  /** As a provider's figures may be: below 0, or with more cached than there is. */
  static TokenUsage reported(long input, long cachedInput, long output) {
    long whole = Math.max(0, input);
    return new TokenUsage(whole, Math.max(0, Math.min(whole, cachedInput)), Math.max(0, output));
  }

  public long total() {
    return input + output;
  }
}
