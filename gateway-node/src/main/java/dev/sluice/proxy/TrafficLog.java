package dev.sluice.proxy;

import dev.sluice.edge.PassedOn;
import dev.sluice.wire.Malformed;

/** Counts and writes down what became of requests. Called on the worker; never blocks. */
public interface TrafficLog {
  /** A request was answered, broken off, or given up by its client. */
  void over(Inbound request);

  /** Something arrived that was no request. */
  void malformed(Malformed malformed);

  /**
   * A connection that was passed on as it is is over.
   *
   * @param written whether it shall stand in the access log
   */
  void passedOn(PassedOn passed, boolean written);
}
