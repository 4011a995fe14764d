package dev.sluice.model.route;

/** How busy targets are, as seen from this node. */
public interface Loads {
  /** Answers under way. */
  int inFlight(String id);

  /** How long its first token has taken of late, in nanoseconds; 0 if that is not known. */
  long firstTokenNanos(String id);
}
