package dev.sluice.edge;

import akka.util.ByteString;
import dev.sluice.wire.BodyLength;
import dev.sluice.wire.Chunks;
import dev.sluice.wire.Deadlines;
import dev.sluice.wire.Field;
import dev.sluice.wire.Fields;
import dev.sluice.wire.HeadSink;
import dev.sluice.wire.Http2Flow;
import dev.sluice.wire.Http2Frames.Why;
import dev.sluice.wire.Http2Head;
import dev.sluice.wire.Http2Session;
import dev.sluice.wire.RequestHead;
import dev.sluice.wire.Trailers;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request over HTTP/2 and its answer. Behind it all is as in HTTP/1.1: bodies of unknown length are handed on in chunks,
 * and a client that asks for WebSocket seems to ask for an upgrade.
 */
final class Http2Stream implements Arrival, Http2Flow.Events {
  private static final int SWITCHING_PROTOCOLS = 101;
  private static final int OK = 200;
  private static final int BAD_GATEWAY = 502;

  private final Http2Connection connection;
  private final Http2Session session;
  private final @Nullable RequestHead head;
  private final Http2Flow flow;
  private final Silence silence = new Silence();
  private final boolean asksTunnel;
  private Arrival.@Nullable Events events;
  private boolean framed;
  private boolean tunnel;
  private boolean reading;
  private boolean endTold;
  private boolean malformed;
  private boolean answered;

  Http2Stream(
      Http2Connection connection,
      Http2Session session,
      @Nullable RequestHead head,
      boolean theirsEnded) {
    this.connection = connection;
    this.session = session;
    this.head = head;
    this.flow = session.open(this, theirsEnded);
    this.asksTunnel = head != null && head.asksUpgrade();
    this.endTold = theirsEnded;
    if (head != null && !asksTunnel) {
      flow.expect(head.bodyLength());
    }
  }

  /** The request can't be used: the stream ends with an error behind its answer. */
  void malformed() {
    malformed = true;
  }

  /** Whether a request without a body says so; if not, the stream fails. */
  boolean lengthFits() {
    if (flow.theirsEnded() && head().bodyLength() > 0) {
      flow.fail(Why.PROTOCOL_ERROR);
      return false;
    }
    return true;
  }

  // ---- from the client
  // ---------------------------------------------------------------------------------------------

  @Override
  public void head(Http2Head another, boolean last) {
    flow.fail(Why.PROTOCOL_ERROR);
  }

  @Override
  public void body(ByteString piece) {
    Arrival.Events listening = events;
    if (listening == null || answered) {
      return;
    }
    awaitMore();
    listening.requestBody(inChunks() ? Chunks.chunk(piece) : piece);
  }

  @Override
  public void bodyEnd(@Nullable Fields trailers) {
    Arrival.Events listening = events;
    connection.deadlines().clear(silence);
    if (listening == null || answered || endTold) {
      return;
    }
    endTold = true;
    if (inChunks()) {
      listening.requestBody(Chunks.last(trailers, Trailers.OF_REQUEST));
    }
    listening.requestEnd();
  }

  private boolean inChunks() {
    return framed && head().bodyLength() == BodyLength.CHUNKED;
  }

  /** The client is given time for its next bytes: from those before, or from those that it was sent. */
  private void awaitMore() {
    if (reading && !flow.theirsEnded() && !flow.isGone() && !answered) {
      connection.deadlines().set(silence, connection.settings().bodyTimeout().toNanos());
    }
  }

  @Override
  public void drained() {
    if (!answered && events != null) {
      events.clientDrained();
    }
  }

  @Override
  public void stalled() {
    flow.fail(Why.CANCEL);
  }

  @Override
  public void gone(boolean untouched, String why) {
    connection.deadlines().clear(silence);
    if (!answered && events != null) {
      answered = true;
      events.clientGone();
    }
  }

  // ---- to the client
  // -----------------------------------------------------------------------------------------------

  @Override
  public HeadSink head(int status, String reason) {
    if (asksTunnel && status == SWITCHING_PROTOCOLS) {
      return new TunnelHead(session.heads().response(OK));
    }
    // To a client that asked for a tunnel any 2xx would mean that it has one.
    boolean misleads = asksTunnel && status >= OK && status < 300;
    return session.heads().response(misleads ? BAD_GATEWAY : status);
  }

  @Override
  public void headEnd(long bodyLength) {
    tunnel = bodyLength == BodyLength.TUNNEL;
    if (bodyLength >= 0) {
      session.heads().field("content-length", Long.toString(bodyLength));
    }
    flow.head(session.heads().finish(), bodyLength);
  }

  @Override
  public boolean headSent() {
    return flow.headSent();
  }

  @Override
  public boolean takesTrailers() {
    return true;
  }

  @Override
  public void send(ByteString bytes) {
    flow.send(bytes);
    if (connection.deadlines().isSet(silence)) {
      awaitMore();
    }
  }

  @Override
  public int unsent() {
    return flow.unsent();
  }

  @Override
  public void end() {
    if (!answered) {
      answered = true;
      connection.deadlines().clear(silence);
      flow.finish(malformed ? Why.PROTOCOL_ERROR : Why.NO_ERROR);
    }
  }

  @Override
  public void breakOff() {
    if (!answered) {
      answered = true;
      connection.deadlines().clear(silence);
      flow.fail(Why.INTERNAL_ERROR);
    }
  }

  // ---- what is asked of it
  // -----------------------------------------------------------------------------------------

  @Override
  public RequestHead head() {
    if (head == null) {
      throw new IllegalStateException("a request that could not be read has no head");
    }
    return head;
  }

  @Override
  public boolean secure() {
    return connection.peer().secure();
  }

  @Override
  public InetSocketAddress client() {
    return connection.peer().client();
  }

  @Override
  public int localPort() {
    return connection.peer().localPort();
  }

  @Override
  public List<X509Certificate> certificates() {
    return connection.peer().certificates();
  }

  @Override
  public boolean proxied() {
    return connection.peer().proxied();
  }

  @Override
  public boolean bodyPending() {
    return !endTold && !asksTunnel;
  }

  @Override
  public void listen(Arrival.Events events) {
    this.events = events;
  }

  @Override
  public void readBody(boolean framed) {
    this.framed = framed;
    reading = !tunnel;
    awaitMore();
    flow.read();
  }

  @Override
  public void pauseBody() {
    flow.pause();
    connection.deadlines().clear(silence);
  }

  @Override
  public void resumeBody() {
    awaitMore();
    flow.resume();
  }

  @Override
  public void sendContinue() {
    if (!flow.headSent() && head().expectsContinue() && !flow.theirsEnded()) {
      flow.interim(session.heads().response(100).finish());
    }
  }

  private final class Silence extends Deadlines.Deadline {
    @Override
    protected void expired() {
      Arrival.Events listening = events;
      if (flow.headSent() || listening == null) {
        flow.fail(Why.CANCEL);
        return;
      }
      events = null;
      listening.clientGone();
      connection.tooSlow(Http2Stream.this);
    }
  }

  /** An upstream's consent to an upgrade, as HTTP/2 says it: without what only an HTTP/1.1 client checks. */
  private record TunnelHead(HeadSink out) implements HeadSink {
    private static final String ACCEPT = "Sec-WebSocket-Accept";

    @Override
    public HeadSink field(Field field, String value) {
      out.field(field, value);
      return this;
    }

    @Override
    public HeadSink field(String name, String value) {
      out.field(name, value);
      return this;
    }

    @Override
    public HeadSink field(Fields from, int i) {
      if (!from.hasName(i, ACCEPT)) {
        out.field(from, i);
      }
      return this;
    }
  }
}
