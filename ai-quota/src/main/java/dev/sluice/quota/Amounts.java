package dev.sluice.quota;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * An amount of each unit. A shipped component keeps its meaning; a new unit is a new component, 0 where it is not told.
 *
 * @param tokens of input and output together
 * @param inFlight requests that run at this moment
 * @param nanos cost in nano-dollars
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record Amounts(
    @JsonInclude long tokens,
    long inputTokens,
    long outputTokens,
    long requests,
    long inFlight,
    long nanos) {
  public static final Amounts NONE = new Amounts(0, 0, 0, 0, 0, 0);

  /** More than any limit. */
  static final long MOST = 1L << 60;

  static final Amounts ALL = new Amounts(MOST, MOST, MOST, MOST, MOST, MOST);

  public static Amounts ofTokens(long tokens) {
    return new Amounts(tokens, 0, 0, 0, 0, 0);
  }

  /**
   * What one request comes to, from its start to its end.
   *
   * @param nanos its cost in nano-dollars
   */
  public static Amounts ofRequest(long inputTokens, long outputTokens, long nanos) {
    return new Amounts(
        Math.addExact(inputTokens, outputTokens), inputTokens, outputTokens, 1, 1, nanos);
  }

  public long of(Unit unit) {
    return switch (unit) {
      case TOKENS -> tokens;
      case INPUT_TOKENS -> inputTokens;
      case OUTPUT_TOKENS -> outputTokens;
      case REQUESTS -> requests;
      case IN_FLIGHT_REQUESTS -> inFlight;
      case COST -> nanos;
    };
  }

  /** The same, but for one unit. */
  Amounts with(Unit unit, long amount) {
    return new Amounts(
        unit == Unit.TOKENS ? amount : tokens,
        unit == Unit.INPUT_TOKENS ? amount : inputTokens,
        unit == Unit.OUTPUT_TOKENS ? amount : outputTokens,
        unit == Unit.REQUESTS ? amount : requests,
        unit == Unit.IN_FLIGHT_REQUESTS ? amount : inFlight,
        unit == Unit.COST ? amount : nanos);
  }

  public Amounts plus(Amounts other) {
    return new Amounts(
        Math.addExact(tokens, other.tokens),
        Math.addExact(inputTokens, other.inputTokens),
        Math.addExact(outputTokens, other.outputTokens),
        Math.addExact(requests, other.requests),
        Math.addExact(inFlight, other.inFlight),
        Math.addExact(nanos, other.nanos));
  }

  public Amounts minus(Amounts other) {
    return new Amounts(
        Math.subtractExact(tokens, other.tokens),
        Math.subtractExact(inputTokens, other.inputTokens),
        Math.subtractExact(outputTokens, other.outputTokens),
        Math.subtractExact(requests, other.requests),
        Math.subtractExact(inFlight, other.inFlight),
        Math.subtractExact(nanos, other.nanos));
  }

  /** Whether there is at least as much of every unit. */
  public boolean covers(Amounts other) {
    return tokens >= other.tokens
        && inputTokens >= other.inputTokens
        && outputTokens >= other.outputTokens
        && requests >= other.requests
        && inFlight >= other.inFlight
        && nanos >= other.nanos;
  }

  /** The larger of each unit. */
  public Amounts max(Amounts other) {
    return new Amounts(
        Math.max(tokens, other.tokens),
        Math.max(inputTokens, other.inputTokens),
        Math.max(outputTokens, other.outputTokens),
        Math.max(requests, other.requests),
        Math.max(inFlight, other.inFlight),
        Math.max(nanos, other.nanos));
  }

  /** The smaller of each unit. */
  public Amounts min(Amounts other) {
    return new Amounts(
        Math.min(tokens, other.tokens),
        Math.min(inputTokens, other.inputTokens),
        Math.min(outputTokens, other.outputTokens),
        Math.min(requests, other.requests),
        Math.min(inFlight, other.inFlight),
        Math.min(nanos, other.nanos));
  }

  public Amounts dividedBy(long divisor) {
    return new Amounts(
        tokens / divisor,
        inputTokens / divisor,
        outputTokens / divisor,
        requests / divisor,
        inFlight / divisor,
        nanos / divisor);
  }

  /** As much as that comes to in a while if this is what it comes to in a second; at most {@link #MOST}. */
  Amounts perSecondOver(long millis) {
    return new Amounts(
        over(tokens, millis),
        over(inputTokens, millis),
        over(outputTokens, millis),
        over(requests, millis),
        over(inFlight, millis),
        over(nanos, millis));
  }

  private static long over(long perSecond, long millis) {
    return perSecond > MOST / millis ? MOST : perSecond * millis / 1000;
  }

  @JsonIgnore
  public boolean isNone() {
    return (tokens | inputTokens | outputTokens | requests | inFlight | nanos) == 0;
  }
}
