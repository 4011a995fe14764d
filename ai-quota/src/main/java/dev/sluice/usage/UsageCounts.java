package dev.sluice.usage;

/** Sums of a line. Guarded by its own lock. */
final class UsageCounts {
  /** As many as {@link Sums} has. */
  record Sums(
      long requests,
      long input,
      long cacheRead,
      long cacheWrite,
      long output,
      long reasoning,
      long costNanos) {}

  private Sums sums = new Sums(0, 0, 0, 0, 0, 0, 0);
  private boolean taken;

  /** @return false if it has been taken for a batch: then it must be counted elsewhere */
  synchronized boolean add(Spent spent) {
    if (taken) {
      return false;
    }
    sums = new Sums(
        sums.requests + 1,
        sums.input + spent.input(),
        sums.cacheRead + spent.cacheRead(),
        sums.cacheWrite + spent.cacheWrite(),
        sums.output + spent.output(),
        sums.reasoning + spent.reasoning(),
        sums.costNanos + spent.costNanos());
    return true;
  }

  /** The sums, to which nothing is added any more. */
  synchronized Sums take() {
    taken = true;
    return sums;
  }
}
