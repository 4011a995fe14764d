package dev.sluice.edge;

import akka.util.ByteString;
import dev.sluice.wire.Deadlines;
import dev.sluice.wire.Link;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection on the event loop's selector. What is written in one round of the loop goes out as one write, and what
 * the kernel does not take waits until it does. Reads and writes go through buffers outside the heap that all links of
 * the worker share: a connection at rest has none.
 */
final class ChannelLink implements Link, EventLoop.Watched {
  private static final long LAST_BYTES_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(5);
  /** A fast peer has so many reads, then others have their turn. */
  private static final int READS_A_TURN = 4;

  /** What is less costs less to copy than to send by itself. */
  private static final int MUCH = 4096;

  private final SocketChannel channel;
  private final ChannelSockets sockets;
  private final SelectionKey key;
  private final Linger linger = new Linger();
  private Events events = NO_EVENTS;
  private ByteString waiting = ByteString.emptyByteString();
  private int watchedFor;
  /** Of a write that was not the loop's own: told at the end of the round, since whoever writes does not expect it. */
  private @Nullable IOException failure;
  /** Something has waited: when nothing does any more, that is told. */
  private boolean drains;

  private boolean queued;
  private boolean full;
  private boolean paused;
  private boolean ended;
  private boolean finishing;
  private boolean lingers;
  private boolean discards;
  private boolean closed;

  /** @param key of the channel, whose attachment is replaced */
  ChannelLink(SocketChannel channel, SelectionKey key, ChannelSockets sockets) {
    this.channel = channel;
    this.sockets = sockets;
    this.key = key;
    key.attach(this);
    watch();
  }

  @Override
  public void events(Events events) {
    this.events = events;
  }

  @Override
  public void write(ByteString bytes) {
    if (closed || finishing || bytes.isEmpty()) {
      return;
    }
    keep(bytes);
  }

  /** Much goes out at once, without a copy; little waits for the end of the round, and for what else goes with it. */
  @Override
  public void writeLent(ByteBuffer bytes) {
    if (closed || finishing || failure != null) {
      return;
    }
    if (bytes.remaining() >= MUCH && !full) {
      try {
        if (sendWaiting()) {
          channel.write(bytes);
          full = bytes.hasRemaining();
        }
      } catch (IOException e) {
        failure = e;
        full = false;
        flushLater();
        return;
      }
    }
    if (bytes.hasRemaining()) {
      keep(ByteString.fromByteBuffer(bytes));
      watch();
    }
  }

  private void keep(ByteString bytes) {
    waiting = waiting.isEmpty() ? bytes : waiting.concat(bytes);
    drains = true;
    flushLater();
  }

  @Override
  public boolean reached() {
    return true;
  }

  @Override
  public int unsent() {
    return waiting.size();
  }

  @Override
  public void pause() {
    if (!paused && !closed) {
      paused = true;
      watch();
    }
  }

  @Override
  public void resume() {
    if (paused && !closed) {
      paused = false;
      watch();
    }
  }

  @Override
  public void finish(boolean lingering) {
    if (!closed && !finishing) {
      finishing = true;
      lingers = lingering;
      sockets.deadlines().set(linger, LAST_BYTES_NANOS);
      flushLater();
    }
  }

  @Override
  public void abort() {
    if (!closed) {
      try {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      } catch (IOException e) {
        // Gone already: there is nobody who would have seen a reset.
      }
      close();
    }
  }

  @Override
  public void ready(int ops) {
    if ((ops & SelectionKey.OP_WRITE) != 0) {
      full = false;
      flushLater();
    }
    if ((ops & SelectionKey.OP_READ) != 0) {
      read();
    }
  }

  @Override
  public void failed(Throwable why) {
    abort();
    events.broken("an error of the gateway");
  }

  private void read() {
    ByteBuffer buffer = sockets.readBuffer();
    for (int reads = 0; reads < READS_A_TURN && !closed && wantsBytes(); reads++) {
      int size;
      try {
        size = channel.read(buffer.clear());
      } catch (IOException e) {
        breakOff(e);
        return;
      }
      if (size > 0 && !finishing) {
        events.lent(buffer.flip());
      } else if (size < 0) {
        peerFinished();
      }
      if (size < buffer.capacity()) {
        return;
      }
    }
  }

  private boolean wantsBytes() {
    return !ended && (!paused || discards);
  }

  private void peerFinished() {
    ended = true;
    watch();
    if (discards) {
      closeGently();
    } else if (!finishing) {
      events.finished();
    }
  }

  private void flushLater() {
    if (!queued && !full) {
      queued = true;
      sockets.flushLater(this);
    }
  }

  /** Sends what waits. Called by the loop at the end of a round. */
  void flush() {
    queued = false;
    if (closed || full) {
      return;
    }
    try {
      if (failure != null) {
        throw failure;
      }
      sendWaiting();
    } catch (IOException e) {
      breakOff(e);
      return;
    }
    watch();
    if (full) {
      return;
    }
    if (finishing) {
      lastBytesSent();
    } else if (drains) {
      drains = false;
      events.drained();
    }
  }

  /** Whether the kernel has taken all that waited. */
  private boolean sendWaiting() throws IOException {
    while (waiting.nonEmpty() && !full) {
      ByteBuffer buffer = sockets.writeBuffer().clear();
      waiting.copyToBuffer(buffer);
      int taken = channel.write(buffer.flip());
      full = buffer.hasRemaining();
      waiting = taken == waiting.size() ? ByteString.emptyByteString() : waiting.drop(taken);
    }
    return !full;
  }

  private void lastBytesSent() {
    if (!lingers || ended) {
      closeGently();
    } else if (!discards) {
      discards = true;
      sockets.deadlines().set(linger, LINGER_NANOS);
      try {
        channel.shutdownOutput();
      } catch (IOException e) {
        closeGently();
        return;
      }
      watch();
    }
  }

  private void closeGently() {
    close();
    events.broken("closed");
  }

  private void breakOff(IOException why) {
    close();
    events.broken(String.valueOf(why.getMessage()));
  }

  private void close() {
    closed = true;
    sockets.deadlines().clear(linger);
    waiting = ByteString.emptyByteString();
    try {
      channel.close();
    } catch (IOException e) {
      // It is closed all the same.
    }
    sockets.gone(this);
  }

  /** Tells the selector what is waited for, if that has changed. */
  private void watch() {
    int wanted = (wantsBytes() ? SelectionKey.OP_READ : 0) | (full ? SelectionKey.OP_WRITE : 0);
    if (wanted != watchedFor && !closed) {
      watchedFor = wanted;
      key.interestOps(wanted);
    }
  }

  /** A peer that neither takes our last bytes nor closes is not waited for any longer. */
  private final class Linger extends Deadlines.Deadline {
    @Override
    protected void expired() {
      abort();
    }
  }
}
