package dev.sluice.model.health;

/** Whether a target or key can be asked now. */
public sealed interface Standing {
  /** It can be. */
  record Open() implements Standing {}

  /**
   * It can't.
   *
   * @param nanos for how long at least
   * @param why it cools down
   */
  record Closed(long nanos, Sign why) implements Standing {}

  Standing OPEN = new Open();
}
