package dev.sluice.edge;

import akka.util.ByteString;
import dev.sluice.wire.Deadlines;
import dev.sluice.wire.HeadBuffer;
import dev.sluice.wire.Http2Frames;
import dev.sluice.wire.Http2Frames.Why;
import dev.sluice.wire.Http2HeadReader;
import dev.sluice.wire.Http2HeadWriter;
import dev.sluice.wire.Http2RequestHead;
import dev.sluice.wire.Link;
import dev.sluice.wire.Malformed;
import dev.sluice.wire.RequestHead;
import dev.sluice.wire.RequestRead;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * HTTP/2 with one client (RFC 9113): reads frames, keeps the windows, and runs each stream as a request of its own. Whoever
 * sends too many frames that say nothing is told to calm down, and cut off.
 */
final class Http2Connection implements Link.Events, Client {
  private static final int OWN_WINDOW = 1024 * 1024;
  private static final int CREDIT_FROM = OWN_WINDOW / 4;
  private static final int REMEMBERED = 128;

  private final EdgeSettings settings;
  private final Deadlines deadlines;
  private final Service service;
  private final Peer peer;
  private final Link link;
  private final Runnable whenOver;
  private final HeadBuffer buffer = new HeadBuffer();
  private final Http2HeadWriter heads = new Http2HeadWriter();
  private final Http2HeadReader compressed;
  private final ByteArrayOutputStream block = new ByteArrayOutputStream();
  private final Map<Integer, Http2Stream> streams = new HashMap<>();
  private final Http2Outbound outbound;
  private final Http2Calm calm;
  /** The streams that ended last, and whether it was our reset that ended them. */
  private final Map<Integer, Boolean> closed = new LinkedHashMap<>() {
    @Override
    protected boolean removeEldestEntry(Map.Entry<Integer, Boolean> eldest) {
      return size() > REMEMBERED;
    }
  };

  private final Timeout timeout = new Timeout();
  private boolean prefaceCame;
  private boolean settingsCame;
  private int blockStream;
  private boolean blockEndsStream;
  private int lastStream;
  private int theirFirstWindow = Http2Frames.FIRST_WINDOW;
  private int uncredited;
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
    this.link = link;
    this.whenOver = whenOver;
    this.compressed = new Http2HeadReader(settings.headBytes());
    this.calm = new Http2Calm(settings.http2());
    this.outbound =
        new Http2Outbound(link, deadlines, settings.sendTimeout().toNanos(), this::abort);
    link.write(Http2Frames.settings(
        Http2Frames.MAX_CONCURRENT_STREAMS,
        settings.http2().streams(),
        Http2Frames.INITIAL_WINDOW_SIZE,
        settings.http2().windowBytes(),
        Http2Frames.MAX_HEADER_LIST_SIZE,
        settings.headBytes()));
    link.write(Http2Frames.windowUpdate(0, OWN_WINDOW - Http2Frames.FIRST_WINDOW));
    deadlines.set(timeout, settings.headTimeout().toNanos());
  }

  @Override
  public void drain() {
    if (!over && !goingAway) {
      goingAway = true;
      link.write(Http2Frames.goAway(lastStream, Why.NO_ERROR));
      closeIfDone();
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
    if (over) {
      return;
    }
    buffer.append(bytes);
    while (!over && (prefaceCame ? readFrame() : readPreface())) {}
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
    if (streams.isEmpty()) {
      close();
    } else {
      abort();
    }
  }

  @Override
  public void broken(String why) {
    if (!over) {
      end();
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
    prefaceCame = true;
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
      case Http2Frames.RST_STREAM -> reset(stream, to - from);
      case Http2Frames.SETTINGS -> settings(flags, stream, bytes, from, to);
      case Http2Frames.PING -> ping(flags, stream, bytes, from, to);
      case Http2Frames.PRIORITY -> priority(stream, bytes, from, to);
      case Http2Frames.GOAWAY -> {
        if (stream != 0) {
          fail(Why.PROTOCOL_ERROR);
        } else {
          goingAway = true;
          closeIfDone();
        }
      }
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
    Http2Stream open = streams.get(stream);
    if (open == null || open.theirsEnded()) {
      refuse(stream, Why.STREAM_CLOSED);
    } else {
      if (start == end && !last && !countControl()) {
        return;
      }
      open.data(ByteString.fromArrayUnsafe(bytes, start, end - start), to - from, last);
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
    if (stream % 2 == 0 || end < start) {
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
    deadlines.set(timeout, settings.headTimeout().toNanos());
    fragment(flags, bytes, start, end);
  }

  private void fragment(int flags, byte[] bytes, int from, int to) {
    block.write(bytes, from, to - from);
    boolean whole = (flags & Http2Frames.END_HEADERS) != 0;
    if (block.size() > settings.headBytes()) {
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
    Http2RequestHead gathered = new Http2RequestHead(settings.headBytes());
    if (!compressed.read(block.toByteArray(), gathered::field)) {
      fail(Why.COMPRESSION_ERROR);
      return;
    }
    Http2Stream known = streams.get(stream);
    if (known != null) {
      if (known.theirsEnded()) {
        refuse(stream, Why.STREAM_CLOSED);
      } else if (blockEndsStream) {
        known.data(ByteString.emptyByteString(), 0, true);
      } else {
        known.fail(Why.PROTOCOL_ERROR);
      }
    } else if (stream <= lastStream) {
      late(stream);
    } else {
      lastStream = stream;
      if (goingAway || streams.size() >= settings.http2().streams()) {
        refuse(stream, Why.REFUSED_STREAM);
      } else {
        open(stream, gathered);
        if (++requests >= service.requestsPerConnection()) {
          drain();
        }
      }
    }
  }

  /** A head on a stream that is over: it may have crossed our own reset; else the client is mistaken about its streams. */
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

  private void open(int id, Http2RequestHead gathered) {
    RequestRead read =
        gathered.read(!blockEndsStream, settings.targetBytes(), settings.headFields());
    RequestHead head = read instanceof RequestHead good ? good : null;
    Http2Stream stream = new Http2Stream(this, id, head, blockEndsStream, theirFirstWindow);
    streams.put(id, stream);
    deadlines.clear(timeout);
    if (read instanceof Malformed malformed) {
      stream.malformed();
      service.malformed(malformed, stream);
    } else if (stream.lengthFits()) {
      service.arrived(stream);
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
      Http2Stream of = streams.get(stream);
      if (of != null && !of.widen(more)) {
        of.fail(more == 0 ? Why.PROTOCOL_ERROR : Why.FLOW_CONTROL_ERROR);
      }
    }
    outbound.sendOn();
  }

  private void reset(int stream, int length) {
    if (length != 4) {
      fail(Why.FRAME_SIZE_ERROR);
    } else if (stream == 0 || stream > lastStream) {
      fail(Why.PROTOCOL_ERROR);
    } else {
      Http2Stream gone = streams.get(stream);
      if (countReset() && gone != null) {
        gone.gone();
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
        return value > 1 ? Why.PROTOCOL_ERROR : Why.NO_ERROR;
      }
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
        for (Http2Stream stream : streams.values()) {
          if (!stream.shift(more)) {
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
    } else if ((flags & Http2Frames.ACK) == 0 && countControl()) {
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

  /**
   * Counts a request that the client has taken back, or made us take back by an error of its own; false if it was one
   * too many.
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

  Peer peer() {
    return peer;
  }

  EdgeSettings settings() {
    return settings;
  }

  Deadlines deadlines() {
    return deadlines;
  }

  Http2HeadWriter heads() {
    return heads;
  }

  void write(ByteString frames) {
    if (!over) {
      link.write(frames);
    }
  }

  Http2Outbound outbound() {
    return outbound;
  }

  /** A stream has ended on both sides. */
  void ended(Http2Stream stream) {
    if (streams.remove(stream.id()) != null) {
      closed.put(stream.id(), stream.resetByUs());
      outbound.forget(stream);
      closeIfDone();
    }
  }

  private void closeIfDone() {
    if (over || !streams.isEmpty()) {
      return;
    }
    if (goingAway) {
      close();
    } else {
      deadlines.set(timeout, settings.idleTimeout().toNanos());
    }
  }

  private boolean fail(Why why) {
    if (!over) {
      link.write(Http2Frames.goAway(lastStream, why));
      link.finish(true);
      end();
    }
    return false;
  }

  private void close() {
    if (!over) {
      if (!goingAway) {
        link.write(Http2Frames.goAway(lastStream, Why.NO_ERROR));
      }
      link.finish(false);
      end();
    }
  }

  private void end() {
    over = true;
    deadlines.clear(timeout);
    outbound.end();
    new ArrayList<>(streams.values()).forEach(Http2Stream::gone);
    whenOver.run();
  }

  private final class Timeout extends Deadlines.Deadline {
    @Override
    protected void expired() {
      if (streams.isEmpty() || blockStream != 0) {
        close();
      }
    }
  }
}
