package dev.sluice.edge;

/** A connection that a client opened, whatever it speaks. */
interface Client {
  /** Takes no further request: closes now if none is under way, else behind the last answer. */
  void drain();

  /** Breaks off whatever is under way. */
  void abort();
}
