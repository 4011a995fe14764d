package dev.sluice.chaos.history;

/**
 * What a provider has done for one request, and would bill.
 *
 * @param input tokens
 * @param output tokens that it made, whether or not anybody read them
 * @param whole whether the answer came to its end for all that the provider knows; what was not whole may be charged as held
 */
public record Served(Held held, long input, long output, boolean whole) {}
