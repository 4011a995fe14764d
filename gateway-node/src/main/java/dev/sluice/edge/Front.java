package dev.sluice.edge;

import akka.util.ByteString;
import dev.sluice.wire.Deadlines;
import dev.sluice.wire.Http2Frames;
import dev.sluice.wire.Link;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a connection: looks at the first bytes, or at what TLS has agreed on, and hands over to whoever speaks
 * that protocol. Bytes that begin like HTTP/2 and then don't go on so are HTTP/1.1, which has its own word for them.
 */
final class Front implements Link.Events, Client {
  private Link link;
  private final Deadlines deadlines;
  private final Supplier<@Nullable String> agreed;
  private final Function<Link, ? extends Link.Events> http1;
  private final Function<Link, ? extends Link.Events> http2;
  private final Runnable whenOver;
  private final Timeout timeout = new Timeout();
  private ByteString first = ByteString.emptyByteString();

  /**
   * @param agreed the protocol that is known beforehand, as TLS names it; null if it must be seen
   * @param http1 makes who speaks HTTP/1.1 on this link from now on
   * @param http2 likewise HTTP/2
   */
  Front(
      Link link,
      Deadlines deadlines,
      long headTimeoutNanos,
      Supplier<@Nullable String> agreed,
      Function<Link, ? extends Link.Events> http1,
      Function<Link, ? extends Link.Events> http2,
      Runnable whenOver) {
    this.link = link;
    this.deadlines = deadlines;
    this.agreed = agreed;
    this.http1 = http1;
    this.http2 = http2;
    this.whenOver = whenOver;
    deadlines.set(timeout, headTimeoutNanos);
  }

  /** TLS has begun on the link. */
  void over(Link secured) {
    link = secured;
  }

  /** Somebody else has taken the connection over. */
  void leave() {
    deadlines.clear(timeout);
    whenOver.run();
  }

  @Override
  public void received(ByteString bytes) {
    first = first.isEmpty() ? bytes : first.concat(bytes);
    String protocol = agreed.get();
    if (protocol != null) {
      handOver(protocol.equals("h2") ? http2.apply(link) : http1.apply(link));
      return;
    }
    int known = Math.min(first.size(), Http2Frames.PREFACE.size());
    for (int i = 0; i < known; i++) {
      if (first.apply(i) != Http2Frames.PREFACE.apply(i)) {
        handOver(http1.apply(link));
        return;
      }
    }
    if (known == Http2Frames.PREFACE.size()) {
      handOver(http2.apply(link));
    }
  }

  private void handOver(Link.Events speaker) {
    leave();
    link.events(speaker);
    speaker.received(first);
  }

  @Override
  public void drained() {}

  @Override
  public void finished() {
    drain();
  }

  @Override
  public void broken(String why) {
    leave();
  }

  @Override
  public void drain() {
    leave();
    link.finish(false);
  }

  @Override
  public void abort() {
    leave();
    link.abort();
  }

  private final class Timeout extends Deadlines.Deadline {
    @Override
    protected void expired() {
      drain();
    }
  }
}
