package dev.sluice.quota;

import com.fasterxml.jackson.annotation.JsonIgnore;

/**
 * An amount of each unit. A shipped component keeps its meaning; a new unit is a new component.
 *
 * @param tokens of input and output together
 */
public record Amounts(long tokens) {
  public static final Amounts NONE = new Amounts(0);

  public static Amounts ofTokens(long tokens) {
    return new Amounts(tokens);
  }

  public long of(Unit unit) {
    return switch (unit) {
      case TOKENS -> tokens;
    };
  }

  public Amounts plus(Amounts other) {
    return new Amounts(Math.addExact(tokens, other.tokens));
  }

  public Amounts minus(Amounts other) {
    return new Amounts(Math.subtractExact(tokens, other.tokens));
  }

  /** Whether there is at least as much of every unit. */
  public boolean covers(Amounts other) {
    return tokens >= other.tokens;
  }

  /** The larger of each unit. */
  public Amounts max(Amounts other) {
    return new Amounts(Math.max(tokens, other.tokens));
  }

  /** The smaller of each unit. */
  public Amounts min(Amounts other) {
    return new Amounts(Math.min(tokens, other.tokens));
  }

  public Amounts dividedBy(long divisor) {
    return new Amounts(tokens / divisor);
  }

  @JsonIgnore
  public boolean isNone() {
    return tokens == 0;
  }
}
