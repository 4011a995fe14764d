package dev.sluice.quota;

/**
 * What a bucket is charged with, in parts.
 *
 * @param settled what requests that are over have used
 * @param held what running requests have put aside
 * @param leased what nodes have been granted and not yet reported on
 * @param unaccounted part of {@code leased} whose node has missed its time to report
 */
public record Charges(long settled, long held, long leased, long unaccounted) {
  public long all() {
    return settled + held + leased;
  }
}
