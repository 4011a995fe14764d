package dev.sluice.upstream;

import akka.util.ByteString;
import dev.sluice.upstream.UpstreamFailure.Kind;
import dev.sluice.wire.Deadlines;
import dev.sluice.wire.Http2Head;
import dev.sluice.wire.Http2Limits;
import dev.sluice.wire.Http2Session;
import dev.sluice.wire.Link;

/**
 * HTTP/2 with one upstream: each call is a stream. One that a call found silent is asked for a sign of life, and gets no
 * further call until there is one.
 */
final class Http2Connection implements Link.Events, Http2Session.Owner {
  private final Http2Pool pool;
  private final Link link;
  private final String scheme;
  private final UpstreamSettings settings;
  private final Deadlines deadlines;
  private final Http2Session session;
  private final Timeout timeout = new Timeout();
  /** Calls that have it, whether their streams are open yet or not. */
  private int calls;

  private boolean heard;
  private boolean suspect;
  private boolean goingAway;
  private boolean over;

  /** @param scheme {@code http} or {@code https}, as requests name it */
  Http2Connection(
      Http2Pool pool, Link link, String scheme, UpstreamSettings settings, Deadlines deadlines) {
    this.pool = pool;
    this.link = link;
    this.scheme = scheme;
    this.settings = settings;
    this.deadlines = deadlines;
    Http2Limits limits = new Http2Limits(
        settings.headBytes(),
        settings.headFields(),
        settings.http2().windowBytes(),
        settings.http2().controlFrames(),
        settings.http2().controlFrames(),
        settings.http2().sendTimeout().toNanos());
    this.session = Http2Session.client(limits, deadlines, link, this);
    deadlines.set(timeout, settings.idleTimeout().toNanos());
  }

  boolean hasRoom() {
    return !session.over()
        && !goingAway
        && !suspect
        && calls < Math.min(session.theirStreams(), settings.http2().streams());
  }

  void begin(UpstreamEvents call) {
    calls++;
    deadlines.clear(timeout);
    call.connected(new Http2Call(this, call));
  }

  Http2Session session() {
    return session;
  }

  Deadlines deadlines() {
    return deadlines;
  }

  UpstreamSettings settings() {
    return settings;
  }

  String scheme() {
    return scheme;
  }

  /** Whether more waits in the link than a call may add to. */
  int unsent() {
    return link.unsent();
  }

  /** What a connection that ended was, for a call that had heard nothing. */
  Kind kindOfEnd() {
    return heard || link.reached() ? Kind.CLOSED : Kind.UNREACHABLE;
  }

  /** A call has waited in vain. */
  void suspect() {
    if (!suspect && !over) {
      suspect = true;
      session.ping();
      deadlines.set(timeout, settings.http2().pingTimeout().toNanos());
    }
  }

  /** A call no longer has it. */
  void released() {
    calls--;
    if (over) {
      return;
    }
    if (calls == 0 && goingAway) {
      session.close();
      return;
    }
    if (calls == 0 && !suspect) {
      deadlines.set(timeout, settings.idleTimeout().toNanos());
    }
    pool.changed();
  }

  @Override
  public void received(ByteString bytes) {
    boolean first = !heard;
    heard = true;
    session.received(bytes);
    if (first && !over) {
      pool.changed();
    }
  }

  @Override
  public void drained() {
    session.drained();
  }

  @Override
  public void finished() {
    session.finished();
  }

  @Override
  public void broken(String why) {
    session.broken(why);
  }

  @Override
  public void opened(int stream, Http2Head head, boolean last) {
    session.abort("the upstream began a stream of its own");
  }

  @Override
  public void ended() {}

  @Override
  public void goingAway(int last) {
    goingAway = true;
    if (calls == 0) {
      session.close();
    }
  }

  @Override
  public void alive() {
    suspect = false;
    deadlines.clear(timeout);
    if (calls == 0) {
      deadlines.set(timeout, settings.idleTimeout().toNanos());
    }
    pool.changed();
  }

  @Override
  public void over(String why) {
    over = true;
    deadlines.clear(timeout);
    pool.closed(this);
  }

  private final class Timeout extends Deadlines.Deadline {
    @Override
    protected void expired() {
      if (suspect) {
        session.abort(
            "no answer to a PING within " + settings.http2().pingTimeout().toMillis() + " ms");
      } else {
        session.goAway();
        session.close();
      }
    }
  }
}
