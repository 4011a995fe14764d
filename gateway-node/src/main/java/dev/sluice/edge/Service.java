package dev.sluice.edge;

import dev.sluice.wire.Malformed;

/** What answers the requests of one worker. Called on that worker; never blocks. */
public interface Service {
  void arrived(Arrival arrival);

  /** Whether new connections begin with a header of the PROXY protocol. */
  default boolean proxied() {
    return false;
  }

  /** How many requests a client may send on one connection: the answer to the last one closes it. */
  default long requestsPerConnection() {
    return Long.MAX_VALUE;
  }

  /** Answers a request that could not be read; its connection closes behind the answer. */
  void malformed(Malformed malformed, Reply reply);
}
