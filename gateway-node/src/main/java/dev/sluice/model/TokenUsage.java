package dev.sluice.model;

/**
 * What a call has used, as its provider reports it.
 *
 * @param input tokens of the prompt, cached ones included; at least 0
 * @param output tokens of the answer, reasoning included; at least 0
 */
public record TokenUsage(long input, long output) {
  public long total() {
    return input + output;
  }
}
