package dev.sluice.edge;

import akka.util.ByteString;
import dev.sluice.wire.HeadSink;
import java.nio.ByteBuffer;

/** The way back to one client. Head first, then the body, then {@link #end} or {@link #breakOff}, once. */
public interface Reply {
  /**
   * Begins the answer's head. The caller adds all fields but those that say where the body ends and whether the
   * connection goes on.
   */
  HeadSink head(int status, String reason);

  /** Ends the head. {@code bodyLength}: a number, or a constant of {@link dev.sluice.wire.BodyLength}. */
  void headEnd(long bodyLength);

  /** Whether {@link #headEnd} was called: from then on the status can't be changed. */
  boolean headSent();

  /** Whether fields behind a chunked body reach the client: it has said so, or speaks a protocol in which all do. */
  default boolean takesTrailers() {
    return false;
  }

  /** Sends bytes of the body; under chunked framing they carry it already. */
  void send(ByteString bytes);

  /** The same, from a buffer that is the caller's again when this returns. */
  default void sendLent(ByteBuffer bytes) {
    send(ByteString.fromByteBuffer(bytes));
  }

  /** Bytes that the client has not taken yet; a sender stops while there are many, see {@link Arrival.Events#clientDrained}. */
  int unsent();

  /** The answer is whole. */
  void end();

  /** The answer can't be made whole: the connection breaks so that the client sees it. */
  void breakOff();
}
