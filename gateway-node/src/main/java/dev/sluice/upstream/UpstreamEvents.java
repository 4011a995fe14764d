package dev.sluice.upstream;

import akka.util.ByteString;
import dev.sluice.wire.ResponseHead;
import java.nio.ByteBuffer;

/** What a call hears. Either {@link #responseEnd} or {@link #failed} comes last. */
public interface UpstreamEvents {
  /** There is a connection for this call: it may send its request. */
  void connected(UpstreamConnection connection);

  /** A head came. Interim ones (1xx) are followed by another. */
  void responseHead(ResponseHead head);

  /** A piece of the body, with its chunk framing if {@link UpstreamConnection#framed} asked for it. */
  void responseBody(ByteString piece);

  /** The same, in a buffer that is only lent, see {@link dev.sluice.wire.Link.Events#lent}. */
  default void responseLent(ByteBuffer piece) {
    responseBody(ByteString.fromByteBuffer(piece));
  }

  /** The answer is whole. The connection is no longer this call's. */
  void responseEnd();

  /** All that was sent has left. */
  void upstreamDrained();

  /** There will be no answer, or no more of it. The connection is no longer this call's. */
  void failed(UpstreamFailure failure);
}
