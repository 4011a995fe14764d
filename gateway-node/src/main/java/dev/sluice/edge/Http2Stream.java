package dev.sluice.edge;

import akka.util.ByteString;
import dev.sluice.wire.BodyLength;
import dev.sluice.wire.BodyReader;
import dev.sluice.wire.Chunks;
import dev.sluice.wire.Deadlines;
import dev.sluice.wire.HeadSink;
import dev.sluice.wire.Http2Frames;
import dev.sluice.wire.Http2Frames.Why;
import dev.sluice.wire.Http2HeadWriter;
import dev.sluice.wire.Link;
import dev.sluice.wire.RequestHead;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request over HTTP/2 and its answer. Behind it all is as in HTTP/1.1: bodies of unknown length are handed on in chunks,
 * and chunks that come back are taken apart.
 */
final class Http2Stream implements Arrival, BodyReader.Payload {
  private static final ByteString NOTHING = ByteString.emptyByteString();

  private final Http2Connection connection;
  private final int id;
  private final @Nullable RequestHead head;
  private final Timeout timeout = new Timeout();
  private Arrival.@Nullable Events events;
  private ByteString incoming = NOTHING;
  private int receiveWindow;
  private int uncredited;
  private long bodyBytes;
  private boolean theirsEnded;
  private boolean endTold;
  private boolean reading;
  private boolean framed;
  private boolean paused;
  private boolean malformed;

  private ByteString outgoing = NOTHING;
  private long sendWindow;
  private @Nullable BodyReader chunks;
  private long left = -1;
  private boolean headSent;
  private boolean oursEnded;
  private boolean endSent;
  private boolean blocked;
  private boolean answered;
  private boolean gone;
  private boolean resetByUs;

  Http2Stream(
      Http2Connection connection,
      int id,
      @Nullable RequestHead head,
      boolean theirsEnded,
      int sendWindow) {
    this.connection = connection;
    this.id = id;
    this.head = head;
    this.theirsEnded = theirsEnded;
    this.sendWindow = sendWindow;
    this.receiveWindow = connection.settings().http2().windowBytes();
  }

  int id() {
    return id;
  }

  boolean theirsEnded() {
    return theirsEnded;
  }

  /** Whether the client may not know yet that it is over. */
  boolean resetByUs() {
    return resetByUs;
  }

  /** The request can't be used: the stream ends with an error behind its answer. */
  void malformed() {
    malformed = true;
  }

  /** Whether a request without a body says so; if not, the stream fails. */
  boolean lengthFits() {
    if (theirsEnded && head().bodyLength() > 0) {
      fail(Why.PROTOCOL_ERROR);
      return false;
    }
    endTold = theirsEnded;
    return true;
  }

  // ---- from the client
  // ---------------------------------------------------------------------------------------------

  /** @param counted bytes of the frame that count against the window, padding included */
  void data(ByteString bytes, int counted, boolean last) {
    receiveWindow -= counted;
    bodyBytes += bytes.size();
    if (receiveWindow < 0) {
      fail(Why.FLOW_CONTROL_ERROR);
      return;
    }
    long declared = head == null ? -1 : head.bodyLength();
    if (declared >= 0 && (bodyBytes > declared || last && bodyBytes < declared)) {
      fail(Why.PROTOCOL_ERROR);
      return;
    }
    theirsEnded = last;
    uncredited += counted - bytes.size();
    if (answered) {
      uncredited += bytes.size();
      return;
    }
    incoming = incoming.isEmpty() ? bytes : incoming.concat(bytes);
    handOn();
  }

  /** Hands on what of the body has come, if it is wanted. */
  private void handOn() {
    Arrival.Events listening = events;
    if (listening == null || !reading || paused || gone || answered) {
      return;
    }
    if (!incoming.isEmpty()) {
      byte[] bytes = incoming.toArrayUnsafe();
      incoming = NOTHING;
      credit(bytes.length);
      boolean inChunks = framed && head().bodyLength() == BodyLength.CHUNKED;
      listening.requestBody(
          inChunks ? Chunks.chunk(bytes, 0, bytes.length) : ByteString.fromArrayUnsafe(bytes));
    }
    if (theirsEnded && incoming.isEmpty() && !endTold && !paused && !gone && !answered) {
      endTold = true;
      connection.deadlines().clear(timeout);
      if (framed && head().bodyLength() == BodyLength.CHUNKED) {
        listening.requestBody(Chunks.LAST);
      }
      listening.requestEnd();
    } else if (!endTold && !gone && !answered) {
      connection.deadlines().set(timeout, connection.settings().bodyTimeout().toNanos());
    }
  }

  private void credit(int bytes) {
    uncredited += bytes;
    if (!theirsEnded && uncredited >= connection.settings().http2().windowBytes() / 2) {
      connection.write(Http2Frames.windowUpdate(id, uncredited));
      receiveWindow += uncredited;
      uncredited = 0;
    }
  }

  /** The client's own end of it, or that of the connection. */
  void gone() {
    if (!gone) {
      gone = true;
      outgoing = NOTHING;
      connection.deadlines().clear(timeout);
      connection.ended(this);
      if (!answered && events != null) {
        answered = true;
        events.clientGone();
      }
    }
  }

  /** Ends the stream with an error. */
  void fail(Why why) {
    if (!gone) {
      resetByUs = true;
      connection.write(Http2Frames.reset(id, why));
      gone();
      if (why == Why.PROTOCOL_ERROR || why == Why.FLOW_CONTROL_ERROR) {
        connection.countReset();
      }
    }
  }

  // ---- to the client
  // -----------------------------------------------------------------------------------------------

  /** @return false if the window would be too large, or nothing was added */
  boolean widen(int more) {
    sendWindow += more;
    return more > 0 && sendWindow <= Http2Frames.LARGEST_WINDOW;
  }

  /** The client's first window has changed by this much. */
  boolean shift(int more) {
    sendWindow += more;
    return sendWindow <= Http2Frames.LARGEST_WINDOW;
  }

  boolean hasMore() {
    return !gone && headSent && !endSent && (outgoing.nonEmpty() || oursEnded);
  }

  /** Sends one frame; returns its payload's bytes, or -1 if the windows are closed. */
  int sendFrame(Link link, long connectionWindow) {
    int size = (int) Math.min(
        Math.min(outgoing.size(), Http2Frames.PAYLOAD_BYTES),
        Math.max(0, Math.min(sendWindow, connectionWindow)));
    if (size == 0 && outgoing.nonEmpty()) {
      blocked = true;
      connection.deadlines().set(timeout, connection.settings().sendTimeout().toNanos());
      return -1;
    }
    boolean last = oursEnded && size == outgoing.size();
    link.write(Http2Frames.header(size, Http2Frames.DATA, last ? Http2Frames.END_STREAM : 0, id));
    if (size == outgoing.size()) {
      link.write(outgoing);
      outgoing = NOTHING;
    } else {
      link.write(outgoing.take(size));
      outgoing = outgoing.drop(size);
    }
    sendWindow -= size;
    if (last) {
      sentAll();
    }
    return size;
  }

  /** What waited has been sent. */
  void drained() {
    blocked = false;
    if (theirsEnded) {
      connection.deadlines().clear(timeout);
    }
    if (!answered && events != null) {
      events.clientDrained();
    }
  }

  private void sentAll() {
    endSent = true;
    connection.deadlines().clear(timeout);
    if (answered) {
      finish();
    }
  }

  /** Both sides are done: what the client still sends is not wanted. */
  private void finish() {
    if (gone) {
      return;
    }
    resetByUs = malformed || !theirsEnded;
    if (resetByUs) {
      connection.write(Http2Frames.reset(id, malformed ? Why.PROTOCOL_ERROR : Why.NO_ERROR));
    }
    gone = true;
    connection.ended(this);
  }

  @Override
  public HeadSink head(int status, String reason) {
    return connection.heads().response(status);
  }

  @Override
  public void headEnd(long bodyLength) {
    Http2HeadWriter heads = connection.heads();
    headSent = true;
    if (bodyLength >= 0) {
      heads.field("content-length", Long.toString(bodyLength));
      left = bodyLength;
    } else if (bodyLength == BodyLength.CHUNKED) {
      chunks = BodyReader.of(BodyLength.CHUNKED);
    }
    byte[] block = heads.finish();
    boolean last = bodyLength == 0 || bodyLength == BodyLength.NONE;
    oursEnded = last;
    if (!gone) {
      connection.write(Http2HeadWriter.frames(id, block, last));
    }
    if (last) {
      sentAll();
    }
  }

  @Override
  public boolean headSent() {
    return headSent;
  }

  @Override
  public void send(ByteString bytes) {
    if (gone) {
      return;
    }
    if (chunks != null) {
      byte[] framedBytes = bytes.toArrayUnsafe();
      chunks.read(framedBytes, 0, framedBytes.length, this);
      oursEnded |= chunks.done();
    } else {
      put(bytes);
    }
    if (hasMore() && !blocked) {
      blocked = true;
      connection.outbound().send(this);
      blocked = hasMore();
    }
  }

  /** What lies within the chunks of an answer. */
  @Override
  public void piece(byte[] bytes, int from, int to) {
    put(ByteString.fromArrayUnsafe(bytes, from, to - from));
  }

  private void put(ByteString bytes) {
    outgoing = outgoing.isEmpty() ? bytes : outgoing.concat(bytes);
    if (left >= 0) {
      left -= bytes.size();
      oursEnded = left <= 0;
    }
  }

  @Override
  public int unsent() {
    return outgoing.size();
  }

  @Override
  public void end() {
    if (answered) {
      return;
    }
    answered = true;
    if (!oursEnded && left > 0) {
      fail(Why.INTERNAL_ERROR);
      return;
    }
    oursEnded = true;
    if (endSent) {
      finish();
    } else if (!blocked) {
      blocked = true;
      connection.outbound().send(this);
    }
  }

  @Override
  public void breakOff() {
    if (!answered) {
      answered = true;
      fail(Why.INTERNAL_ERROR);
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
    return !endTold;
  }

  @Override
  public void listen(Arrival.Events events) {
    this.events = events;
  }

  @Override
  public void readBody(boolean framed) {
    this.framed = framed;
    reading = true;
    handOn();
  }

  @Override
  public void pauseBody() {
    paused = true;
    connection.deadlines().clear(timeout);
  }

  @Override
  public void resumeBody() {
    if (paused) {
      paused = false;
      handOn();
    }
  }

  @Override
  public void sendContinue() {
    if (!headSent && !gone && head().expectsContinue() && !theirsEnded) {
      byte[] block = connection.heads().response(100).finish();
      connection.write(Http2HeadWriter.frames(id, block, false));
    }
  }

  private final class Timeout extends Deadlines.Deadline {
    @Override
    protected void expired() {
      fail(Why.CANCEL);
    }
  }
}
