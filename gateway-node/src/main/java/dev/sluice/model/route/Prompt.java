package dev.sluice.model.route;

/**
 * What a call asks, as far as that decides who is asked.
 *
 * @param key of its beginning; 0 if it has none that could be cached
 * @param loadPercent most requests of a target that prompts are bound to, in percent of the mean; above 100
 */
public record Prompt(long key, int loadPercent) {
  public static final Prompt NONE = new Prompt(0, 101);
}
