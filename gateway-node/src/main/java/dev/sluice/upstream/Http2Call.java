package dev.sluice.upstream;

import akka.util.ByteString;
import dev.sluice.upstream.UpstreamFailure.Kind;
import dev.sluice.wire.BodyLength;
import dev.sluice.wire.Chunks;
import dev.sluice.wire.Deadlines;
import dev.sluice.wire.Fields;
import dev.sluice.wire.HeadSink;
import dev.sluice.wire.Http2Flow;
import dev.sluice.wire.Http2Frames.Why;
import dev.sluice.wire.Http2Head;
import dev.sluice.wire.Http2HeadWriter;
import dev.sluice.wire.Malformed;
import dev.sluice.wire.ResponseHead;
import dev.sluice.wire.ResponseRead;
import dev.sluice.wire.Trailers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One call over HTTP/2. The caller sees what it would see over HTTP/1.1: bodies of unknown length come in chunks. */
final class Http2Call implements UpstreamConnection, Http2Flow.Events {
  private final Http2Connection connection;
  private final UpstreamEvents call;
  private final Timeout timeout = new Timeout();
  private @Nullable Http2Flow flow;
  private @Nullable ResponseHead head;
  private Trailers passing = Trailers.NONE;
  private String method = "";
  private long readTimeoutNanos;
  private long sendTimeoutNanos;
  private boolean requestSent;
  private boolean framed;
  private boolean paused;
  private boolean over;

  Http2Call(Http2Connection connection, UpstreamEvents call) {
    this.connection = connection;
    this.call = call;
  }

  // ---- from the caller
  // ---------------------------------------------------------------------------------------------

  @Override
  public HeadSink request(
      String method, String target, Duration readTimeout, Duration sendTimeout) {
    this.method = method;
    this.readTimeoutNanos = readTimeout.toNanos();
    this.sendTimeoutNanos = sendTimeout.toNanos();
    return connection.session().heads().request(method, connection.scheme(), target);
  }

  @Override
  public HeadSink request10(
      String method, String target, Duration readTimeout, Duration sendTimeout) {
    return request(method, target, readTimeout, sendTimeout);
  }

  @Override
  public void headEnd(long bodyLength) {
    Http2HeadWriter heads = connection.session().heads();
    if (bodyLength > 0) {
      heads.field("content-length", Long.toString(bodyLength));
    }
    if (over || connection.session().over()) {
      return;
    }
    Http2Flow opened = connection.session().open(this, false);
    flow = opened;
    requestSent = bodyLength == 0;
    opened.awaitHeads();
    opened.head(heads.finish(), bodyLength);
    opened.read();
    listen();
  }

  @Override
  public void framed(boolean trailersToo) {
    framed = true;
    passing = trailersToo ? Trailers.OF_RESPONSE : Trailers.NONE;
  }

  @Override
  public void send(ByteString bytes) {
    if (flow != null && !over) {
      flow.send(bytes);
      if (!requestSent && flow.unsent() > 0) {
        connection.deadlines().set(timeout, sendTimeoutNanos);
      } else {
        listen();
      }
    }
  }

  @Override
  public void sent() {
    requestSent = true;
    if (flow != null && !over) {
      flow.endSending();
      listen();
    }
  }

  @Override
  public int unsent() {
    return flow == null ? 0 : flow.unsent();
  }

  @Override
  public void pause() {
    if (!paused && !over && flow != null) {
      paused = true;
      connection.deadlines().clear(timeout);
      flow.pause();
    }
  }

  @Override
  public void resume() {
    if (paused && !over && flow != null) {
      paused = false;
      listen();
      flow.resume();
    }
  }

  @Override
  public void cancel() {
    if (end()) {
      connection.released();
    }
  }

  /** Takes the stream back if it is still open; false if the call was over before. */
  private boolean end() {
    if (over) {
      return false;
    }
    over = true;
    connection.deadlines().clear(timeout);
    if (flow != null) {
      flow.close(Why.CANCEL);
    }
    return true;
  }

  private void listen() {
    if (!over && requestSent && !paused) {
      connection.deadlines().set(timeout, readTimeoutNanos);
    }
  }

  // ---- from the upstream
  // -------------------------------------------------------------------------------------------

  @Override
  public void head(Http2Head gathered, boolean last) {
    ResponseRead read = gathered.response(method, !last, connection.settings().headFields());
    if (read instanceof Malformed malformed) {
      fail(Kind.MALFORMED, malformed.reason());
      return;
    }
    ResponseHead came = (ResponseHead) read;
    listen();
    if (came.interim()) {
      if (last) {
        fail(Kind.MALFORMED, "an interim answer that is the last");
      } else {
        call.responseHead(came);
      }
      return;
    }
    if (flow == null || last && came.bodyLength() > 0) {
      fail(Kind.MALFORMED, "an answer whose body is missing");
      return;
    }
    flow.headsOver();
    flow.expect(came.bodyLength());
    head = came;
    call.responseHead(came);
  }

  @Override
  public void body(ByteString piece) {
    if (!over) {
      listen();
      call.responseBody(inChunks() ? Chunks.chunk(piece) : piece);
    }
  }

  @Override
  public void bodyEnd(@Nullable Fields trailers) {
    if (over) {
      return;
    }
    if (head == null) {
      fail(Kind.MALFORMED, "a stream that ended without an answer");
      return;
    }
    if (inChunks()) {
      call.responseBody(Chunks.last(trailers, passing));
    }
    if (end()) {
      call.responseEnd();
      connection.released();
    }
  }

  private boolean inChunks() {
    return framed && head != null && head.bodyLength() == BodyLength.CHUNKED;
  }

  @Override
  public void drained() {
    if (!over) {
      if (!requestSent && head == null) {
        connection.deadlines().clear(timeout);
      }
      call.upstreamDrained();
    }
  }

  @Override
  public void stalled() {
    expired();
  }

  @Override
  public void gone(boolean untouched, String why) {
    fail(untouched ? Kind.REFUSED : head != null ? Kind.CUT : connection.kindOfEnd(), why);
  }

  private void expired() {
    connection.suspect();
    fail(
        head != null ? Kind.CUT : Kind.SILENT,
        requestSent
            ? "no byte of an answer within " + readTimeoutNanos / 1_000_000 + " ms"
            : "no byte of the request taken within " + sendTimeoutNanos / 1_000_000 + " ms");
  }

  private void fail(Kind kind, String why) {
    if (end()) {
      call.failed(new UpstreamFailure(kind, why));
      connection.released();
    }
  }

  private final class Timeout extends Deadlines.Deadline {
    @Override
    protected void expired() {
      Http2Call.this.expired();
    }
  }
}
