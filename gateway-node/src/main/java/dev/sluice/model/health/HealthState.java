package dev.sluice.model.health;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The health of one target or key, as one judge has it. Pure: times are told, in nanoseconds of a monotonic clock.
 *
 * @param failures in a row
 * @param level how often it has cooled down without an answer since; 0 if it is well
 * @param untilNanos end of its cool-down; only ever moves to a later moment, until it is well again
 * @param why it cools down, or did last
 */
public record HealthState(int failures, int level, long untilNanos, Sign why) {
  private static final int MOST_DOUBLINGS = 30;

  /** Nothing bad is known. */
  public static final HealthState WELL = new HealthState(0, 0, 0, Sign.GOOD);

  public boolean isWell() {
    return level == 0;
  }

  /** Whether nobody may ask it. Afterwards it is on trial: one may, until it is well. */
  public boolean cools(long nowNanos) {
    return level > 0 && untilNanos - nowNanos > 0;
  }

  /** @param retryAfter as it asks for; null if it does not */
  public HealthState after(
      Sign sign, @Nullable Duration retryAfter, long nowNanos, HealthSettings settings) {
    return switch (sign) {
      // An answer to what was sent before a cool-down does not end it.
      case GOOD -> cools(nowNanos) ? this : WELL;
      case LIMITED, FAILED ->
        retryAfter == null
            ? failed(sign, nowNanos, settings)
            : cooling(sign, least(retryAfter, settings.longestRetryAfter()), level, nowNanos);
      case REJECTED ->
        cools(nowNanos) && why == Sign.REJECTED
            ? this
            : cooling(
                sign,
                grown(settings.rejectedCoolDown(), settings.longestRejectedCoolDown()),
                level + 1,
                nowNanos);
    };
  }

  /** Cools down at least as long as others say. */
  public HealthState atLeast(int otherLevel, Sign reason, long otherUntilNanos) {
    boolean later = level == 0 || otherUntilNanos - untilNanos > 0;
    return new HealthState(
        failures,
        Math.max(level, otherLevel),
        later ? otherUntilNanos : untilNanos,
        later ? reason : why);
  }

  private HealthState failed(Sign sign, long nowNanos, HealthSettings settings) {
    if (cools(nowNanos)) {
      return this;
    }
    int more = failures + 1;
    return level == 0 && more < settings.failures()
        ? new HealthState(more, 0, untilNanos, why)
        : new HealthState(more, level, untilNanos, why)
            .cooling(
                sign, grown(settings.coolDown(), settings.longestCoolDown()), level + 1, nowNanos);
  }

  private HealthState cooling(Sign sign, Duration time, int newLevel, long nowNanos) {
    return new HealthState(failures, level, untilNanos, why)
        .atLeast(Math.max(1, newLevel), sign, nowNanos + time.toNanos());
  }

  /** Twice as long each time. */
  private Duration grown(Duration first, Duration longest) {
    return least(first.multipliedBy(1L << Math.min(level, MOST_DOUBLINGS)), longest);
  }

  private static Duration least(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
