package dev.sluice.model.gate;

/**
 * One call at a gate.
 *
 * @param node uid of the node that it came to
 * @param number that this node gave it, in its life
 */
record CallId(String node, long number) {}
