package dev.sluice.model.route;

import org.jspecify.annotations.Nullable;

/** How busy targets are, as seen from this node. */
public interface Loads {
  /** Answers under way. */
  int inFlight(String id);

  /** How long its first token has taken of late, in nanoseconds; 0 if that is not known. */
  long firstTokenNanos(String id);

  /**
   * The share that the provider's own limits leave to a key with this model, from 0 to 1; 1 if that is not known.
   *
   * @param id of the target
   * @param pairId of the key with the model
   */
  double room(String id, String pairId);

  /** What the target's server has to do, with what this node has given it since it said so; null if that is not known. */
  @Nullable
  Backlog backlog(String id);
}
