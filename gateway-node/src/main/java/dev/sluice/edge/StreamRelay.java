package dev.sluice.edge;

import akka.util.ByteString;
import dev.sluice.wire.Deadlines;
import dev.sluice.wire.Dialer;
import dev.sluice.wire.Link;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Passes the bytes of one client's connection on to an endpoint, and back. Each side is held back while the other does
 * not take what was sent. The end of one is the end of both, once what came before it has left.
 */
final class StreamRelay implements Link.Events, Client {
  private static final int REACHED = 200;
  private static final int UNREACHED = 502;
  private static final int UNNAMED = 400;

  private final Link client;
  private final Peer peer;
  private final Onward to;
  private final StreamSettings settings;
  private final Deadlines deadlines;
  private final Dialer dialer;
  private final Consumer<PassedOn> whenOver;
  private final String host;
  private final long beganNanos = System.nanoTime();
  private final Silence silence = new Silence();
  private ByteString early = ByteString.emptyByteString();
  private @Nullable Link upstream;
  private @Nullable InetSocketAddress endpoint;
  private @Nullable String note;
  private boolean started;
  private long receivedBytes;
  private long sentBytes;
  private int tried;
  private boolean over;

  /**
   * One that waits to be started.
   *
   * @param host that its TLS has named; empty if there is none
   * @param whenOver called once, when no more bytes will be passed on
   */
  StreamRelay(
      Link client,
      Peer peer,
      Onward to,
      String host,
      StreamSettings settings,
      Deadlines deadlines,
      Dialer dialer,
      Consumer<PassedOn> whenOver) {
    this.client = client;
    this.peer = peer;
    this.to = to;
    this.host = host;
    this.settings = settings;
    this.deadlines = deadlines;
    this.dialer = dialer;
    this.whenOver = whenOver;
  }

  /** The client says first who it is, within this time. */
  void awaitHeader(Duration patience) {
    deadlines.set(silence, patience.toNanos());
  }

  /** Connects to an endpoint. What the client sends meanwhile is kept, and soon no longer read. */
  void start() {
    started = true;
    deadlines.clear(silence);
    client.events(this);
    client.pause();
    dial();
  }

  private void dial() {
    if (tried >= settings.tries() || tried >= to.endpoints().size()) {
      abort(note == null ? "no endpoint is ready" : note);
      return;
    }
    InetSocketAddress next = to.endpoints().get(tried++);
    dialer.dial(next, settings.connectTimeout(), new Dialer.Dialed() {
      @Override
      public Link.Events connected(Link link) {
        return reached(link, next);
      }

      @Override
      public void failed(boolean timedOut, String why) {
        if (!over) {
          note = next + ": " + why;
          dial();
        }
      }
    });
  }

  private Link.Events reached(Link link, InetSocketAddress at) {
    if (over) {
      link.abort();
      return Link.NO_EVENTS;
    }
    upstream = link;
    endpoint = at;
    note = null;
    if (to.writesProxy()) {
      link.write(ByteString.fromArrayUnsafe(ProxyGreeting.of(settings.proxyVersion(), peer)));
    }
    if (!early.isEmpty()) {
      link.write(early);
      early = ByteString.emptyByteString();
    }
    client.resume();
    silence.begin();
    return new Upstream();
  }

  @Override
  public void received(ByteString bytes) {
    receivedBytes += bytes.size();
    Link link = upstream;
    if (link == null) {
      early = early.concat(bytes);
    } else {
      pass(bytes, link, client);
    }
  }

  @Override
  public void lent(ByteBuffer bytes) {
    receivedBytes += bytes.remaining();
    Link link = upstream;
    if (link == null) {
      early = early.concat(ByteString.fromByteBuffer(bytes));
    } else {
      pass(bytes, link, client);
    }
  }

  private void pass(ByteString bytes, Link target, Link source) {
    silence.begin();
    target.write(bytes);
    holdBack(target, source);
  }

  private void pass(ByteBuffer bytes, Link target, Link source) {
    silence.begin();
    target.writeLent(bytes);
    holdBack(target, source);
  }

  private void holdBack(Link target, Link source) {
    if (target.unsent() > settings.unsentBytes()) {
      source.pause();
    }
  }

  @Override
  public void drained() {
    Link link = upstream;
    if (link != null) {
      silence.begin();
      link.resume();
    }
  }

  @Override
  public void finished() {
    end();
  }

  @Override
  public void broken(String why) {
    abort(why);
  }

  /** The other side still gets what was sent to it. */
  private void end() {
    Link link = upstream;
    if (link == null) {
      abort("the client has left");
    } else if (leave()) {
      link.finish(false);
      client.finish(false);
    }
  }

  /** A connection that is passed on has no end of its own: it goes on until it is broken off. */
  @Override
  public void drain() {
    if (upstream == null) {
      abort();
    }
  }

  @Override
  public void abort() {
    abort("the gateway stops");
  }

  private void abort(String why) {
    note = why;
    if (leave()) {
      client.abort();
      if (upstream != null) {
        upstream.abort();
      }
    }
  }

  private boolean leave() {
    if (over) {
      return false;
    }
    over = true;
    deadlines.clear(silence);
    whenOver.accept(new PassedOn(
        "TCP",
        to.name(),
        host,
        peer.client(),
        peer.localPort(),
        endpoint,
        endpoint != null ? REACHED : started ? UNREACHED : UNNAMED,
        receivedBytes,
        sentBytes,
        System.nanoTime() - beganNanos,
        note));
    return true;
  }

  private final class Upstream implements Link.Events {
    @Override
    public void received(ByteString bytes) {
      Link link = upstream;
      if (!over && link != null) {
        sentBytes += bytes.size();
        pass(bytes, client, link);
      }
    }

    @Override
    public void lent(ByteBuffer bytes) {
      Link link = upstream;
      if (!over && link != null) {
        sentBytes += bytes.remaining();
        pass(bytes, client, link);
      }
    }

    @Override
    public void drained() {
      silence.begin();
      client.resume();
    }

    @Override
    public void finished() {
      end();
    }

    @Override
    public void broken(String why) {
      note = why;
      end();
    }
  }

  private final class Silence extends Deadlines.Deadline {
    void begin() {
      deadlines.set(this, settings.idleTimeout().toNanos());
    }

    @Override
    protected void expired() {
      abort(started ? "silence" : "the client did not say in time who it is");
    }
  }
}
