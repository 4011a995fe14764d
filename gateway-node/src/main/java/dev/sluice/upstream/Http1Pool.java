package dev.sluice.upstream;

import dev.sluice.upstream.UpstreamFailure.Kind;
import dev.sluice.wire.Addresses;
import dev.sluice.wire.Deadlines;
import dev.sluice.wire.Dialer;
import dev.sluice.wire.FastCgiLink;
import dev.sluice.wire.HeadWriter;
import dev.sluice.wire.Link;
import dev.sluice.wire.TlsLink;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;

/** The HTTP/1.1 connections of one worker to one origin. The one used last is used next, so that the others can end. */
final class Http1Pool implements Pool, Dialer.Dialed {
  private final Origin origin;
  private final UpstreamSettings settings;
  private final Dialer dialer;
  private final Deadlines deadlines;
  private final HeadWriter heads;
  private final Function<Origin, SSLEngine> engines;
  private final Runnable whenUnused;
  private final InetSocketAddress address;
  private final Deque<Http1Connection> idle = new ArrayDeque<>();
  private final WaitingCalls waiting;
  private Duration connectTimeout = Duration.ofSeconds(5);
  private int open;
  private int dialling;

  Http1Pool(
      Origin origin,
      UpstreamSettings settings,
      Dialer dialer,
      Deadlines deadlines,
      HeadWriter heads,
      Function<Origin, SSLEngine> engines,
      Runnable whenUnused) {
    this.origin = origin;
    this.settings = settings;
    this.dialer = dialer;
    this.deadlines = deadlines;
    this.heads = heads;
    this.engines = engines;
    this.whenUnused = whenUnused;
    this.waiting = new WaitingCalls(origin, deadlines, settings.waitingTimeout());
    this.address = Addresses.of(origin.host(), origin.port());
  }

  @Override
  public void call(Duration connectTimeout, UpstreamEvents call) {
    Http1Connection free = idle.pollFirst();
    if (free != null) {
      free.begin(call);
      return;
    }
    if (waiting.size() - dialling >= settings.waiting()
        && open + dialling >= settings.connections()) {
      call.failed(new UpstreamFailure(
          Kind.OVERLOADED,
          "all " + settings.connections() + " connections to " + origin + " are busy"));
      return;
    }
    waiting.add(call, connectTimeout);
    this.connectTimeout = connectTimeout;
    dialForWaiting();
  }

  @Override
  public void cancel(UpstreamEvents call) {
    waiting.remove(call);
  }

  void release(Http1Connection connection) {
    UpstreamEvents next = waiting.next();
    if (next != null) {
      connection.begin(next);
    } else {
      idle.addFirst(connection);
      connection.idle();
    }
  }

  void closed(Http1Connection connection) {
    open--;
    idle.remove(connection);
    dialForWaiting();
    noteUnused();
  }

  private void dialForWaiting() {
    while (dialling < waiting.size() && open + dialling < settings.connections()) {
      dialling++;
      dialer.dial(address, connectTimeout, this);
    }
  }

  @Override
  public Link.Events connected(Link link) {
    dialling--;
    open++;
    if (origin.fastCgi()) {
      FastCgiLink cgi = new FastCgiLink(link, Link.NO_EVENTS, settings.headBytes());
      Http1Connection connection = new Http1Connection(this, cgi, heads, settings, deadlines);
      cgi.events(connection);
      release(connection);
      return cgi;
    }
    if (origin.tlsName() == null) {
      Http1Connection connection = new Http1Connection(this, link, heads, settings, deadlines);
      release(connection);
      return connection;
    }
    TlsLink tls = new TlsLink(link, engines.apply(origin), Link.NO_EVENTS);
    Http1Connection connection = new Http1Connection(this, tls, heads, settings, deadlines);
    tls.events(connection);
    release(connection);
    tls.start();
    return tls;
  }

  @Override
  public void failed(boolean timedOut, String why) {
    dialling--;
    UpstreamEvents first = waiting.next();
    if (first != null) {
      first.failed(new UpstreamFailure(
          timedOut ? Kind.CONNECT_TIMEOUT : Kind.UNREACHABLE, origin + ": " + why));
    }
    dialForWaiting();
    noteUnused();
  }

  private void noteUnused() {
    if (open == 0 && dialling == 0 && waiting.size() == 0) {
      whenUnused.run();
    }
  }
}
