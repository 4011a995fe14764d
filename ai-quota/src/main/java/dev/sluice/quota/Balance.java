package dev.sluice.quota;

/**
 * How one bucket stands.
 *
 * @param settled what requests that are over have used
 * @param held what running requests have put aside
 * @param leased what nodes have in advance and have not reported on
 * @param unaccounted part of {@code leased} whose node has missed its time to report
 * @param free limit less all of these; below 0 if a limit was lowered
 * @param resetsInMillis until all is free if nothing more is used; -1 for a balance
 * @param observed it refuses nothing
 */
public record Balance(
    String name,
    Unit unit,
    Window window,
    long limit,
    long settled,
    long held,
    long leased,
    long unaccounted,
    long free,
    long resetsInMillis,
    boolean observed) {}
