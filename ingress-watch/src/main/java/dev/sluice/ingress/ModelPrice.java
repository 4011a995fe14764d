package dev.sluice.ingress;

import java.time.LocalDate;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What some models of a provider cost from some day on, in pico-dollars per token, which is micro-dollars per million
 * tokens.
 *
 * @param models names that the provider knows them by, exact or ending in {@code *}
 * @param from first day, in UTC
 * @param input tokens of the prompt that were not read from a cache
 * @param cachedInput tokens of the prompt that were
 * @param cacheWrite tokens of the prompt that were written to a cache
 * @param output tokens of the answer, reasoning included
 */
public record ModelPrice(
    List<String> models,
    LocalDate from,
    long input,
    long cachedInput,
    long cacheWrite,
    long output) {
  private static final long PICOS = 1_000;

  /**
   * The price of a model on a day: of the most exact name, the newest.
   *
   * @return empty if nobody has said
   */
  public static Optional<ModelPrice> of(
      Collection<ModelPrice> prices, String model, LocalDate day) {
    return prices.isEmpty()
        ? Optional.empty()
        : prices.stream()
            .filter(price -> !price.from().isAfter(day) && price.exactness(model) >= 0)
            .max(Comparator.<ModelPrice>comparingInt(price -> price.exactness(model))
                .thenComparing(ModelPrice::from));
  }

  /** Length of the beginning that fits; more for a whole name; below 0 if none fits. */
  private int exactness(String model) {
    int best = -1;
    for (String text : models) {
      ModelPattern pattern = new ModelPattern(text);
      if (pattern.matches(model)) {
        best =
            Math.max(best, pattern.exact() ? Integer.MAX_VALUE : pattern.stem().length());
      }
    }
    return best;
  }

  /**
   * What a request costs, in nano-dollars, rounded up.
   *
   * @param freshTokens of the prompt, that no cache had part in; at most 2^40, as the others
   */
  public long nanos(long freshTokens, long readTokens, long writtenTokens, long outputTokens) {
    long whole = freshTokens * (input / PICOS)
        + readTokens * (cachedInput / PICOS)
        + writtenTokens * (cacheWrite / PICOS)
        + outputTokens * (output / PICOS);
    long rest = freshTokens * (input % PICOS)
        + readTokens * (cachedInput % PICOS)
        + writtenTokens * (cacheWrite % PICOS)
        + outputTokens * (output % PICOS);
    return whole + (rest + PICOS - 1) / PICOS;
  }

  /** The most that a request may cost, whatever a cache has to do with its input. */
  public long nanosAtMost(long inputTokens, long outputTokens) {
    return Math.max(
        nanos(inputTokens, 0, 0, outputTokens),
        Math.max(nanos(0, inputTokens, 0, outputTokens), nanos(0, 0, inputTokens, outputTokens)));
  }
}
