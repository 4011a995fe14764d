package dev.sluice.edge;

import akka.util.ByteString;
import dev.sluice.wire.RequestHead;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.List;

/** One request: its head has arrived, its body may be on the way, its answer is owed. */
public interface Arrival extends Reply {
  /** What happens to a request after its head. */
  interface Events {
    /** A piece of the body, with its chunk framing if {@link Arrival#readBody} asked for that. */
    void requestBody(ByteString piece);

    /** The same, in a buffer that is only lent, see {@link dev.sluice.wire.Link.Events#lent}. */
    default void requestLent(ByteBuffer piece) {
      requestBody(ByteString.fromByteBuffer(piece));
    }

    /** The body is over. */
    void requestEnd();

    /** The client has taken all that was sent. */
    void clientDrained();

    /** The client is gone, or broke the rules of its body; nothing more happens, and nothing can be sent. */
    void clientGone();
  }

  /** Hears of a request that waits for somebody else, its body with the client: nothing can happen but that the client goes. */
  interface Waiting extends Events {
    @Override
    default void requestBody(ByteString piece) {}

    @Override
    default void requestEnd() {}

    @Override
    default void clientDrained() {}
  }

  RequestHead head();

  /** Whether it came over TLS. */
  boolean secure();

  InetSocketAddress client();

  /** Port that the client connected to. */
  int localPort();

  /** What the client has shown of itself, leaf first, as it came: whom to trust is not decided here. */
  List<X509Certificate> certificates();

  /** Whether client and port are those that a proxy tells of. */
  boolean proxied();

  /** Whether the body, if there is one, has not been read to its end. */
  boolean bodyPending();

  /** Names who hears of what happens from now on. */
  void listen(Events events);

  /**
   * Asks for the body, which until then waits with the client.
   *
   * @param framed pieces come as they were on the wire, with chunk sizes and trailers
   */
  void readBody(boolean framed);

  /** Asks for the whole body, without its framing, for somebody who hears of all from now on. */
  default void readWhole(Events events) {
    listen(events);
    sendContinue();
    readBody(false);
    if (!bodyPending()) {
      events.requestEnd();
    }
  }

  /** Holds the body back. */
  void pauseBody();

  void resumeBody();

  /** Tells a client that waits for it to send its body. */
  void sendContinue();
}
