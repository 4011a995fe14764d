package dev.sluice.usage;

/**
 * What one call has used. The five counts of tokens are disjoint: together they are all that was used.
 *
 * @param team empty for a key without one
 * @param model as it was asked for
 * @param target who answered
 * @param input tokens of the prompt that were neither read from a cache nor written to one
 * @param output tokens of the answer without those of reasoning
 * @param costNanos in nano-dollars; 0 where no price is known
 */
public record Spent(
    String tenant,
    String team,
    String key,
    String model,
    String target,
    Source source,
    long input,
    long cacheRead,
    long cacheWrite,
    long output,
    long reasoning,
    long costNanos) {
  /** How the counts were come by. */
  public enum Source {
    /** As the provider reported them. */
    PROVIDER,
    /** The answer broke off, or words don't tell: as they were held, the most that it can have been. */
    PARTIAL,
    /** The provider did not report them: counted by the words of prompt and answer. */
    ESTIMATED
  }
}
