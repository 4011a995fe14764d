package dev.sluice.wire;

import akka.util.ByteString;
import java.nio.ByteBuffer;

/**
 * Bytes to and from one peer, in order. Belongs to one worker: every method is called, and every event arrives, on
 * that worker. After {@link Events#broken} or {@link #abort} nothing more happens.
 */
public interface Link {
  /** What happens on a link. */
  interface Events {
    /** Bytes from the peer, at least one. */
    void received(ByteString bytes);

    /**
     * The same, in a buffer that is only lent: whoever passes bytes on at once need not copy them. What is to be kept must be
     * copied before this returns.
     */
    default void lent(ByteBuffer bytes) {
      received(ByteString.fromByteBuffer(bytes));
    }

    /** All that was written has left for the peer: {@link Link#unsent} is 0. */
    void drained();

    /** The peer will send nothing more; it may still read. */
    void finished();

    /** The link is gone, by an error of either side or the peer's reset, or after {@link Link#finish}. */
    void broken(String why);
  }

  /** Tells nobody. */
  Events NO_EVENTS = new Events() {
    @Override
    public void received(ByteString bytes) {}

    @Override
    public void drained() {}

    @Override
    public void finished() {}

    @Override
    public void broken(String why) {}
  };

  /** Who is told from now on. */
  void events(Events events);

  /** Sends bytes behind those sent before. Never blocks: what can't go out yet is kept, see {@link #unsent}. */
  void write(ByteString bytes);

  /** The same, from a buffer that is the caller's again when this returns. */
  default void writeLent(ByteBuffer bytes) {
    write(ByteString.fromByteBuffer(bytes));
  }

  /** Whether the peer is known to be there: always over TCP, from the end of the handshake on over TLS. */
  boolean reached();

  /** Bytes written that the peer's side has not taken yet. A writer stops while there are many. */
  int unsent();

  /** No more bytes are wanted for now. A few that were already read may still arrive. */
  void pause();

  /** Bytes are wanted again. */
  void resume();

  /**
   * Closes once all is sent.
   *
   * @param lingering whether the peer may still be sending: what it sends is then thrown away for a while, because a
   *     close with bytes unread would reset the connection and the peer could lose our last words
   */
  void finish(boolean lingering);

  /** Closes at once; the peer sees a reset. */
  void abort();
}
