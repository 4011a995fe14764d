package dev.sluice.upstream;

import akka.util.ByteString;
import dev.sluice.wire.HeadSink;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;

/**
 * What a call sends its request by, over HTTP/1.1 a connection of its own, over HTTP/2 a stream. It is the call's from
 * {@link UpstreamEvents#connected} until the call has ended, failed, or was given up.
 */
public interface UpstreamConnection {
  /**
   * Begins the request. The caller adds all fields but those that say where the body ends, Host first, and ends the head in
   * the same turn.
   *
   * @param readTimeout longest silence of the upstream once the request is sent
   * @param sendTimeout longest time in which the upstream takes nothing of the request's body
   */
  HeadSink request(String method, String target, Duration readTimeout, Duration sendTimeout);

  /** The same in HTTP/1.0; over HTTP/2 there is no such thing, and it is an ordinary request. */
  HeadSink request10(String method, String target, Duration readTimeout, Duration sendTimeout);

  /** What an application is told beside the header fields, where FastCGI is spoken; before the request begins. */
  default void params(Map<String, String> params) {}

  /** Ends the request's head. {@code bodyLength}: 0 for none, a number, or chunked. */
  void headEnd(long bodyLength);

  /**
   * Pieces of a chunked body come with their framing, so that they can be passed on as they are.
   *
   * @param trailersToo whether fields behind the body are wanted: those that may stand there
   */
  void framed(boolean trailersToo);

  /** Sends a piece of the request's body, or of another protocol; under chunked framing it carries it already. */
  void send(ByteString bytes);

  /** The same, from a buffer that is the caller's again when this returns. */
  default void sendLent(ByteBuffer bytes) {
    send(ByteString.fromByteBuffer(bytes));
  }

  /** The request's body is over. */
  void sent();

  /** Bytes that the upstream has not taken yet; see {@link UpstreamEvents#upstreamDrained}. */
  int unsent();

  /** Holds the answer back. */
  void pause();

  void resume();

  /** The call is given up: the upstream sees its request taken back, and nothing more is told. */
  void cancel();
}
