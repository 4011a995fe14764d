package dev.sluice.edge;

import akka.actor.ActorContext;
import akka.actor.ActorRef;
import akka.io.Inet;
import akka.io.Tcp;
import akka.io.TcpMessage;
import dev.sluice.wire.Deadlines;
import dev.sluice.wire.Link;
import dev.sluice.wire.TcpLink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/** Sockets of Akka IO, whose actors send their messages to the worker's: the plain fallback. */
final class AkkaSockets implements Sockets {
  private final ActorContext worker;
  private final EdgeSettings settings;
  private final Deadlines deadlines;
  private final Events events;
  private final Map<ActorRef, TcpLink> links = new HashMap<>();
  private final Map<Integer, ActorRef> listeners = new HashMap<>();
  private final Queue<TcpLink> unflushed = new ArrayDeque<>();

  /** @param worker whose actor hands each message to {@link #heard} */
  AkkaSockets(ActorContext worker, EdgeSettings settings, Deadlines deadlines, Events events) {
    this.worker = worker;
    this.settings = settings;
    this.deadlines = deadlines;
    this.events = events;
  }

  @Override
  public void listen(int port) {
    List<Inet.SocketOption> options = settings.workers() > 1 ? List.of(new ReusePort()) : List.of();
    var address = new InetSocketAddress(settings.host(), port);
    Tcp.get(worker.system())
        .manager()
        .tell(
            TcpMessage.bind(worker.self(), address, settings.backlog(), options, false),
            worker.self());
  }

  @Override
  public void close(int port) {
    ActorRef listener = listeners.remove(port);
    if (listener != null) {
      listener.tell(TcpMessage.unbind(), worker.self());
    }
  }

  @Override
  public void closeAll() {
    new ArrayList<>(listeners.keySet()).forEach(this::close);
  }

  @Override
  public void dial(InetSocketAddress address, Duration timeout, Dialed dialed) {
    worker.actorOf(Dialling.props(this, worker.self(), address, timeout, dialed));
  }

  /** Takes a message of Akka IO. */
  void heard(Object message, ActorRef sender) {
    if (message instanceof Tcp.Received received) {
      TcpLink link = links.get(sender);
      if (link != null) {
        link.onReceived(received.data());
      }
    } else if (message instanceof TcpLink.Written written) {
      written.link().onWritten();
    } else if (message instanceof Tcp.Connected connected) {
      TcpLink link = link(sender);
      events.accepted(link, connected.remoteAddress(), connected.localAddress());
      sender.tell(TcpMessage.register(worker.self(), true, false), worker.self());
    } else if (message instanceof Tcp.ConnectionClosed closed) {
      TcpLink link = links.get(sender);
      if (link != null && link.onClosed(closed)) {
        links.remove(sender);
        events.gone(link);
      }
    } else if (message instanceof Tcp.Bound bound) {
      listeners.put(bound.localAddress().getPort(), sender);
      events.listening(bound.localAddress().getPort());
    } else if (message instanceof Tcp.CommandFailed failed
        && failed.cmd() instanceof Tcp.Bind bind) {
      events.notListening(
          bind.localAddress(),
          failed.cause().isDefined()
              ? String.valueOf(failed.cause().get().getMessage())
              : "unknown");
    }
  }

  /** Sends what links have to send. Called when the worker is done with a message. */
  void flush() {
    for (TcpLink link = unflushed.poll(); link != null; link = unflushed.poll()) {
      link.flush();
    }
  }

  private TcpLink link(ActorRef connection) {
    TcpLink link =
        new TcpLink(connection, worker.self(), deadlines, unflushed::add, Link.NO_EVENTS);
    links.put(connection, link);
    return link;
  }

  /** A connection of our own came about; called by {@link Dialling} on this worker. */
  void opened(ActorRef connection, Dialed dialed) {
    TcpLink link = link(connection);
    // Before anything is written: a write that overtakes this is lost.
    connection.tell(TcpMessage.register(worker.self(), true, false), worker.self());
    link.events(dialed.connected(link));
  }

  private static final class ReusePort extends Inet.AbstractSocketOption {
    @Override
    public void beforeServerSocketBind(ServerSocket socket) {
      try {
        socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
