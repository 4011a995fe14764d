package dev.sluice.edge;

import akka.actor.ActorRef;
import akka.actor.Props;
import akka.actor.UntypedAbstractActor;
import akka.io.Inet;
import akka.io.Tcp;
import akka.io.TcpMessage;
import dev.sluice.wire.Deadlines;
import dev.sluice.wire.HeadWriter;
import dev.sluice.wire.Link;
import dev.sluice.wire.TcpLink;
import dev.sluice.wire.TlsLink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * Owns every connection of one core: those that clients opened and those that it opened to upstreams. They are plain
 * objects that call one another; this actor is the handler of all their TCP actors, and the only thread they know.
 */
final class Worker extends UntypedAbstractActor implements WorkerScope {
  /** Stops listening, lets running requests end, and answers when the last connection is gone. */
  record Drain(CompletableFuture<Void> drained) {}

  /** Breaks all connections off. */
  record Abort() {}

  private record Tick() {}

  private static final Tick TICK = new Tick();
  private static final String HTTP_1 = "http/1.1";

  private final EdgeSettings settings;
  private final TlsEngines tls;
  private final ConnectionCounts counts;
  private final CompletableFuture<Void> bound;
  private final Deadlines deadlines;
  private final HeadWriter heads = new HeadWriter();
  private final Map<ActorRef, TcpLink> links = new HashMap<>();
  private final List<ActorRef> listeners = new ArrayList<>();
  private final Queue<TcpLink> unflushed = new ArrayDeque<>();
  private final Set<Client> clients = new HashSet<>();
  private final Set<TcpLink> clientLinks = new HashSet<>();
  private final Service service;
  private final Datagrams datagrams;
  private final StreamListeners streams = new StreamListeners(getSelf(), this::bind);
  private int toBind = 2;
  private @Nullable CompletableFuture<Void> drained;

  Worker(
      EdgeSettings settings,
      TlsEngines tls,
      ServiceFactory services,
      ConnectionCounts counts,
      CompletableFuture<Void> bound) {
    this.settings = settings;
    this.tls = tls;
    this.counts = counts;
    this.bound = bound;
    this.deadlines = new Deadlines(settings.timerTick().toNanos(), System.nanoTime());
    this.service = services.create(this);
    this.datagrams = new Datagrams(getContext(), service, this::current);
  }

  static Props props(
      EdgeSettings settings,
      TlsEngines tls,
      ServiceFactory services,
      ConnectionCounts counts,
      CompletableFuture<Void> bound) {
    return Props.create(Worker.class, () -> new Worker(settings, tls, services, counts, bound));
  }

  @Override
  public void preStart() {
    bind(settings.port());
    bind(settings.tlsPort());
    getContext()
        .getSystem()
        .scheduler()
        .scheduleWithFixedDelay(
            settings.timerTick(),
            settings.timerTick(),
            getSelf(),
            TICK,
            getContext().getDispatcher(),
            getSelf());
  }

  private void bind(int port) {
    List<Inet.SocketOption> options = settings.workers() > 1 ? List.of(new ReusePort()) : List.of();
    var address = new InetSocketAddress(settings.host(), port);
    Tcp.get(getContext().getSystem())
        .manager()
        .tell(TcpMessage.bind(getSelf(), address, settings.backlog(), options, false), getSelf());
  }

  private boolean isMain(int port) {
    return port == settings.port() || port == settings.tlsPort();
  }

  @Override
  public void onReceive(Object message) {
    handle(message);
    for (TcpLink link = unflushed.poll(); link != null; link = unflushed.poll()) {
      link.flush();
    }
  }

  private void handle(Object message) {
    if (message instanceof Tcp.Received received) {
      TcpLink link = links.get(getSender());
      if (link != null) {
        link.onReceived(received.data());
      }
    } else if (message instanceof TcpLink.Written written) {
      written.link().onWritten();
    } else if (message instanceof Tcp.Connected connected) {
      accepted(connected);
    } else if (message instanceof Tcp.ConnectionClosed closed) {
      TcpLink link = links.get(getSender());
      if (link != null && link.onClosed(closed)) {
        links.remove(getSender());
        if (clientLinks.remove(link)) {
          counts.closed();
        }
        whenClientsGone();
      }
    } else if (message instanceof Runnable task) {
      task.run();
    } else if (message instanceof Tick) {
      deadlines.advance(System.nanoTime());
      if (drained == null) {
        streams.follow(service.streamPorts());
        datagrams.follow(service.datagramPorts());
      }
    } else {
      onRare(message);
    }
  }

  private void onRare(Object message) {
    if (message instanceof Tcp.Bound stream && !isMain(stream.localAddress().getPort())) {
      streams.bound(stream.localAddress().getPort(), getSender());
    } else if (message instanceof Tcp.Bound) {
      listeners.add(getSender());
      if (--toBind == 0) {
        bound.complete(null);
      }
    } else if (message instanceof Tcp.CommandFailed failed
        && failed.cmd() instanceof Tcp.Bind bind) {
      String why = failed.cause().isDefined()
          ? String.valueOf(failed.cause().get().getMessage())
          : "unknown";
      if (streams.failed(bind.localAddress().getPort(), why)) {
        return;
      }
      bound.completeExceptionally(
          new IOException("can't listen on " + bind.localAddress() + ": " + why));
    } else if (message instanceof Drain drain) {
      drained = drain.drained();
      listeners.forEach(listener -> listener.tell(TcpMessage.unbind(), getSelf()));
      streams.closeAll();
      datagrams.closeAll();
      new ArrayList<>(clients).forEach(Client::drain);
      whenClientsGone();
    } else if (message instanceof Abort) {
      new ArrayList<>(clients).forEach(Client::abort);
    } else {
      datagrams.takes(message, getSender());
    }
  }

  private void accepted(Tcp.Connected connected) {
    ActorRef connection = getSender();
    if (clientLinks.size() >= settings.connections() || drained != null) {
      connection.tell(TcpMessage.abort(), getSelf());
      return;
    }
    int port = connected.localAddress().getPort();
    boolean secure = port == settings.tlsPort();
    TcpLink tcp = new TcpLink(connection, getSelf(), deadlines, unflushed::add, Link.NO_EVENTS);
    links.put(connection, tcp);
    clientLinks.add(tcp);
    counts.accepted();
    Peer peer = new Peer(connected.remoteAddress(), connected.localAddress(), secure);
    if (secure || port == settings.port()) {
      Link.Events reader = reader(tcp, peer);
      tcp.events(service.proxied() ? new ProxyHeader(tcp, reader, peer::behind) : reader);
    } else {
      streamed(tcp, peer, service.stream(port));
    }
    connection.tell(TcpMessage.register(getSelf(), true, false), getSelf());
  }

  /** What holds for connections that begin now. */
  private EdgeSettings current() {
    return service.settings(settings);
  }

  private Link.Events reader(TcpLink tcp, Peer peer) {
    Front front = front(tcp, peer);
    if (!peer.secure()) {
      return front;
    }
    return tls.asksForHost() || service.passesTls()
        ? new ClientHello(front, host -> hostKnown(tcp, host, peer, front))
        : secured(tcp, "", peer, front);
  }

  private Link.Events hostKnown(TcpLink tcp, String host, Peer peer, Front front) {
    Onward to = service.passesTls(host);
    if (to == null) {
      return secured(tcp, host, peer, front);
    }
    front.leave();
    StreamRelay relay = relay(tcp, peer, to, host);
    relay.start();
    return relay;
  }

  /** @param to null if the port has just been withdrawn */
  private void streamed(TcpLink tcp, Peer peer, @Nullable Onward to) {
    if (to == null) {
      tcp.abort();
      return;
    }
    StreamRelay relay = relay(tcp, peer, to, "");
    if (to.readsProxy()) {
      relay.awaitHeader(current().headTimeout());
      tcp.events(new ProxyHeader(tcp, relay, peer::behind, relay::start));
    } else {
      relay.start();
    }
  }

  private StreamRelay relay(TcpLink tcp, Peer peer, Onward to, String host) {
    StreamRelay[] self = new StreamRelay[1];
    StreamRelay relay =
        new StreamRelay(tcp, peer, to, host, current().stream(), deadlines, this, passed -> {
          clients.remove(self[0]);
          service.passedOn(passed);
        });
    self[0] = relay;
    clients.add(relay);
    return relay;
  }

  private TlsLink secured(TcpLink tcp, String host, Peer peer, Front front) {
    SSLEngine engine = tls.serverEngine(host, current().http2().on());
    peer.over(engine);
    TlsLink link = new TlsLink(tcp, engine, front);
    front.over(link);
    return link;
  }

  private Front front(Link link, Peer peer) {
    EdgeSettings now = current();
    Front[] self = new Front[1];
    Front front = new Front(
        link,
        deadlines,
        now.headTimeout().toNanos(),
        now.http2().on() ? peer::agreed : () -> HTTP_1,
        beneath -> http1(beneath, peer),
        beneath -> http2(beneath, peer),
        () -> clients.remove(self[0]));
    self[0] = front;
    clients.add(front);
    return front;
  }

  private ClientConnection http1(Link link, Peer peer) {
    ClientConnection[] self = new ClientConnection[1];
    ClientConnection client = new ClientConnection(
        current(), deadlines, service, heads, peer, link, () -> clients.remove(self[0]));
    self[0] = client;
    clients.add(client);
    return client;
  }

  private Http2Connection http2(Link link, Peer peer) {
    Http2Connection[] self = new Http2Connection[1];
    Http2Connection client = new Http2Connection(
        current(), deadlines, service, peer, link, () -> clients.remove(self[0]));
    self[0] = client;
    clients.add(client);
    return client;
  }

  /** A client is gone when its link is: until then the last bytes of an answer may be on their way. */
  private void whenClientsGone() {
    if (drained != null && clientLinks.isEmpty()) {
      drained.complete(null);
    }
  }

  @Override
  public Deadlines deadlines() {
    return deadlines;
  }

  @Override
  public void execute(Runnable task) {
    getSelf().tell(task, ActorRef.noSender());
  }

  @Override
  public void after(Duration delay, Runnable task) {
    getContext()
        .getSystem()
        .scheduler()
        .scheduleOnce(delay, getSelf(), task, getContext().getDispatcher(), getSelf());
  }

  @Override
  public void dial(InetSocketAddress address, Duration timeout, Dialed dialed) {
    getContext().actorOf(Dialling.props(this, getSelf(), address, timeout, dialed));
  }

  /** A connection of our own came about; called by {@link Dialling} on this worker. */
  void opened(ActorRef connection, Dialed dialed) {
    TcpLink link = new TcpLink(connection, getSelf(), deadlines, unflushed::add, Link.NO_EVENTS);
    links.put(connection, link);
    // Before anything is written: a write that overtakes this is lost.
    connection.tell(TcpMessage.register(getSelf(), true, false), getSelf());
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
