package dev.sluice.upstream;

import akka.util.ByteString;
import dev.sluice.upstream.UpstreamFailure.Kind;
import dev.sluice.wire.BodyLength;
import dev.sluice.wire.BodyReader;
import dev.sluice.wire.Deadlines;
import dev.sluice.wire.FastCgiLink;
import dev.sluice.wire.Field;
import dev.sluice.wire.HeadBuffer;
import dev.sluice.wire.HeadSink;
import dev.sluice.wire.HeadWriter;
import dev.sluice.wire.Link;
import dev.sluice.wire.Malformed;
import dev.sluice.wire.ResponseHead;
import dev.sluice.wire.ResponseRead;
import dev.sluice.wire.Trailers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** HTTP/1.1 with one upstream, one call at a time. Between calls it belongs to its pool. */
final class Http1Connection implements UpstreamConnection, Link.Events, BodyReader.Payload {
  private final Http1Pool pool;
  private final Link link;
  private final HeadWriter heads;
  private final UpstreamSettings settings;
  private final Deadlines deadlines;
  private final Timeout timeout = new Timeout();
  private final HeadBuffer buffer = new HeadBuffer();
  private @Nullable UpstreamEvents call;
  private @Nullable ResponseHead head;
  private @Nullable BodyReader body;
  private String method = "";
  private long readTimeoutNanos;
  private long sendTimeoutNanos;
  private boolean requestSent;
  private boolean framed;
  private Trailers passing = Trailers.NONE;
  private boolean paused;
  private boolean tunnel;
  private boolean heard;
  private boolean finishedEarly;
  private boolean closed;

  Http1Connection(
      Http1Pool pool, Link link, HeadWriter heads, UpstreamSettings settings, Deadlines deadlines) {
    this.pool = pool;
    this.link = link;
    this.heads = heads;
    this.settings = settings;
    this.deadlines = deadlines;
  }

  void begin(UpstreamEvents call) {
    deadlines.clear(timeout);
    this.call = call;
    head = null;
    body = null;
    requestSent = false;
    framed = false;
    heard = false;
    call.connected(this);
  }

  void idle() {
    deadlines.set(timeout, settings.idleTimeout().toNanos());
  }

  @Override
  public HeadSink request(
      String method, String target, Duration readTimeout, Duration sendTimeout) {
    expect(method, readTimeout, sendTimeout);
    return heads.request(method, target);
  }

  @Override
  public HeadSink request10(
      String method, String target, Duration readTimeout, Duration sendTimeout) {
    expect(method, readTimeout, sendTimeout);
    return heads.request10(method, target).field(Field.CONNECTION, "close");
  }

  @Override
  public void params(Map<String, String> params) {
    if (link instanceof FastCgiLink cgi) {
      cgi.params(params);
    }
  }

  private void expect(String method, Duration readTimeout, Duration sendTimeout) {
    this.method = method;
    this.readTimeoutNanos = readTimeout.toNanos();
    this.sendTimeoutNanos = sendTimeout.toNanos();
  }

  @Override
  public void headEnd(long bodyLength) {
    if (bodyLength == BodyLength.CHUNKED) {
      heads.field(Field.TRANSFER_ENCODING, "chunked");
    } else if (bodyLength > 0
        || method.equals("POST")
        || method.equals("PUT")
        || method.equals("PATCH")) {
      heads.field(Field.CONTENT_LENGTH, Long.toString(bodyLength));
    }
    link.write(heads.finish());
    requestSent = bodyLength == 0;
    listen();
  }

  @Override
  public void framed(boolean trailersToo) {
    framed = true;
    passing = trailersToo ? Trailers.OF_RESPONSE : Trailers.NONE;
  }

  @Override
  public void send(ByteString bytes) {
    link.write(bytes);
    if (!requestSent) {
      deadlines.set(timeout, sendTimeoutNanos);
    } else {
      listen();
    }
  }

  @Override
  public void sendLent(ByteBuffer bytes) {
    link.writeLent(bytes);
    if (requestSent) {
      listen();
    } else if (link.unsent() > 0) {
      deadlines.set(timeout, sendTimeoutNanos);
    } else {
      deadlines.clear(timeout);
    }
  }

  @Override
  public void sent() {
    requestSent = true;
    listen();
  }

  @Override
  public int unsent() {
    return link.unsent();
  }

  @Override
  public void pause() {
    if (!paused && !closed) {
      paused = true;
      deadlines.clear(timeout);
      link.pause();
    }
  }

  @Override
  public void resume() {
    if (paused && !closed) {
      paused = false;
      listen();
      link.resume();
      advance();
      if (finishedEarly && !paused) {
        finished();
      }
    }
  }

  @Override
  public void cancel() {
    call = null;
    drop();
  }

  @Override
  public void received(ByteString bytes) {
    if (call == null) {
      drop();
      return;
    }
    heard = true;
    buffer.append(bytes);
    listen();
    advance();
  }

  /** Of a body that goes on as it is, nothing is copied on the way. */
  @Override
  public void lent(ByteBuffer bytes) {
    UpstreamEvents running = call;
    BodyReader reading = body;
    if (running != null && reading != null && framed && !paused && buffer.size() == 0) {
      listen();
      ByteBuffer piece = reading.pass(bytes);
      if (reading.broken()) {
        fail(Kind.CUT, "a body whose chunks can't be read");
        return;
      }
      if (piece.hasRemaining()) {
        running.responseLent(piece);
      }
      if (call != running) {
        return;
      }
      if (reading.done()) {
        buffer.append(ByteString.fromByteBuffer(bytes));
        complete();
        return;
      }
    }
    if (bytes.hasRemaining()) {
      received(ByteString.fromByteBuffer(bytes));
    }
  }

  @Override
  public void drained() {
    UpstreamEvents running = call;
    if (running != null) {
      if (!requestSent && head == null) {
        deadlines.clear(timeout);
      }
      running.upstreamDrained();
    }
  }

  @Override
  public void finished() {
    if (paused && buffer.size() > 0) {
      finishedEarly = true;
    } else if (call != null
        && head != null
        && (tunnel || head.bodyLength() == BodyLength.UNTIL_CLOSE)) {
      complete();
    } else {
      lost("the upstream closed the connection");
    }
  }

  @Override
  public void broken(String why) {
    lost(why);
  }

  private void listen() {
    if (call != null && requestSent && !paused) {
      deadlines.set(timeout, readTimeoutNanos);
    }
  }

  private void advance() {
    while (call != null
        && !paused
        && buffer.size() > 0
        && (body == null ? readHead() : readBody())) {}
  }

  private boolean readHead() {
    int end = buffer.headEnd();
    if (end == HeadBuffer.BARE_LINE_FEED) {
      return fail(Kind.MALFORMED, "a line that ends without a carriage return");
    }
    if (end == HeadBuffer.PARTIAL
        ? buffer.size() > settings.headBytes()
        : end - buffer.from() > settings.headBytes()) {
      return fail(Kind.MALFORMED, "a head above " + settings.headBytes() + " bytes");
    }
    if (end == HeadBuffer.PARTIAL) {
      return false;
    }
    ResponseRead read =
        ResponseHead.read(buffer.array(), buffer.from(), end, method, settings.headFields());
    if (read instanceof Malformed malformed) {
      return fail(Kind.MALFORMED, malformed.reason());
    }
    buffer.take(end);
    ResponseHead came = (ResponseHead) read;
    UpstreamEvents running = call;
    if (came.interim()) {
      tell(running, came);
      return true;
    }
    head = came;
    tunnel = came.status() == 101;
    body = BodyReader.of(
        tunnel ? BodyLength.UNTIL_CLOSE : came.bodyLength(),
        settings.headBytes(),
        settings.headFields());
    tell(running, came);
    if (call == running && body != null && body.done()) {
      complete();
    }
    return true;
  }

  private static void tell(@Nullable UpstreamEvents running, ResponseHead head) {
    if (running != null) {
      running.responseHead(head);
    }
  }

  private boolean readBody() {
    BodyReader reading = body;
    UpstreamEvents running = call;
    if (reading == null || running == null) {
      return false;
    }
    byte[] bytes = buffer.array();
    int from = buffer.from();
    int end = reading.read(bytes, from, buffer.to(), framed ? (b, f, t) -> {} : this);
    buffer.take(end);
    if (reading.broken()) {
      return fail(Kind.CUT, "a body whose chunks can't be read");
    }
    if (framed && call == running) {
      ByteString piece = reading.framed(bytes, from, end, passing);
      if (piece.nonEmpty()) {
        running.responseBody(piece);
      }
    }
    if (reading.done() && call == running) {
      complete();
    }
    return call != null;
  }

  @Override
  public void piece(byte[] bytes, int from, int to) {
    UpstreamEvents running = call;
    if (running != null) {
      running.responseBody(ByteString.fromArrayUnsafe(bytes, from, to - from));
    }
  }

  private void complete() {
    UpstreamEvents done = call;
    call = null;
    boolean again =
        head != null && head.keepAlive() && requestSent && !tunnel && buffer.size() == 0 && !closed;
    if (again) {
      if (paused) {
        paused = false;
        link.resume();
      }
      deadlines.clear(timeout);
      pool.release(this);
    } else {
      drop();
    }
    if (done != null) {
      done.responseEnd();
    }
  }

  private void lost(String why) {
    if (!closed) {
      fail(
          head != null
              ? Kind.CUT
              : heard ? Kind.MALFORMED : link.reached() ? Kind.CLOSED : Kind.UNREACHABLE,
          why);
    }
  }

  private boolean fail(Kind kind, String why) {
    UpstreamEvents failed = call;
    call = null;
    drop();
    if (failed != null) {
      failed.failed(new UpstreamFailure(kind, why));
    }
    return false;
  }

  private void drop() {
    if (!closed) {
      closed = true;
      deadlines.clear(timeout);
      link.abort();
      pool.closed(this);
    }
  }

  private final class Timeout extends Deadlines.Deadline {
    @Override
    protected void expired() {
      if (call == null) {
        drop();
      } else {
        fail(
            head != null ? Kind.CUT : Kind.SILENT,
            requestSent
                ? "no byte of an answer within " + readTimeoutNanos / 1_000_000 + " ms"
                : "no byte of the request taken within " + sendTimeoutNanos / 1_000_000 + " ms");
      }
    }
  }
}
