package dev.sluice.edge;

import akka.util.ByteString;
import dev.sluice.wire.BodyLength;
import dev.sluice.wire.BodyReader;
import dev.sluice.wire.Deadlines;
import dev.sluice.wire.Field;
import dev.sluice.wire.HeadBuffer;
import dev.sluice.wire.HeadSink;
import dev.sluice.wire.HeadWriter;
import dev.sluice.wire.Link;
import dev.sluice.wire.Malformed;
import dev.sluice.wire.RequestHead;
import dev.sluice.wire.RequestRead;
import dev.sluice.wire.Trailers;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 with one client: reads a head, hands the request on, sends the answer, and reads the next head. Requests
 * that the client sends ahead wait in the buffer; while an answer is owed the connection is read on, so that a client
 * that leaves is noticed at once.
 */
final class ClientConnection implements Link.Events, Client {
  private static final ByteString CONTINUE =
      ByteString.fromString("HTTP/1.1 100 Continue\r\n\r\n", StandardCharsets.US_ASCII);

  private static final String UNREADABLE = "a body whose chunks or trailers can't be read";

  private final EdgeSettings settings;
  private final Deadlines deadlines;
  private final Service service;
  private final HeadWriter heads;
  private final Runnable whenOver;
  private final Peer peer;
  private final HeadBuffer buffer = new HeadBuffer();
  private final Timeout timeout = new Timeout();
  private final Link link;
  private @Nullable Exchange exchange;
  private long requests;
  private boolean advancing;
  private boolean idle;
  private boolean linkPaused;
  private boolean draining;
  private boolean over;

  ClientConnection(
      EdgeSettings settings,
      Deadlines deadlines,
      Service service,
      HeadWriter heads,
      Peer peer,
      Link link,
      Runnable whenOver) {
    this.settings = settings;
    this.deadlines = deadlines;
    this.service = service;
    this.heads = heads;
    this.peer = peer;
    this.link = link;
    this.whenOver = whenOver;
    deadlines.set(timeout, settings.headTimeout().toNanos());
  }

  @Override
  public void drain() {
    draining = true;
    if (exchange == null && buffer.size() == 0) {
      close(false);
    }
  }

  @Override
  public void abort() {
    if (!over) {
      link.abort();
      broken("aborted");
    }
  }

  @Override
  public void received(ByteString bytes) {
    if (!over) {
      buffer.append(bytes);
      advance();
    }
  }

  /** Of a body that goes on as it is, nothing is copied on the way. */
  @Override
  public void lent(ByteBuffer bytes) {
    Exchange running = exchange;
    if (!over && running != null && !advancing && buffer.size() == 0) {
      running.pass(bytes);
    }
    if (bytes.hasRemaining()) {
      received(ByteString.fromByteBuffer(bytes));
    }
  }

  @Override
  public void drained() {
    Exchange running = exchange;
    if (running != null) {
      running.onDrained();
    }
  }

  @Override
  public void finished() {
    if (over) {
      return;
    }
    if (exchange == null) {
      close(false);
    } else {
      link.abort();
      broken("the client has left");
    }
  }

  @Override
  public void broken(String why) {
    if (over) {
      return;
    }
    over = true;
    deadlines.clear(timeout);
    Exchange running = exchange;
    exchange = null;
    if (running != null) {
      running.onGone();
    }
    whenOver.run();
  }

  private void advance() {
    if (advancing) {
      return;
    }
    advancing = true;
    while (!over && (exchange == null ? readHead() : exchange.readOn())) {}
    advancing = false;
    holdBack();
  }

  /** Stops reading while more lies in the buffer than a next request may take ahead. */
  private void holdBack() {
    boolean full = !over && buffer.size() > settings.pipelinedBytes() && exchange != null;
    if (full != linkPaused) {
      linkPaused = full;
      if (full) {
        link.pause();
      } else {
        link.resume();
      }
    }
  }

  /** Reads a head if one is there; true if there may be more to do. */
  private boolean readHead() {
    buffer.skipEmptyLines();
    if (buffer.size() == 0) {
      return false;
    }
    if (draining) {
      close(false);
      return false;
    }
    int end = buffer.headEnd();
    if (end == HeadBuffer.BARE_LINE_FEED) {
      return refuse(new Malformed(400, "a line that ends without a carriage return"));
    }
    if (end == HeadBuffer.PARTIAL
        ? buffer.size() > settings.headBytes()
        : end - buffer.from() > settings.headBytes()) {
      return refuse(new Malformed(431, "a head above " + settings.headBytes() + " bytes"));
    }
    if (end == HeadBuffer.PARTIAL) {
      if (!deadlines.isSet(timeout) || idle) {
        idle = false;
        deadlines.set(timeout, settings.headTimeout().toNanos());
      }
      return false;
    }
    RequestRead read = RequestHead.read(
        buffer.array(), buffer.from(), end, settings.targetBytes(), settings.headFields());
    if (read instanceof Malformed malformed) {
      return refuse(malformed);
    }
    buffer.take(end);
    idle = false;
    deadlines.clear(timeout);
    Exchange next = new Exchange((RequestHead) read);
    exchange = next;
    service.arrived(next);
    return true;
  }

  private boolean refuse(Malformed malformed) {
    Exchange last = new Exchange(null);
    exchange = last;
    service.malformed(malformed, last);
    return false;
  }

  private void exchangeOver(boolean goesOn, boolean bodyPending) {
    exchange = null;
    if (!goesOn || draining && buffer.size() == 0) {
      close(bodyPending || buffer.size() > 0);
      return;
    }
    idle = true;
    deadlines.set(timeout, settings.idleTimeout().toNanos());
    advance();
  }

  private void close(boolean lingering) {
    if (!over) {
      over = true;
      deadlines.clear(timeout);
      link.finish(lingering);
      whenOver.run();
    }
  }

  private final class Timeout extends Deadlines.Deadline {
    @Override
    protected void expired() {
      Exchange running = exchange;
      if (running == null) {
        if (buffer.size() == 0) {
          close(false);
        } else {
          refuse(new Malformed(
              408, "no whole head within " + settings.headTimeout().toSeconds() + " s"));
        }
      } else {
        running.tooSlow();
      }
    }
  }

  /** One request and its answer. */
  private final class Exchange implements Arrival, BodyReader.Payload {
    private final @Nullable RequestHead head;
    private final BodyReader body;
    private Arrival.@Nullable Events events;
    private boolean reading;
    private boolean framed;
    private boolean paused;
    private boolean headSent;
    private boolean closes;
    private boolean tunnel;

    Exchange(@Nullable RequestHead head) {
      this.head = head;
      this.body = BodyReader.of(
          head == null ? 0 : head.bodyLength(), settings.headBytes(), settings.headFields());
      this.closes = ++requests >= service.requestsPerConnection()
          || head == null
          || !head.keepAlive()
          || draining;
    }

    @Override
    public RequestHead head() {
      if (head == null) {
        throw new IllegalStateException("a request that could not be read has no head");
      }
      return head;
    }

    @Override
    public boolean secure() {
      return peer.secure();
    }

    @Override
    public InetSocketAddress client() {
      return peer.client();
    }

    @Override
    public int localPort() {
      return peer.localPort();
    }

    @Override
    public List<X509Certificate> certificates() {
      return peer.certificates();
    }

    @Override
    public boolean proxied() {
      return peer.proxied();
    }

    @Override
    public boolean bodyPending() {
      return !body.done();
    }

    @Override
    public void listen(Arrival.Events events) {
      this.events = events;
    }

    @Override
    public void readBody(boolean framed) {
      this.framed = framed;
      reading = true;
      if (!body.done()) {
        deadlines.set(timeout, settings.bodyTimeout().toNanos());
        advance();
      } else if (tunnel) {
        advance();
      }
    }

    @Override
    public void pauseBody() {
      paused = true;
      deadlines.clear(timeout);
    }

    @Override
    public void resumeBody() {
      if (paused) {
        paused = false;
        if (!body.done()) {
          deadlines.set(timeout, settings.bodyTimeout().toNanos());
        }
        advance();
      }
    }

    @Override
    public void sendContinue() {
      if (!headSent && head != null && head.expectsContinue() && !body.done()) {
        link.write(CONTINUE);
      }
    }

    /** Reads what the buffer holds of the body; true if there may be more to do. */
    private boolean readOn() {
      Arrival.Events listening = events;
      if (listening == null || !reading || paused || buffer.size() == 0 || body.done() && !tunnel) {
        return false;
      }
      if (tunnel) {
        listening.requestBody(buffer.takeAll());
        return false;
      }
      byte[] bytes = buffer.array();
      int from = buffer.from();
      int end = body.read(bytes, from, buffer.to(), framed ? (b, f, t) -> {} : this);
      buffer.take(end);
      if (body.broken()) {
        endEarly(new Malformed(400, UNREADABLE));
        return false;
      }
      deadlines.set(timeout, settings.bodyTimeout().toNanos());
      if (framed) {
        ByteString piece = body.framed(bytes, from, end, Trailers.OF_REQUEST);
        if (piece.nonEmpty()) {
          listening.requestBody(piece);
        }
      }
      if (body.done()) {
        deadlines.clear(timeout);
        listening.requestEnd();
      }
      return true;
    }

    /** Takes what it can of the body from a buffer that is only lent. */
    private void pass(ByteBuffer bytes) {
      Arrival.Events listening = events;
      if (listening == null || !reading || paused || !framed) {
        return;
      }
      if (tunnel) {
        ByteBuffer all = bytes.duplicate();
        bytes.position(bytes.limit());
        listening.requestLent(all);
        return;
      }
      if (body.done()) {
        return;
      }
      ByteBuffer piece = body.pass(bytes);
      if (body.broken()) {
        bytes.position(bytes.limit());
        endEarly(new Malformed(400, UNREADABLE));
        return;
      }
      deadlines.set(timeout, settings.bodyTimeout().toNanos());
      if (piece.hasRemaining()) {
        listening.requestLent(piece);
      }
      if (body.done()) {
        deadlines.clear(timeout);
        listening.requestEnd();
      }
    }

    @Override
    public void piece(byte[] bytes, int from, int to) {
      if (events != null) {
        events.requestBody(ByteString.fromArrayUnsafe(bytes, from, to - from));
      }
    }

    @Override
    public HeadSink head(int status, String reason) {
      return heads.response(status, reason);
    }

    @Override
    public void headEnd(long bodyLength) {
      headSent = true;
      tunnel = bodyLength == BodyLength.TUNNEL;
      if (bodyLength >= 0) {
        heads.field(Field.CONTENT_LENGTH, Long.toString(bodyLength));
      } else if (bodyLength == BodyLength.CHUNKED) {
        heads.field(Field.TRANSFER_ENCODING, "chunked");
      }
      closes |= bodyLength == BodyLength.UNTIL_CLOSE || !body.done() || draining;
      if (tunnel) {
        closes = true;
      } else if (closes) {
        heads.field(Field.CONNECTION, "close");
      } else if (!head().http11()) {
        heads.field(Field.CONNECTION, "keep-alive");
      }
      link.write(heads.finish());
    }

    @Override
    public boolean headSent() {
      return headSent;
    }

    @Override
    public boolean takesTrailers() {
      return head != null && head.fields().lists(Field.TE, "trailers");
    }

    @Override
    public void send(ByteString bytes) {
      link.write(bytes);
      if (link.unsent() > 0 && body.done()) {
        deadlines.set(timeout, settings.sendTimeout().toNanos());
      }
    }

    @Override
    public void sendLent(ByteBuffer bytes) {
      link.writeLent(bytes);
      if (link.unsent() > 0 && body.done()) {
        deadlines.set(timeout, settings.sendTimeout().toNanos());
      }
    }

    @Override
    public int unsent() {
      return link.unsent();
    }

    @Override
    public void end() {
      if (exchange == this) {
        exchangeOver(!closes && body.done(), head == null || !body.done());
      }
    }

    @Override
    public void breakOff() {
      if (exchange == this) {
        exchange = null;
        link.abort();
        ClientConnection.this.broken("the answer broke off");
      }
    }

    /** There is no more of the body than this, and where a next request begins nobody knows: the client is told, if it still can be. */
    private void endEarly(Malformed why) {
      if (headSent) {
        link.abort();
        ClientConnection.this.broken(why.reason());
        return;
      }
      deadlines.clear(timeout);
      exchange = null;
      onGone();
      refuse(why);
    }

    private void tooSlow() {
      endEarly(new Malformed(
          408, "no byte of the body within " + settings.bodyTimeout().toSeconds() + " s"));
    }

    private void onDrained() {
      if (body.done()) {
        deadlines.clear(timeout);
      }
      if (events != null) {
        events.clientDrained();
      }
    }

    private void onGone() {
      if (events != null) {
        events.clientGone();
      }
    }
  }
}
