package dev.sluice.wire;

import java.util.ArrayDeque;
import java.util.Queue;

/** What the streams of one HTTP/2 connection send: as much as windows and the link allow, and in turns. */
final class Http2Outbound {
  /** Bytes that may wait in the link before streams are held back. */
  private static final int WRITE_AHEAD = 256 * 1024;

  private final Link link;
  private final Deadlines deadlines;
  private final long sendTimeoutNanos;
  private final Runnable whenStalled;
  private final Queue<Http2Flow> waiting = new ArrayDeque<>();
  private final Stalled stalled = new Stalled();
  private long window = Http2Frames.FIRST_WINDOW;
  private boolean sending;
  private boolean over;

  /** @param whenStalled called when the peer has taken nothing of what was written for so long */
  Http2Outbound(Link link, Deadlines deadlines, long sendTimeoutNanos, Runnable whenStalled) {
    this.link = link;
    this.deadlines = deadlines;
    this.sendTimeoutNanos = sendTimeoutNanos;
    this.whenStalled = whenStalled;
  }

  /** The connection's window is wider; false if it is wider than windows may be. */
  boolean widen(int more) {
    window += more;
    return window <= Http2Frames.LARGEST_WINDOW;
  }

  /** A stream has something to send. */
  void send(Http2Flow stream) {
    if (!over && !sendFrames(stream)) {
      waiting.add(stream);
    }
  }

  /** The link has taken all that was written. */
  void drained() {
    deadlines.clear(stalled);
    sendOn();
  }

  /** Lets those that wait send a frame each, in turns, until windows or the link are full. */
  void sendOn() {
    if (sending || over) {
      return;
    }
    sending = true;
    int stuck = 0;
    while (!over && window > 0 && link.unsent() < WRITE_AHEAD && stuck < waiting.size()) {
      Http2Flow next = waiting.remove();
      boolean went = sendFrame(next);
      if (next.hasMore()) {
        waiting.add(next);
        stuck = went ? 0 : stuck + 1;
      } else {
        stuck = 0;
        next.drained();
      }
    }
    sending = false;
    if (!over && !waiting.isEmpty() && link.unsent() >= WRITE_AHEAD) {
      deadlines.set(stalled, sendTimeoutNanos);
    }
  }

  /** Sends all frames that may go; false if something is left. */
  private boolean sendFrames(Http2Flow stream) {
    while (stream.hasMore()) {
      if (link.unsent() >= WRITE_AHEAD) {
        deadlines.set(stalled, sendTimeoutNanos);
        return false;
      }
      if (window <= 0 || !sendFrame(stream)) {
        return !stream.hasMore();
      }
    }
    return true;
  }

  private boolean sendFrame(Http2Flow stream) {
    int size = stream.sendFrame(link, window);
    window -= Math.max(0, size);
    return size >= 0;
  }

  void forget(Http2Flow stream) {
    waiting.remove(stream);
  }

  /** The connection is over. */
  void end() {
    over = true;
    deadlines.clear(stalled);
    waiting.clear();
  }

  private final class Stalled extends Deadlines.Deadline {
    @Override
    protected void expired() {
      whenStalled.run();
    }
  }
}
