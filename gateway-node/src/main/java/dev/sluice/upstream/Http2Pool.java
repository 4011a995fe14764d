package dev.sluice.upstream;

import dev.sluice.upstream.UpstreamFailure.Kind;
import dev.sluice.wire.Addresses;
import dev.sluice.wire.Deadlines;
import dev.sluice.wire.Dialer;
import dev.sluice.wire.Link;
import dev.sluice.wire.TlsLink;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP/2 connections of one worker to one origin. A call becomes a stream of the first connection that has room, so that
 * the others can end; another is opened when none has.
 */
final class Http2Pool implements Pool, Dialer.Dialed {
  private final Origin origin;
  private final UpstreamSettings settings;
  private final Dialer dialer;
  private final Deadlines deadlines;
  private final Function<Origin, SSLEngine> engines;
  private final Runnable whenUnused;
  private final InetSocketAddress address;
  private final List<Http2Connection> connections = new ArrayList<>(1);
  private final WaitingCalls waiting;
  private Duration connectTimeout = Duration.ofSeconds(5);
  private boolean dialling;

  Http2Pool(
      Origin origin,
      UpstreamSettings settings,
      Dialer dialer,
      Deadlines deadlines,
      Function<Origin, SSLEngine> engines,
      Runnable whenUnused) {
    this.origin = origin;
    this.settings = settings;
    this.dialer = dialer;
    this.deadlines = deadlines;
    this.engines = engines;
    this.whenUnused = whenUnused;
    this.waiting = new WaitingCalls(origin, deadlines, settings.waitingTimeout());
    this.address = Addresses.of(origin.host(), origin.port());
  }

  @Override
  public void call(Duration timeout, UpstreamEvents call) {
    Http2Connection free = withRoom();
    if (free != null) {
      free.begin(call);
      return;
    }
    boolean grows = dialling || connections.size() < settings.http2().connections();
    int most = settings.waiting() + (grows ? settings.http2().streams() : 0);
    if (waiting.size() >= most) {
      call.failed(new UpstreamFailure(
          Kind.OVERLOADED,
          "all streams of " + connections.size() + " connections to " + origin + " are busy"));
      return;
    }
    waiting.add(call, timeout);
    connectTimeout = timeout;
    dialForWaiting();
  }

  @Override
  public void cancel(UpstreamEvents call) {
    waiting.remove(call);
  }

  private @Nullable Http2Connection withRoom() {
    for (Http2Connection one : connections) {
      if (one.hasRoom()) {
        return one;
      }
    }
    return null;
  }

  /** A connection may take calls again, or has ended. */
  void changed() {
    Http2Connection free = withRoom();
    UpstreamEvents next = free == null ? null : waiting.next();
    while (free != null && next != null) {
      free.begin(next);
      free = withRoom();
      next = free == null ? null : waiting.next();
    }
    dialForWaiting();
    noteUnused();
  }

  void closed(Http2Connection connection) {
    connections.remove(connection);
    changed();
  }

  private void dialForWaiting() {
    if (!dialling && waiting.size() > 0 && connections.size() < settings.http2().connections()) {
      dialling = true;
      dialer.dial(address, connectTimeout, this);
    }
  }

  @Override
  public Link.Events connected(Link link) {
    dialling = false;
    if (origin.tlsName() == null) {
      return begin(link);
    }
    TlsLink tls = new TlsLink(link, engines.apply(origin), Link.NO_EVENTS);
    tls.whenAgreed(protocol -> {
      if (!"h2".equals(protocol)) {
        throw new SSLException(origin + " does not speak HTTP/2: it chose "
            + (protocol.isEmpty() ? "none" : protocol));
      }
    });
    tls.events(begin(tls));
    tls.start();
    return tls;
  }

  private Http2Connection begin(Link link) {
    Http2Connection connection = new Http2Connection(
        this, link, origin.tlsName() == null ? "http" : "https", settings, deadlines);
    connections.add(connection);
    changed();
    return connection;
  }

  @Override
  public void failed(boolean timedOut, String why) {
    dialling = false;
    for (UpstreamEvents one : waiting.all()) {
      one.failed(new UpstreamFailure(
          timedOut ? Kind.CONNECT_TIMEOUT : Kind.UNREACHABLE, origin + ": " + why));
    }
    noteUnused();
  }

  private void noteUnused() {
    if (connections.isEmpty() && !dialling && waiting.size() == 0) {
      whenUnused.run();
    }
  }
}
