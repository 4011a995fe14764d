package dev.sluice.ingress;

/** How one target of a group is chosen, among those that can be asked. */
public enum ModelBalance {
  /** At random, by weight. */
  WEIGHTED,
  /** The one that answers fewest requests of this node now, for its weight. */
  LEAST_IN_FLIGHT,
  /** Of two taken by weight, the one whose first token has come soonest of late. */
  LOWEST_LATENCY,
  /** The one, and by the key, whose provider's own limits leave most. */
  HEADROOM,
  /** The one that a prompt's beginning belongs to, unless it is too busy: where it was cached before. */
  PREFIX_HASH,
  /** The one where least waits, by the server's own metrics. */
  QUEUE
}
