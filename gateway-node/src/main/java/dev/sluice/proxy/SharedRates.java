package dev.sluice.proxy;

import dev.sluice.ingress.Filter.Limits;
import java.util.function.Consumer;

/** Counts how fast clients ask on all nodes together. */
public interface SharedRates {
  /** What counting came to. */
  enum Outcome {
    PASSES,
    TOO_FAST,
    /** Nobody answered in time: who asks counts by himself. */
    UNKNOWN
  }

  /**
   * Counts one request.
   *
   * @param told once, on any thread
   */
  void count(Limits limits, String client, Consumer<Outcome> told);
}
