package dev.sluice.wire;

import akka.util.ByteString;
import dev.sluice.wire.Http2Frames.Why;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * HTTP/2 with one peer (RFC 9113), whichever of the two has begun: reads frames, keeps the windows and the compressed heads in
 * order, and hands each frame to the stream it belongs to. A peer that sends too many frames that say nothing is told to calm
 * down, and cut off.
 */
public final class Http2Session implements Link.Events {
  /** Whose connection it is. */
  public interface Owner {
    /** A head has come on a stream that is not open: a client's request. Never called on the client's side. */
    void opened(int stream, Http2Head head, boolean last);

    /** A stream is over, for whatever reason, and may be forgotten. */
    void ended();

    /** The peer takes no further streams, and will not look at those above {@code last}. */
    void goingAway(int last);

    /** The peer has answered a PING of ours. */
    void alive();

    /** The connection is over: every stream has been told. */
    void over(String why);
  }

  private static final int OWN_WINDOW = 1024 * 1024;
  private static final int CREDIT_FROM = OWN_WINDOW / 4;
  private static final int REMEMBERED = 128;
  private static final int UNLIMITED = Integer.MAX_VALUE;

  private final boolean client;
  private final Http2Limits limits;
  private final Deadlines deadlines;
  private final Link link;
  private final Owner owner;
  private final HeadBuffer buffer = new HeadBuffer();
  private final Http2HeadWriter heads = new Http2HeadWriter();
  private final Http2HeadReader compressed;
  private final ByteArrayOutputStream block = new ByteArrayOutputStream();
  private final Map<Integer, Http2Flow> flows = new HashMap<>();
  private final Http2Outbound outbound;
  private final Http2Calm calm;
  /** The streams that ended last, and whether it was our reset that ended them. */
  private final Map<Integer, Boolean> closed = new LinkedHashMap<>() {
    @Override
    protected boolean removeEldestEntry(Map.Entry<Integer, Boolean> eldest) {
      return size() > REMEMBERED;
    }
  };

  private boolean prefaceDue;
  private boolean settingsCame;
  private int blockStream;
  private boolean blockEndsStream;
  private int lastStream;
  private int theirFirstWindow = Http2Frames.FIRST_WINDOW;
  private int theirStreams = UNLIMITED;
  private int uncredited;
  private boolean over;

  private Http2Session(
      boolean client, Http2Limits limits, Deadlines deadlines, Link link, Owner owner) {
    this.client = client;
    this.limits = limits;
    this.deadlines = deadlines;
    this.link = link;
    this.owner = owner;
    this.prefaceDue = !client;
    this.lastStream = client ? -1 : 0;
    this.compressed = new Http2HeadReader(limits.headBytes());
    this.calm = new Http2Calm(limits);
    this.outbound = new Http2Outbound(
        link, deadlines, limits.sendTimeoutNanos(), () -> abort("the peer takes nothing"));
  }

  /**
   * Begins with a peer that has connected to us.
   *
   * @param streams how many it may have open at a time
   */
  public static Http2Session server(
      Http2Limits limits, int streams, Deadlines deadlines, Link link, Owner owner) {
    Http2Session session = new Http2Session(false, limits, deadlines, link, owner);
    link.write(Http2Frames.settings(
        Http2Frames.MAX_CONCURRENT_STREAMS,
        streams,
        Http2Frames.INITIAL_WINDOW_SIZE,
        limits.windowBytes(),
        Http2Frames.MAX_HEADER_LIST_SIZE,
        limits.headBytes(),
        Http2Frames.ENABLE_CONNECT_PROTOCOL,
        1));
    link.write(Http2Frames.windowUpdate(0, OWN_WINDOW - Http2Frames.FIRST_WINDOW));
    return session;
  }

  /** Begins with a peer that we have connected to. */
  public static Http2Session client(
      Http2Limits limits, Deadlines deadlines, Link link, Owner owner) {
    Http2Session session = new Http2Session(true, limits, deadlines, link, owner);
    link.write(Http2Frames.PREFACE);
    link.write(Http2Frames.settings(
        Http2Frames.ENABLE_PUSH,
        0,
        Http2Frames.INITIAL_WINDOW_SIZE,
        limits.windowBytes(),
        Http2Frames.MAX_HEADER_LIST_SIZE,
        limits.headBytes()));
    link.write(Http2Frames.windowUpdate(0, OWN_WINDOW - Http2Frames.FIRST_WINDOW));
    return session;
  }

  // ---- for the owner
  // -----------------------------------------------------------------------------------------------

  /**
   * The stream whose head has just come, or, on the client's side, the next one: its head must be sent at once.
   *
   * @param theirsEnded whether the peer has nothing more to say on it
   */
  public Http2Flow open(Http2Flow.Events events, boolean theirsEnded) {
    lastStream += client ? 2 : 0;
    Http2Flow flow = new Http2Flow(this, lastStream, events, theirsEnded, theirFirstWindow);
    flows.put(lastStream, flow);
    return flow;
  }

  /** Most streams that the peer lets us open at a time. */
  public int theirStreams() {
    return theirStreams;
  }

  public int open() {
    return flows.size();
  }

  /** Whether the peer has begun a head and not ended it. */
  public boolean headPending() {
    return blockStream != 0;
  }

  public boolean over() {
    return over;
  }

  /** Writes a head; see {@link Http2HeadWriter}. */
  public Http2HeadWriter heads() {
    return heads;
  }

  /** Tells the peer that we take no further streams. */
  public void goAway() {
    if (!over) {
      link.write(Http2Frames.goAway(Math.max(0, client ? 0 : lastStream), Why.NO_ERROR));
    }
  }

  /** Refuses a stream that was not opened: the peer may ask for the same again. */
  public void refuse(int stream) {
    refuse(stream, Why.REFUSED_STREAM);
  }

  /** Asks the peer for a sign of life. */
  public void ping() {
    if (!over) {
      link.write(Http2Frames.frame(Http2Frames.PING, 0, 0, new byte[8], 0, 8));
    }
  }

  /** Closes once all is sent. */
  public void close() {
    if (!over) {
      link.finish(false);
      end("closed");
    }
  }

  /** Closes at once. */
  public void abort(String why) {
    if (!over) {
      link.abort();
      end(why);
    }
  }

  // ---- from the link
  // -----------------------------------------------------------------------------------------------

  @Override
  public void received(ByteString bytes) {
    if (over) {
      return;
    }
    buffer.append(bytes);
    while (!over && (prefaceDue ? readPreface() : readFrame())) {}
    if (!over && uncredited >= CREDIT_FROM) {
      link.write(Http2Frames.windowUpdate(0, uncredited));
      uncredited = 0;
    }
  }

  @Override
  public void drained() {
    outbound.drained();
  }

  @Override
  public void finished() {
    if (flows.isEmpty()) {
      close();
    } else {
      abort("the peer closed the connection");
    }
  }

  @Override
  public void broken(String why) {
    if (!over) {
      end(why);
    }
  }

  private boolean readPreface() {
    int size = Http2Frames.PREFACE.size();
    if (buffer.size() < size) {
      return false;
    }
    for (int i = 0; i < size; i++) {
      if (buffer.array()[buffer.from() + i] != Http2Frames.PREFACE.apply(i)) {
        return fail(Why.PROTOCOL_ERROR);
      }
    }
    buffer.take(buffer.from() + size);
    prefaceDue = false;
    return true;
  }

  private boolean readFrame() {
    if (buffer.size() < Http2Frames.HEADER_BYTES) {
      return false;
    }
    byte[] bytes = buffer.array();
    int at = buffer.from();
    int length = Http2Frames.int32(bytes, at) >>> 8;
    if (length > Http2Frames.PAYLOAD_BYTES) {
      return fail(Why.FRAME_SIZE_ERROR);
    }
    if (buffer.size() < Http2Frames.HEADER_BYTES + length) {
      return false;
    }
    int from = at + Http2Frames.HEADER_BYTES;
    int type = bytes[at + 3];
    int flags = bytes[at + 4];
    int stream = Http2Frames.int31(bytes, at + 5);
    boolean inOrder = (settingsCame || type == Http2Frames.SETTINGS)
        && (blockStream == 0) == (type != Http2Frames.CONTINUATION)
        && (blockStream == 0 || stream == blockStream);
    if (!inOrder) {
      return fail(Why.PROTOCOL_ERROR);
    }
    buffer.take(from + length);
    frame(type, flags, stream, bytes, from, from + length);
    return true;
  }

  private void frame(int type, int flags, int stream, byte[] bytes, int from, int to) {
    switch (type) {
      case Http2Frames.DATA -> data(flags, stream, bytes, from, to);
      case Http2Frames.HEADERS -> headers(flags, stream, bytes, from, to);
      case Http2Frames.CONTINUATION -> fragment(flags, bytes, from, to);
      case Http2Frames.WINDOW_UPDATE -> windowUpdate(stream, bytes, from, to);
      case Http2Frames.RST_STREAM -> reset(stream, bytes, from, to);
      case Http2Frames.SETTINGS -> settings(flags, stream, bytes, from, to);
      case Http2Frames.PING -> ping(flags, stream, bytes, from, to);
      case Http2Frames.PRIORITY -> priority(stream, bytes, from, to);
      case Http2Frames.GOAWAY -> goAway(stream, bytes, from, to);
      case Http2Frames.PUSH_PROMISE -> fail(Why.PROTOCOL_ERROR);
      default -> countControl();
    }
  }

  private void data(int flags, int stream, byte[] bytes, int from, int to) {
    uncredited += to - from;
    if (stream == 0 || stream > lastStream || uncredited > OWN_WINDOW) {
      fail(uncredited > OWN_WINDOW ? Why.FLOW_CONTROL_ERROR : Why.PROTOCOL_ERROR);
      return;
    }
    int start = from;
    int end = to;
    if ((flags & Http2Frames.PADDED) != 0) {
      start++;
      end -= to > from ? bytes[from] & 255 : 0;
      if (end < start) {
        fail(Why.PROTOCOL_ERROR);
        return;
      }
    }
    boolean last = (flags & Http2Frames.END_STREAM) != 0;
    Http2Flow open = flows.get(stream);
    if (open == null || open.theirsEnded()) {
      lateData(stream);
    } else if (start == end && !last) {
      if (countControl()) {
        open.data(ByteString.emptyByteString(), to - from, false);
      }
    } else {
      calm.work();
      open.data(ByteString.fromArrayUnsafe(bytes, start, end - start), to - from, last);
    }
  }

  /** What an upstream had sent before it saw that the stream was given up is nobody's fault. */
  private void lateData(int stream) {
    if (!client || !Boolean.TRUE.equals(closed.get(stream))) {
      refuse(stream, Why.STREAM_CLOSED);
    }
  }

  private void headers(int flags, int stream, byte[] bytes, int from, int to) {
    int start = from;
    int end = to;
    if ((flags & Http2Frames.PADDED) != 0) {
      start++;
      end -= to > from ? bytes[from] & 255 : 0;
    }
    boolean prioritised = (flags & Http2Frames.WITH_PRIORITY) != 0;
    start += prioritised ? 5 : 0;
    if (stream % 2 == 0 || end < start || client && stream > lastStream) {
      fail(Why.PROTOCOL_ERROR);
      return;
    }
    if (prioritised && Http2Frames.int31(bytes, start - 5) == stream) {
      fail(Why.PROTOCOL_ERROR);
      return;
    }
    block.reset();
    blockStream = stream;
    blockEndsStream = (flags & Http2Frames.END_STREAM) != 0;
    fragment(flags, bytes, start, end);
  }

  private void fragment(int flags, byte[] bytes, int from, int to) {
    block.write(bytes, from, to - from);
    boolean whole = (flags & Http2Frames.END_HEADERS) != 0;
    if (block.size() > limits.headBytes()) {
      fail(Why.ENHANCE_YOUR_CALM);
    } else if (whole) {
      int stream = blockStream;
      blockStream = 0;
      head(stream);
    } else if (from == to) {
      countControl();
    }
  }

  /** A header block is whole: every one is decoded, whatever becomes of it, because later ones build on it. */
  private void head(int stream) {
    Http2Head gathered = new Http2Head(limits.headBytes());
    if (!compressed.read(block.toByteArray(), gathered::field)) {
      fail(Why.COMPRESSION_ERROR);
      return;
    }
    Http2Flow known = flows.get(stream);
    if (known != null) {
      if (known.theirsEnded()) {
        refuse(stream, Why.STREAM_CLOSED);
      } else {
        calm.work();
        known.head(gathered, blockEndsStream);
      }
    } else if (stream <= lastStream) {
      late(stream);
    } else {
      lastStream = stream;
      owner.opened(stream, gathered, blockEndsStream);
    }
  }

  /** A head on a stream that is over: it may have crossed our own reset; else the peer is mistaken about its streams. */
  private void late(int stream) {
    Boolean byUs = closed.get(stream);
    if (byUs == null) {
      fail(Why.PROTOCOL_ERROR);
    } else if (!byUs) {
      fail(Why.STREAM_CLOSED);
    } else {
      countControl();
    }
  }

  private void windowUpdate(int stream, byte[] bytes, int from, int to) {
    if (to - from != 4) {
      fail(Why.FRAME_SIZE_ERROR);
      return;
    }
    int more = Http2Frames.int31(bytes, from);
    if (stream == 0) {
      if (more == 0 || !outbound.widen(more)) {
        fail(more == 0 ? Why.PROTOCOL_ERROR : Why.FLOW_CONTROL_ERROR);
        return;
      }
    } else if (stream > lastStream) {
      fail(Why.PROTOCOL_ERROR);
      return;
    } else {
      Http2Flow of = flows.get(stream);
      if (of != null && !of.widen(more)) {
        of.fail(more == 0 ? Why.PROTOCOL_ERROR : Why.FLOW_CONTROL_ERROR);
      }
    }
    outbound.sendOn();
  }

  private void reset(int stream, byte[] bytes, int from, int to) {
    if (to - from != 4) {
      fail(Why.FRAME_SIZE_ERROR);
    } else if (stream == 0 || stream > lastStream) {
      fail(Why.PROTOCOL_ERROR);
    } else {
      Http2Flow gone = flows.get(stream);
      if ((client || countReset()) && gone != null) {
        gone.reset(Why.of(Http2Frames.int32(bytes, from)));
      }
    }
  }

  private void settings(int flags, int stream, byte[] bytes, int from, int to) {
    boolean ack = (flags & Http2Frames.ACK) != 0;
    if (stream != 0 || (to - from) % 6 != 0 || ack && from != to) {
      fail(stream != 0 ? Why.PROTOCOL_ERROR : Why.FRAME_SIZE_ERROR);
      return;
    }
    settingsCame = true;
    if (ack || !countControl()) {
      return;
    }
    for (int at = from; at < to; at += 6) {
      int key = (bytes[at] & 255) << 8 | bytes[at + 1] & 255;
      Why wrong = setting(key, Integer.toUnsignedLong(Http2Frames.int32(bytes, at + 2)));
      if (wrong != Why.NO_ERROR) {
        fail(wrong);
        return;
      }
    }
    link.write(Http2Frames.settingsAck());
    outbound.sendOn();
  }

  private Why setting(int key, long value) {
    switch (key) {
      case Http2Frames.HEADER_TABLE_SIZE ->
        heads.tableBytes((int) Math.min(value, Integer.MAX_VALUE));
      case Http2Frames.ENABLE_PUSH -> {
        return value > (client ? 0 : 1) ? Why.PROTOCOL_ERROR : Why.NO_ERROR;
      }
      case Http2Frames.MAX_CONCURRENT_STREAMS -> theirStreams = (int) Math.min(value, UNLIMITED);
      case Http2Frames.MAX_FRAME_SIZE -> {
        return value < Http2Frames.PAYLOAD_BYTES || value >= 1 << 24
            ? Why.PROTOCOL_ERROR
            : Why.NO_ERROR;
      }
      case Http2Frames.INITIAL_WINDOW_SIZE -> {
        if (value > Http2Frames.LARGEST_WINDOW) {
          return Why.FLOW_CONTROL_ERROR;
        }
        int more = (int) value - theirFirstWindow;
        theirFirstWindow = (int) value;
        for (Http2Flow flow : flows.values()) {
          if (!flow.shift(more)) {
            return Why.FLOW_CONTROL_ERROR;
          }
        }
      }
      default -> {}
    }
    return Why.NO_ERROR;
  }

  private void ping(int flags, int stream, byte[] bytes, int from, int to) {
    if (stream != 0 || to - from != 8) {
      fail(stream != 0 ? Why.PROTOCOL_ERROR : Why.FRAME_SIZE_ERROR);
    } else if ((flags & Http2Frames.ACK) != 0) {
      owner.alive();
    } else if (countControl()) {
      link.write(Http2Frames.frame(Http2Frames.PING, Http2Frames.ACK, 0, bytes, from, to));
    }
  }

  private void priority(int stream, byte[] bytes, int from, int to) {
    if (stream == 0) {
      fail(Why.PROTOCOL_ERROR);
    } else if (to - from != 5) {
      fail(Why.FRAME_SIZE_ERROR);
    } else if (Http2Frames.int31(bytes, from) == stream) {
      fail(Why.PROTOCOL_ERROR);
    } else {
      countControl();
    }
  }

  private void goAway(int stream, byte[] bytes, int from, int to) {
    if (stream != 0 || to - from < 8) {
      fail(stream != 0 ? Why.PROTOCOL_ERROR : Why.FRAME_SIZE_ERROR);
      return;
    }
    int last = Http2Frames.int31(bytes, from);
    owner.goingAway(last);
    if (client) {
      for (Http2Flow flow : new ArrayList<>(flows.values())) {
        if (flow.id() > last) {
          flow.gone(true, "the upstream is going away");
        }
      }
    }
  }

  // ---- for the streams
  // ---------------------------------------------------------------------------------------------

  /**
   * Counts a stream that the peer has taken back, or made us take back by an error of its own; false if it was one too
   * many.
   */
  boolean countReset() {
    if (!calm.reset()) {
      fail(Why.ENHANCE_YOUR_CALM);
    }
    return !over;
  }

  /** Counts a frame that says nothing; false if it was one too many. */
  private boolean countControl() {
    if (!calm.control()) {
      fail(Why.ENHANCE_YOUR_CALM);
    }
    return !over;
  }

  private void refuse(int stream, Why why) {
    if (countControl()) {
      link.write(Http2Frames.reset(stream, why));
    }
  }

  boolean isClient() {
    return client;
  }

  Http2Limits limits() {
    return limits;
  }

  Deadlines deadlines() {
    return deadlines;
  }

  Http2Outbound outbound() {
    return outbound;
  }

  void write(ByteString frames) {
    if (!over) {
      link.write(frames);
    }
  }

  /** A frame with something in it is going out. */
  void works() {
    calm.work();
  }

  /** A stream has ended on both sides. */
  void ended(Http2Flow flow) {
    if (flows.remove(flow.id()) != null) {
      closed.put(flow.id(), flow.resetByUs());
      outbound.forget(flow);
      owner.ended();
    }
  }

  private boolean fail(Why why) {
    if (!over) {
      link.write(Http2Frames.goAway(Math.max(0, client ? 0 : lastStream), why));
      link.finish(true);
      end("an error of HTTP/2: " + why);
    }
    return false;
  }

  private void end(String why) {
    over = true;
    outbound.end();
    new ArrayList<>(flows.values()).forEach(flow -> flow.gone(false, why));
    owner.over(why);
  }
}
