package dev.sluice.usage;

/** Sums of a line. Guarded by the tally that it is in. */
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

  void add(Spent spent) {
    sums = new Sums(
        sums.requests + 1,
        sums.input + spent.input(),
        sums.cacheRead + spent.cacheRead(),
        sums.cacheWrite + spent.cacheWrite(),
        sums.output + spent.output(),
        sums.reasoning + spent.reasoning(),
        sums.costNanos + spent.costNanos());
  }

  Sums sums() {
    return sums;
  }
}
