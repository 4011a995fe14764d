package dev.sluice.edge;

import akka.actor.ActorRef;
import akka.io.TcpMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listeners of one worker for ports that come and go with what is declared. */
final class StreamListeners {
  private static final Logger LOG = LoggerFactory.getLogger(StreamListeners.class);

  private final ActorRef worker;
  private final IntConsumer bind;
  private final Set<Integer> asked = new HashSet<>();
  private final Set<Integer> failed = new HashSet<>();
  private final Map<Integer, ActorRef> open = new HashMap<>();

  /** @param bind asks for a port to be listened on */
  StreamListeners(ActorRef worker, IntConsumer bind) {
    this.worker = worker;
    this.bind = bind;
  }

  /** Opens what is wanted and not there, closes what is there and not wanted. Connections are let be. */
  void follow(Set<Integer> wanted) {
    if (wanted.equals(asked)) {
      return;
    }
    for (Integer port : new ArrayList<>(asked)) {
      if (!wanted.contains(port)) {
        asked.remove(port);
        failed.remove(port);
        close(port);
      }
    }
    for (Integer port : wanted) {
      if (asked.add(port)) {
        bind.accept(port);
      }
    }
  }

  boolean owns(int port) {
    return open.containsKey(port);
  }

  /** A port is open; it is closed again if nobody wants it any more. */
  void bound(int port, ActorRef listener) {
    open.put(port, listener);
    if (!asked.contains(port)) {
      close(port);
    }
  }

  /** Whether the port was asked for here. */
  boolean failed(int port, String why) {
    if (asked.contains(port) && failed.add(port)) {
      LOG.warn("can't listen on port {} of a TCP service: {}", port, why);
    }
    return asked.contains(port);
  }

  private void close(Integer port) {
    ActorRef listener = open.remove(port);
    if (listener != null) {
      listener.tell(TcpMessage.unbind(), worker);
    }
  }

  void closeAll() {
    asked.clear();
    new ArrayList<>(open.keySet()).forEach(this::close);
  }
}
