package dev.sluice.quota;

/**
 * What was asked for of late: the larger of this second and the one before. A second that has begun counts for what it will
 * come to, once there was enough in it to tell: whoever begins at once needs a lease of the right size at once.
 */
final class Demand {
  private static final long SECOND = 1_000_000_000L;

  /** Fewer tell nothing of what follows. */
  private static final int ENOUGH = 4;

  /** The least that so many are taken to have needed: they may have come together. */
  private static final long LEAST_NANOS = SECOND / 10;

  private long startNanos;
  private Amounts current = Amounts.NONE;
  private Amounts before = Amounts.NONE;
  private int count;
  private boolean any;

  void add(Amounts amount, long nowNanos) {
    turn(nowNanos);
    current = current.plus(amount).min(Amounts.ALL);
    count++;
  }

  /** As much as would be asked for in this many milliseconds. */
  Amounts over(long millis, long nowNanos) {
    turn(nowNanos);
    Amounts lately = current.max(before).perSecondOver(millis);
    long elapsed = Math.max(LEAST_NANOS, nowNanos - startNanos);
    return count < ENOUGH
        ? lately
        : lately.max(current.perSecondOver(millis * SECOND / elapsed).min(Amounts.ALL));
  }

  private void turn(long nowNanos) {
    if (!any) {
      any = true;
      startNanos = nowNanos;
    }
    long seconds = (nowNanos - startNanos) / SECOND;
    if (seconds > 0) {
      before = seconds == 1 ? current : Amounts.NONE;
      current = Amounts.NONE;
      count = 0;
      startNanos += seconds * SECOND;
    }
  }
}
