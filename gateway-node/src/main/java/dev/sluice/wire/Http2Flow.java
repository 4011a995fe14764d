package dev.sluice.wire;

import akka.util.ByteString;
import dev.sluice.wire.Http2Frames.Why;
import org.jspecify.annotations.Nullable;

/**
 * One stream of HTTP/2, both ways: windows, pieces, ends. What is sent in the chunked framing of HTTP/1.1 is taken out of it,
 * trailers too; what comes is handed on without.
 */
public final class Http2Flow implements BodyReader.Payload {
  /** Whose stream it is. */
  public interface Events {
    /** A head has come that is not the end of the body: on the client's side an answer's, interim ones first. */
    void head(Http2Head head, boolean last);

    /** A piece of the body. */
    void body(ByteString piece);

    /** The body is over. */
    void bodyEnd(@Nullable Fields trailers);

    /** All that was given to send has gone to the link. */
    void drained();

    /** The peer's window has been closed for too long. */
    void stalled();

    /**
     * The stream is over before its time; nothing more happens.
     *
     * @param untouched whether the peer says that it has not looked at it
     */
    void gone(boolean untouched, String why);
  }

  private static final ByteString NOTHING = ByteString.emptyByteString();

  private final Http2Session session;
  private final int id;
  private final Events events;
  private final Stalled stalled = new Stalled();
  private ByteString incoming = NOTHING;
  private @Nullable Fields trailers;
  private int receiveWindow;
  private int uncredited;
  private long expected = -1;
  private long received;
  private boolean headsDue;
  private boolean reading;
  private boolean paused;
  private boolean theirsEnded;
  private boolean endTold;

  private ByteString outgoing = NOTHING;
  private long sendWindow;
  private @Nullable BodyReader chunks;
  private long left = -1;
  private boolean headSent;
  private boolean oursEnded;
  private boolean endSent;
  private boolean blocked;
  private @Nullable Why closing;
  private boolean gone;
  private boolean resetByUs;

  Http2Flow(Http2Session session, int id, Events events, boolean theirsEnded, int sendWindow) {
    this.session = session;
    this.id = id;
    this.events = events;
    this.theirsEnded = theirsEnded;
    this.sendWindow = sendWindow;
    this.receiveWindow = session.limits().windowBytes();
  }

  int id() {
    return id;
  }

  /** Whether the peer has said all that it has to say. */
  public boolean theirsEnded() {
    return theirsEnded;
  }

  /** Whether nothing can be sent any more. */
  public boolean isGone() {
    return gone;
  }

  /** Whether the peer may not know yet that it is over. */
  boolean resetByUs() {
    return resetByUs;
  }

  // ---- from the peer
  // -----------------------------------------------------------------------------------------------

  /** Heads come before the body, and are handed on until one was the last: see {@link #headsOver}. */
  public void awaitHeads() {
    headsDue = true;
  }

  /** The head was the one before the body. */
  public void headsOver() {
    headsDue = false;
  }

  /** How many bytes of a body will come: more or fewer end the stream with an error. Negative for any number. */
  public void expect(long bytes) {
    expected = bytes;
  }

  void head(Http2Head head, boolean last) {
    if (headsDue) {
      events.head(head, last);
      if (last && !gone) {
        data(NOTHING, 0, true);
      }
    } else if (!last) {
      fail(Why.PROTOCOL_ERROR);
    } else {
      trailers = head.trailers(session.limits().headFields());
      if (trailers == null) {
        fail(Why.PROTOCOL_ERROR);
      } else {
        data(NOTHING, 0, true);
      }
    }
  }

  /** @param counted bytes of the frame that count against the window, padding included */
  void data(ByteString bytes, int counted, boolean last) {
    receiveWindow -= counted;
    received += bytes.size();
    if (receiveWindow < 0) {
      fail(Why.FLOW_CONTROL_ERROR);
      return;
    }
    boolean misfits = expected >= 0 && (received > expected || last && received < expected);
    if (misfits || headsDue && !bytes.isEmpty()) {
      fail(Why.PROTOCOL_ERROR);
      return;
    }
    theirsEnded = last;
    uncredited += counted - bytes.size();
    if (closing != null) {
      uncredited += bytes.size();
      return;
    }
    incoming = incoming.isEmpty() ? bytes : incoming.concat(bytes);
    handOn();
  }

  /** The body is wanted: until now it waits, as much of it as the window lets the peer send ahead. */
  public void read() {
    reading = true;
    handOn();
  }

  /** Holds the body back. */
  public void pause() {
    paused = true;
  }

  public void resume() {
    if (paused) {
      paused = false;
      handOn();
    }
  }

  private void handOn() {
    if (!isRead()) {
      return;
    }
    if (!incoming.isEmpty()) {
      ByteString piece = incoming;
      incoming = NOTHING;
      credit(piece.size());
      events.body(piece);
    }
    if (theirsEnded && incoming.isEmpty() && !endTold && isRead()) {
      endTold = true;
      events.bodyEnd(trailers);
    }
  }

  private boolean isRead() {
    return reading && !paused && !gone && closing == null;
  }

  private void credit(int bytes) {
    uncredited += bytes;
    if (!theirsEnded && uncredited >= session.limits().windowBytes() / 2) {
      session.write(Http2Frames.windowUpdate(id, uncredited));
      receiveWindow += uncredited;
      uncredited = 0;
    }
  }

  /** The peer has ended the stream. A server that has answered may do so because it wants no more of the request. */
  void reset(Why why) {
    if (why == Why.NO_ERROR && isAnswered()) {
      sendNothingMore();
    } else {
      gone(why == Why.REFUSED_STREAM, "the stream was reset: " + why);
    }
  }

  /** The peer's own end of it, or that of the connection. An answer that is whole is still handed on. */
  void gone(boolean untouched, String why) {
    if (isAnswered()) {
      sendNothingMore();
      session.ended(this);
    } else if (!gone) {
      over();
      events.gone(untouched, why);
    }
  }

  private boolean isAnswered() {
    return session.isClient() && theirsEnded && !endTold && !gone;
  }

  private void sendNothingMore() {
    outgoing = NOTHING;
    oursEnded = true;
    endSent = true;
    session.deadlines().clear(stalled);
  }

  private void over() {
    gone = true;
    outgoing = NOTHING;
    session.deadlines().clear(stalled);
    session.ended(this);
  }

  /** Ends the stream with an error, for both sides. */
  public void fail(Why why) {
    if (!gone) {
      resetByUs = true;
      session.write(Http2Frames.reset(id, why));
      gone(false, "an error of HTTP/2: " + why);
      if (why == Why.PROTOCOL_ERROR || why == Why.FLOW_CONTROL_ERROR) {
        session.countReset();
      }
    }
  }

  /** Nothing more is wanted, and nothing more will be told. A peer that still sends, or waits for more, is told why. */
  public void close(Why why) {
    if (gone) {
      return;
    }
    resetByUs = !theirsEnded || !endSent || why == Why.PROTOCOL_ERROR;
    if (resetByUs) {
      session.write(Http2Frames.reset(id, why));
    }
    over();
  }

  // ---- to the peer
  // -------------------------------------------------------------------------------------------------

  /** @return false if the window would be too large, or nothing was added */
  boolean widen(int more) {
    sendWindow += more;
    return more > 0 && sendWindow <= Http2Frames.LARGEST_WINDOW;
  }

  /** The peer's first window has changed by this much. */
  boolean shift(int more) {
    sendWindow += more;
    return sendWindow <= Http2Frames.LARGEST_WINDOW;
  }

  /** Sends a head that another follows. */
  public void interim(byte[] block) {
    if (!gone) {
      session.write(Http2HeadWriter.frames(id, block, false));
    }
  }

  /**
   * Sends a head, compressed by {@link Http2Session#heads}.
   *
   * @param bodyLength what follows: a number or a constant of {@link BodyLength}. Without a body the stream ends here for our part
   */
  public void head(byte[] block, long bodyLength) {
    headSent = true;
    if (bodyLength > 0) {
      left = bodyLength;
    } else if (bodyLength == BodyLength.CHUNKED) {
      chunks = BodyReader.of(
          BodyLength.CHUNKED, session.limits().headBytes(), session.limits().headFields());
    }
    boolean last = bodyLength == 0 || bodyLength == BodyLength.NONE;
    oursEnded = last;
    if (!gone) {
      session.write(Http2HeadWriter.frames(id, block, last));
    }
    if (last) {
      sentAll();
    }
  }

  public boolean headSent() {
    return headSent;
  }

  /** Sends a piece of the body; after a chunked head with its framing, in any pieces. */
  public void send(ByteString bytes) {
    if (gone) {
      return;
    }
    if (chunks != null) {
      byte[] framed = bytes.toArrayUnsafe();
      chunks.read(framed, 0, framed.length, this);
      oursEnded |= chunks.done();
    } else {
      put(bytes);
    }
    push();
  }

  /** What lies within the chunks. */
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

  /** There is nothing more to send. */
  public void endSending() {
    if (!gone && !oursEnded && headSent) {
      oursEnded = true;
      push();
    }
  }

  /** Ends the stream behind what was given to send, whatever the peer may still say. */
  public void finish(Why why) {
    closing = why;
    incoming = NOTHING;
    if (!oursEnded && left > 0) {
      fail(Why.INTERNAL_ERROR);
      return;
    }
    oursEnded = true;
    if (endSent) {
      close(why);
    } else {
      push();
    }
  }

  private void push() {
    if (hasMore() && !blocked) {
      blocked = true;
      session.outbound().send(this);
      blocked = hasMore();
    }
  }

  /** Bytes that could not be sent yet. */
  public int unsent() {
    return outgoing.size();
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
      if (!session.deadlines().isSet(stalled)) {
        session.deadlines().set(stalled, session.limits().sendTimeoutNanos());
      }
      return -1;
    }
    session.deadlines().clear(stalled);
    session.works();
    boolean last = oursEnded && size == outgoing.size();
    Fields behind = last && chunks != null ? chunks.trailers() : null;
    if (size > 0 || behind == null) {
      boolean ends = last && behind == null;
      link.write(Http2Frames.header(size, Http2Frames.DATA, ends ? Http2Frames.END_STREAM : 0, id));
    }
    if (size == outgoing.size()) {
      link.write(outgoing);
      outgoing = NOTHING;
    } else {
      link.write(outgoing.take(size));
      outgoing = outgoing.drop(size);
    }
    sendWindow -= size;
    if (behind != null) {
      link.write(Http2HeadWriter.frames(id, block(behind), true));
    }
    if (last) {
      sentAll();
    }
    return size;
  }

  private byte[] block(Fields behind) {
    Http2HeadWriter writer = session.heads().trailers();
    for (int i = 0; i < behind.count(); i++) {
      writer.field(behind, i);
    }
    return writer.finish();
  }

  /** What waited has been sent. */
  void drained() {
    blocked = false;
    if (closing == null) {
      events.drained();
    }
  }

  private void sentAll() {
    endSent = true;
    session.deadlines().clear(stalled);
    if (closing != null) {
      close(closing);
    }
  }

  private final class Stalled extends Deadlines.Deadline {
    @Override
    protected void expired() {
      events.stalled();
    }
  }
}
