package dev.sluice.edge;

import akka.actor.ActorContext;
import akka.actor.ActorRef;
import akka.io.Inet;
import akka.io.Udp;
import akka.io.UdpMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ports of UDP services that one worker listens on, and who has sent to them of late. The kernel gives all datagrams of
 * a client to the same worker.
 */
final class Datagrams {
  private static final Logger LOG = LoggerFactory.getLogger(Datagrams.class);

  private record From(int port, InetSocketAddress client) {}

  private final ActorContext context;
  private final Service service;
  private final Supplier<EdgeSettings> settings;
  private final AskedPorts asked = new AskedPorts();
  private final Map<Integer, ActorRef> open = new HashMap<>();
  private final Map<ActorRef, InetSocketAddress> addresses = new HashMap<>();
  private final Map<From, ActorRef> sessions = new HashMap<>();

  Datagrams(ActorContext context, Service service, Supplier<EdgeSettings> settings) {
    this.context = context;
    this.service = service;
    this.settings = settings;
  }

  /** Opens what is wanted and not there, closes what is there and not wanted. */
  void follow(Set<Integer> wanted) {
    asked.follow(wanted, this::open, this::close);
  }

  private void open(int port) {
    EdgeSettings now = settings.get();
    List<Inet.SocketOption> options = now.workers() > 1 ? List.of(new ReusePort()) : List.of();
    Udp.get(context.system())
        .manager()
        .tell(
            UdpMessage.bind(context.self(), new InetSocketAddress(now.host(), port), options),
            context.self());
  }

  /** Whether the message was about datagrams. */
  boolean takes(Object message, ActorRef sender) {
    if (message instanceof Udp.Received received) {
      InetSocketAddress local = addresses.get(sender);
      if (local != null) {
        arrived(received, sender, local);
      }
    } else if (message instanceof Udp.Bound bound) {
      bound(bound.localAddress(), sender);
    } else if (message instanceof Udp.CommandFailed failed) {
      if (failed.cmd() instanceof Udp.Bind bind) {
        LOG.warn("can't listen on port {} of a UDP service", bind.localAddress().getPort());
      }
    } else {
      return message instanceof Udp.Event;
    }
    return true;
  }

  private void bound(InetSocketAddress local, ActorRef listener) {
    open.put(local.getPort(), listener);
    addresses.put(listener, local);
    if (!asked.contains(local.getPort())) {
      close(local.getPort());
    }
  }

  private void arrived(Udp.Received received, ActorRef listener, InetSocketAddress local) {
    From from = new From(local.getPort(), received.sender());
    ActorRef session = sessions.get(from);
    if (session == null) {
      session = begin(from, listener, local);
    }
    if (session != null) {
      session.tell(new DatagramSession.Datagram(received.data()), context.self());
    }
  }

  private @Nullable ActorRef begin(From from, ActorRef listener, InetSocketAddress local) {
    StreamSettings now = settings.get().stream();
    Onward to = service.datagrams(from.port());
    if (to == null || sessions.size() >= now.datagramSessions()) {
      return null;
    }
    ActorRef[] self = new ActorRef[1];
    ActorRef made =
        context.actorOf(DatagramSession.props(from.client(), local, listener, to, now, passed -> {
          sessions.remove(from, self[0]);
          service.passedOn(passed);
        }));
    self[0] = made;
    sessions.put(from, made);
    return made;
  }

  private void close(int port) {
    ActorRef listener = open.remove(port);
    if (listener != null) {
      addresses.remove(listener);
      listener.tell(UdpMessage.unbind(), context.self());
    }
  }

  /** Nothing is listened to any more, and nobody answered. */
  void closeAll() {
    asked.clear();
    new ArrayList<>(open.keySet()).forEach(this::close);
    new ArrayList<>(sessions.values()).forEach(context::stop);
  }

  private static final class ReusePort extends Inet.AbstractSocketOption {
    @Override
    public void beforeDatagramBind(DatagramSocket socket) {
      try {
        socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
