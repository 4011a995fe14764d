package dev.sluice.edge;

import java.util.concurrent.atomic.LongAdder;

/** Connections of clients, of all workers together. */
public final class ConnectionCounts {
  private final LongAdder accepted = new LongAdder();
  private final LongAdder closed = new LongAdder();

  void accepted() {
    accepted.increment();
  }

  void closed() {
    closed.increment();
  }

  /** Since the start. */
  public long acceptedSoFar() {
    return accepted.sum();
  }

  /** Open now. */
  public long open() {
    return Math.max(0, accepted.sum() - closed.sum());
  }
}
