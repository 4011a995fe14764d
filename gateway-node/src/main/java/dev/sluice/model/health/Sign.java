package dev.sluice.model.health;

/** What an attempt tells of the health of whom it asked. What callers do wrong tells nothing. */
public enum Sign {
  /** It answered. */
  GOOD,
  /** It can't be reached, answered 5xx, was too slow, or broke off: such a number in a row is too much. */
  FAILED,
  /** It wants to be left alone for a while. */
  LIMITED,
  /** It does not accept the key. */
  REJECTED
}
