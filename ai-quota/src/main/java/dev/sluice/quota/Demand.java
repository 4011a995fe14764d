package dev.sluice.quota;

/** What was asked for of late: the larger of this second and the one before. */
final class Demand {
  private static final long SECOND = 1_000_000_000L;

  private long startNanos;
  private Amounts current = Amounts.NONE;
  private Amounts before = Amounts.NONE;
  private boolean any;

  void add(Amounts amount, long nowNanos) {
    turn(nowNanos);
    current = current.plus(amount).min(Amounts.ALL);
  }

  /** As much as would be asked for in this many milliseconds. */
  Amounts over(long millis, long nowNanos) {
    turn(nowNanos);
    return current.max(before).perSecondOver(millis);
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
      startNanos += seconds * SECOND;
    }
  }
}
