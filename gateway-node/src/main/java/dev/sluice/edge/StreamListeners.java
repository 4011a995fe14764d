package dev.sluice.edge;

import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listeners of one worker for ports that come and go with what is declared. */
final class StreamListeners {
  private static final Logger LOG = LoggerFactory.getLogger(StreamListeners.class);

  private final Sockets sockets;
  private final AskedPorts asked = new AskedPorts();
  private final Set<Integer> failed = new HashSet<>();

  StreamListeners(Sockets sockets) {
    this.sockets = sockets;
  }

  /** Opens what is wanted and not there, closes what is there and not wanted. Connections are let be. */
  void follow(Set<Integer> wanted) {
    asked.follow(wanted, sockets::listen, this::close);
  }

  private void close(int port) {
    failed.remove(port);
    sockets.close(port);
  }

  /** A port is open; it is closed again if nobody wants it any more. */
  void bound(int port) {
    if (!asked.contains(port)) {
      sockets.close(port);
    }
  }

  /** Whether the port was asked for here. */
  boolean failed(int port, String why) {
    if (asked.contains(port) && failed.add(port)) {
      LOG.warn("can't listen on port {} of a TCP service: {}", port, why);
    }
    return asked.contains(port);
  }

  /** Wants nothing any more; the sockets are closed by whoever owns them all. */
  void closeAll() {
    asked.clear();
  }
}
