package dev.sluice.quota;

/**
 * What a lease has come to in one slot of time: absolute figures, so that a repeated or reordered report changes nothing.
 *
 * @param slot instant of entity time, rounded up; 0 on paths without a sliding window
 * @param used what settled holds have really used
 * @param open what running holds have put aside
 */
public record Line(long slot, Amounts used, Amounts open) {
  public Amounts committed() {
    return used.plus(open);
  }
}
