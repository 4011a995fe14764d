package dev.sluice.model.gate;

/**
 * A call that wants to go in.
 *
 * @param number of its node
 * @param tokens that it may come to at most
 * @param waitMillis for how much longer it waits
 * @param patient whether it waits at all, rather than to be told at once that it would have to
 */
record Wish(long number, String tenant, long tokens, long waitMillis, boolean patient) {}
