package dev.sluice.model;

import dev.sluice.ingress.ModelPrice;
import dev.sluice.model.chat.TokenUsage;
import dev.sluice.quota.Amounts;
import org.jspecify.annotations.Nullable;

/**
 * What one attempt has used.
 *
 * @param source how the figures were come by
 * @param nanos cost in nano-dollars; 0 where no price is known
 */
record CallUse(TokenUsage usage, ModelLog.Source source, long nanos) {
  static final CallUse NOTHING = new CallUse(TokenUsage.NONE, ModelLog.Source.PROVIDER, 0);

  /** As the provider reported it. */
  static CallUse reported(TokenUsage usage, @Nullable ModelPrice price) {
    return of(usage, ModelLog.Source.PROVIDER, price);
  }

  /** As we have counted it. */
  static CallUse estimated(TokenUsage usage, @Nullable ModelPrice price) {
    return of(usage, ModelLog.Source.ESTIMATED, price);
  }

  private static CallUse of(TokenUsage usage, ModelLog.Source source, @Nullable ModelPrice price) {
    long nanos = price == null
        ? 0
        : price.nanos(usage.freshInput(), usage.cacheRead(), usage.cacheWrite(), usage.output());
    return new CallUse(usage, source, nanos);
  }

  /** Nobody reported it: never less than was used. */
  static CallUse held(CallBounds bounds) {
    return new CallUse(
        TokenUsage.of(bounds.input(), bounds.output()), ModelLog.Source.HELD, bounds.nanos());
  }

  boolean isNothing() {
    return usage.total() == 0 && nanos == 0;
  }

  /** Of a request that was answered. */
  Amounts settled() {
    return Amounts.ofRequest(usage.input(), usage.output(), nanos);
  }

  /** Of an attempt that came to nothing: none at all if it has used nothing. */
  Amounts amounts() {
    return isNothing() ? Amounts.NONE : settled();
  }
}
