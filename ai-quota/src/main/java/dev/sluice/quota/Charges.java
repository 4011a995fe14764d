package dev.sluice.quota;

/**
 * What a bucket is charged with, in parts.
 *
 * @param settled what requests that are over have used
 * @param held what running requests have put aside
 * @param leased what nodes have been granted and not yet reported on
 */
public record Charges(long settled, long held, long leased) {
  public long all() {
    return settled + held + leased;
  }
}
