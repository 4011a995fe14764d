package dev.sluice.wire;

import java.net.InetSocketAddress;
import java.time.Duration;

/** Opens TCP connections from a worker. */
public interface Dialer {
  /** Told once whether a connection came about. */
  interface Dialed {
    /** Returns who is told of the link's events from its first byte on. */
    Link.Events connected(Link link);

    /** @param timedOut true if the peer did not answer in time, false if it refused or could not be reached */
    void failed(boolean timedOut, String why);
  }

  /** Connects; an unresolved address is looked up first. Never blocks. */
  void dial(InetSocketAddress address, Duration timeout, Dialed dialed);
}
