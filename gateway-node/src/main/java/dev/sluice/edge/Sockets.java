package dev.sluice.edge;

import dev.sluice.wire.Dialer;
import dev.sluice.wire.Link;
import java.net.InetSocketAddress;

/**
 * The sockets of one worker: listeners, and connections both ways. It is called on the worker, and calls back there.
 */
interface Sockets extends Dialer {
  /** What a worker hears of its sockets. */
  interface Events {
    /** The port is listened on. */
    void listening(int port);

    /** It can't be. */
    void notListening(InetSocketAddress address, String why);

    /** A client has connected. Says who hears of the link, or aborts it, before it returns. */
    void accepted(Link link, InetSocketAddress client, InetSocketAddress local);

    /** A link is gone for good, whoever ended it; told once of each. */
    void gone(Link link);
  }

  /** Asks for a port to be listened on. */
  void listen(int port);

  /** Listens on a port no longer. */
  void close(int port);

  /** Listens on nothing any more. Connections are let be. */
  void closeAll();
}
