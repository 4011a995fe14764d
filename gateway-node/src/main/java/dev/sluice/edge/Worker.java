package dev.sluice.edge;

import akka.actor.ActorRef;
import akka.actor.ActorSystem;
import akka.actor.Props;
import akka.actor.UntypedAbstractActor;
import dev.sluice.wire.Deadlines;
import dev.sluice.wire.HeadWriter;
import dev.sluice.wire.Link;
import dev.sluice.wire.TlsLink;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * Owns every connection of one core: those that clients opened and those that it opened to upstreams. They are plain
 * objects that call one another, on the one thread that this actor and their sockets share.
 */
final class Worker extends UntypedAbstractActor implements WorkerScope, Sockets.Events {
  /** Stops listening, lets running requests end, and answers when the last connection is gone. */
  record Drain(CompletableFuture<Void> drained) {}

  /** Breaks all connections off. */
  record Abort() {}

  private record Tick() {}

  private static final Tick TICK = new Tick();
  private static final String HTTP_1 = "http/1.1";
  private static final String LOOKUPS = "akka.actor.default-blocking-io-dispatcher";

  private final EdgeSettings settings;
  private final TlsEngines tls;
  private final ConnectionCounts counts;
  private final CompletableFuture<Void> bound;
  private final Deadlines deadlines;
  private final HeadWriter heads = new HeadWriter();
  private final ActorSystem system = getContext().getSystem();
  private final @Nullable EventLoop loop;
  private final @Nullable AkkaSockets akka;
  private final Sockets sockets;
  private final Set<Client> clients = new HashSet<>();
  private final Set<Link> clientLinks = new HashSet<>();
  private final Service service;
  private final Datagrams datagrams;
  private final StreamListeners streams;
  private int toBind = 2;
  private @Nullable CompletableFuture<Void> drained;

  /** @param loop that the worker's actor system runs on, and its sockets; null for those of Akka IO */
  Worker(
      EdgeSettings settings,
      @Nullable EventLoop loop,
      TlsEngines tls,
      ServiceFactory services,
      ConnectionCounts counts,
      CompletableFuture<Void> bound) {
    this.settings = settings;
    this.tls = tls;
    this.counts = counts;
    this.bound = bound;
    this.deadlines = new Deadlines(settings.timerTick().toNanos(), System.nanoTime());
    this.loop = loop;
    if (loop == null) {
      akka = new AkkaSockets(getContext(), settings, deadlines, this);
      sockets = akka;
    } else {
      akka = null;
      sockets =
          new ChannelSockets(loop, settings, deadlines, system.dispatchers().lookup(LOOKUPS), this);
    }
    this.streams = new StreamListeners(sockets);
    this.service = services.create(this);
    this.datagrams = new Datagrams(getContext(), service, this::current);
  }

  static Props props(
      EdgeSettings settings,
      @Nullable EventLoop loop,
      TlsEngines tls,
      ServiceFactory services,
      ConnectionCounts counts,
      CompletableFuture<Void> bound) {
    return Props.create(
        Worker.class, () -> new Worker(settings, loop, tls, services, counts, bound));
  }

  @Override
  public void preStart() {
    sockets.listen(settings.port());
    sockets.listen(settings.tlsPort());
    system
        .scheduler()
        .scheduleWithFixedDelay(
            settings.timerTick(),
            settings.timerTick(),
            getSelf(),
            TICK,
            getContext().getDispatcher(),
            getSelf());
  }

  private boolean isMain(int port) {
    return port == settings.port() || port == settings.tlsPort();
  }

  @Override
  public void onReceive(Object message) {
    if (message instanceof Runnable task) {
      task.run();
    } else if (message instanceof Tick) {
      deadlines.advance(System.nanoTime());
      if (drained == null) {
        streams.follow(service.streamPorts());
        datagrams.follow(service.datagramPorts());
      }
    } else if (message instanceof Drain drain) {
      drained = drain.drained();
      sockets.closeAll();
      streams.closeAll();
      datagrams.closeAll();
      new ArrayList<>(clients).forEach(Client::drain);
      whenClientsGone();
    } else if (message instanceof Abort) {
      new ArrayList<>(clients).forEach(Client::abort);
    } else if (!datagrams.takes(message, getSender()) && akka != null) {
      akka.heard(message, getSender());
    }
    if (akka != null) {
      akka.flush();
    }
  }

  @Override
  public void listening(int port) {
    if (!isMain(port)) {
      streams.bound(port);
    } else if (--toBind == 0) {
      bound.complete(null);
    }
  }

  @Override
  public void notListening(InetSocketAddress address, String why) {
    if (!streams.failed(address.getPort(), why)) {
      bound.completeExceptionally(new IOException("can't listen on " + address + ": " + why));
    }
  }

  @Override
  public void accepted(Link link, InetSocketAddress from, InetSocketAddress local) {
    if (clientLinks.size() >= settings.connections() || drained != null) {
      link.abort();
      return;
    }
    int port = local.getPort();
    boolean secure = port == settings.tlsPort();
    clientLinks.add(link);
    counts.accepted();
    Peer peer = new Peer(from, local, secure);
    if (secure || port == settings.port()) {
      Link.Events reader = reader(link, peer);
      link.events(service.proxied() ? new ProxyHeader(link, reader, peer::behind) : reader);
    } else {
      streamed(link, peer, service.stream(port));
    }
  }

  @Override
  public void gone(Link link) {
    if (clientLinks.remove(link)) {
      counts.closed();
      whenClientsGone();
    }
  }

  /** What holds for connections that begin now. */
  private EdgeSettings current() {
    return service.settings(settings);
  }

  private Link.Events reader(Link tcp, Peer peer) {
    Front front = front(tcp, peer);
    if (!peer.secure()) {
      return front;
    }
    return tls.asksForHost() || service.passesTls()
        ? new ClientHello(front, host -> hostKnown(tcp, host, peer, front))
        : secured(tcp, "", peer, front);
  }

  private Link.Events hostKnown(Link tcp, String host, Peer peer, Front front) {
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
  private void streamed(Link tcp, Peer peer, @Nullable Onward to) {
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

  private StreamRelay relay(Link tcp, Peer peer, Onward to, String host) {
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

  private TlsLink secured(Link tcp, String host, Peer peer, Front front) {
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
    if (loop != null) {
      loop.execute(task);
    } else {
      getSelf().tell(task, ActorRef.noSender());
    }
  }

  @Override
  public void after(Duration delay, Runnable task) {
    system
        .scheduler()
        .scheduleOnce(delay, getSelf(), task, system.dispatcher(), ActorRef.noSender());
  }

  @Override
  public void dial(InetSocketAddress address, Duration timeout, Dialed dialed) {
    sockets.dial(address, timeout, dialed);
  }
}
