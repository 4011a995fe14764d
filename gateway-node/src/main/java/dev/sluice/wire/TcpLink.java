package dev.sluice.wire;

import akka.actor.ActorRef;
import akka.io.Tcp;
import akka.io.TcpMessage;
import akka.util.ByteString;
import java.util.concurrent.TimeUnit;

/**
 * A TCP connection, spoken to through its Akka IO actor. What is written while the worker handles one event goes out as
 * one write, and so does what is written while a write is under way: a head and the body behind it are one system call.
 */
public final class TcpLink implements Link {
  /** Told by the connection's actor when a write is through. */
  public record Written(TcpLink link) implements Tcp.Event {}

  /** Calls {@link TcpLink#flush} when the worker is done with the event at hand. */
  public interface Flusher {
    void flushLater(TcpLink link);
  }

  private static final long LAST_BYTES_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final ActorRef connection;
  private final ActorRef worker;
  private final Deadlines deadlines;
  private final Flusher flusher;
  private final Written written = new Written(this);
  private final Linger linger = new Linger();
  private Events events;
  private ByteString waiting = ByteString.emptyByteString();
  private int writing;
  private boolean paused;
  private boolean finishing;
  private boolean lingering;
  private boolean closed;

  /**
   * @param connection actor of the connection, already registered with the worker
   * @param worker that owns the link, and is the handler of the connection's actor
   */
  public TcpLink(
      ActorRef connection, ActorRef worker, Deadlines deadlines, Flusher flusher, Events events) {
    this.connection = connection;
    this.worker = worker;
    this.deadlines = deadlines;
    this.flusher = flusher;
    this.events = events;
  }

  public ActorRef connection() {
    return connection;
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
    if (waiting.isEmpty()) {
      waiting = bytes;
      if (writing == 0) {
        flusher.flushLater(this);
      }
    } else {
      waiting = waiting.concat(bytes);
    }
  }

  /** Hands on what waits to be written. Called by the worker. */
  public void flush() {
    if (writing > 0 || closed) {
      return;
    }
    if (waiting.nonEmpty()) {
      ByteString next = waiting;
      waiting = ByteString.emptyByteString();
      writing = next.size();
      connection.tell(TcpMessage.write(next, written), worker);
    } else if (finishing) {
      close();
    }
  }

  @Override
  public boolean reached() {
    return true;
  }

  @Override
  public int unsent() {
    return writing + waiting.size();
  }

  @Override
  public void pause() {
    if (!paused && !closed) {
      paused = true;
      connection.tell(TcpMessage.suspendReading(), worker);
    }
  }

  @Override
  public void resume() {
    if (paused && !closed) {
      paused = false;
      connection.tell(TcpMessage.resumeReading(), worker);
    }
  }

  @Override
  public void finish(boolean lingering) {
    if (closed || finishing) {
      return;
    }
    finishing = true;
    this.lingering = lingering;
    deadlines.set(linger, LAST_BYTES_NANOS);
    if (writing == 0) {
      flusher.flushLater(this);
    }
  }

  @Override
  public void abort() {
    if (!closed) {
      closed = true;
      deadlines.clear(linger);
      waiting = ByteString.emptyByteString();
      connection.tell(TcpMessage.abort(), worker);
    }
  }

  /** The write under way is through. Called by the worker. */
  public void onWritten() {
    writing = 0;
    flush();
    if (writing == 0 && !closed && !finishing) {
      events.drained();
    }
  }

  /** Bytes arrived. Called by the worker. */
  public void onReceived(ByteString bytes) {
    if (!closed && !finishing) {
      events.received(bytes);
    }
  }

  /** The connection's actor reports its end. Called by the worker; returns whether the link is gone. */
  public boolean onClosed(Tcp.ConnectionClosed end) {
    if (end.isPeerClosed()) {
      if (!closed && !finishing) {
        events.finished();
      }
      return false;
    }
    boolean told = closed;
    closed = true;
    deadlines.clear(linger);
    waiting = ByteString.emptyByteString();
    if (!told) {
      events.broken(end.isErrorClosed() ? end.getErrorCause() : "closed");
    }
    return true;
  }

  private void close() {
    deadlines.set(linger, LINGER_NANOS);
    if (lingering) {
      resume();
      connection.tell(TcpMessage.confirmedClose(), worker);
    } else {
      connection.tell(TcpMessage.close(), worker);
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
