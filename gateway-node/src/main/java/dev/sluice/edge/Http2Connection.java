package dev.sluice.edge;

import akka.util.ByteString;
import dev.sluice.wire.Deadlines;
import dev.sluice.wire.Http2Head;
import dev.sluice.wire.Http2Limits;
import dev.sluice.wire.Http2Session;
import dev.sluice.wire.Link;
import dev.sluice.wire.Malformed;
import dev.sluice.wire.RequestHead;
import dev.sluice.wire.RequestRead;

/** HTTP/2 with one client: each stream runs as a request of its own. */
final class Http2Connection implements Link.Events, Client, Http2Session.Owner {
  private final EdgeSettings settings;
  private final Deadlines deadlines;
  private final Service service;
  private final Peer peer;
  private final Runnable whenOver;
  private final Http2Session session;
  private final Timeout timeout = new Timeout();
  private long requests;
  private boolean goingAway;
  private boolean over;

  Http2Connection(
      EdgeSettings settings,
      Deadlines deadlines,
      Service service,
      Peer peer,
      Link link,
      Runnable whenOver) {
    this.settings = settings;
    this.deadlines = deadlines;
    this.service = service;
    this.peer = peer;
    this.whenOver = whenOver;
    Http2Limits limits = new Http2Limits(
        settings.headBytes(),
        settings.headFields(),
        settings.http2().windowBytes(),
        settings.http2().resets(),
        settings.http2().controlFrames(),
        settings.sendTimeout().toNanos());
    this.session = Http2Session.server(limits, settings.http2().streams(), deadlines, link, this);
    deadlines.set(timeout, settings.headTimeout().toNanos());
  }

  @Override
  public void drain() {
    if (!over && !goingAway) {
      goingAway = true;
      session.goAway();
      closeIfDone();
    }
  }

  @Override
  public void abort() {
    session.abort("aborted");
  }

  @Override
  public void received(ByteString bytes) {
    boolean pending = session.headPending();
    session.received(bytes);
    if (!over && session.headPending() && !pending) {
      deadlines.set(timeout, settings.headTimeout().toNanos());
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
  public void opened(int stream, Http2Head gathered, boolean last) {
    if (goingAway || session.open() >= settings.http2().streams()) {
      session.refuse(stream);
      return;
    }
    deadlines.clear(timeout);
    RequestRead read = gathered.request(!last, settings.targetBytes(), settings.headFields());
    RequestHead head = read instanceof RequestHead good ? good : null;
    Http2Stream arrived = new Http2Stream(this, session, head, last);
    if (read instanceof Malformed malformed) {
      arrived.malformed();
      service.malformed(malformed, arrived);
    } else if (arrived.lengthFits()) {
      service.arrived(arrived);
    }
    if (++requests >= service.requestsPerConnection()) {
      drain();
    }
  }

  @Override
  public void ended() {
    closeIfDone();
  }

  @Override
  public void goingAway(int last) {
    goingAway = true;
    closeIfDone();
  }

  @Override
  public void alive() {}

  @Override
  public void over(String why) {
    over = true;
    deadlines.clear(timeout);
    whenOver.run();
  }

  /** A client owes a part of its request for too long. */
  void tooSlow(Http2Stream stream) {
    service.malformed(
        new Malformed(
            408, "no byte of the body within " + settings.bodyTimeout().toSeconds() + " s"),
        stream);
  }

  Peer peer() {
    return peer;
  }

  EdgeSettings settings() {
    return settings;
  }

  Deadlines deadlines() {
    return deadlines;
  }

  private void closeIfDone() {
    if (over || session.over() || session.open() > 0) {
      return;
    }
    if (goingAway) {
      session.close();
    } else {
      deadlines.set(timeout, settings.idleTimeout().toNanos());
    }
  }

  private final class Timeout extends Deadlines.Deadline {
    @Override
    protected void expired() {
      if (session.open() == 0 || session.headPending()) {
        if (!goingAway) {
          session.goAway();
        }
        session.close();
      }
    }
  }
}
