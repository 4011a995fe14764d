package dev.sluice.quota;

/**
 * How an entity lends. Times in milliseconds.
 *
 * @param life longest life of a lease
 * @param patience how long an ask waits for recalled leases
 * @param recallAgain how long until a lease that outlived its end is recalled again
 * @param clockError largest error of a reading of the database's clock
 * @param longestHold the longest that a request may run
 */
public record DeskSettings(
    long life, long patience, long recallAgain, long clockError, long longestHold) {
  /** A lease ends this long before a calendar window at the latest; with less left, the next window is waited for. */
  static final long LEAST_LIFE = 50;

  /** Slots of the shortest sliding window of a path. */
  static final int SLOTS = 256;

  long margin() {
    return 2 * clockError;
  }
}
