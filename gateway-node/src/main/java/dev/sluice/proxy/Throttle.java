package dev.sluice.proxy;

import akka.util.ByteString;
import java.time.Duration;
import java.util.function.Consumer;

/** Lets the body of an answer through at a rate, after a first part that is free. */
final class Throttle {
  private static final Duration TURN = Duration.ofMillis(100);
  private static final double SECOND_NANOS = 1e9;

  private final Inbound request;
  private final long bytesPerSecond;
  private final long freeBytes;
  private final ProxyScope scope;
  private final Consumer<Boolean> waits;
  private final long startNanos = System.nanoTime();
  private ByteString waiting = ByteString.emptyByteString();
  private long sent;
  private boolean scheduled;
  private boolean ended;
  private boolean over;

  /** @param waits told whether its source must wait */
  Throttle(
      Inbound request,
      long bytesPerSecond,
      long freeBytes,
      ProxyScope scope,
      Consumer<Boolean> waits) {
    this.request = request;
    this.bytesPerSecond = bytesPerSecond;
    this.freeBytes = freeBytes;
    this.scope = scope;
    this.waits = waits;
  }

  void send(ByteString piece) {
    waiting = waiting.concat(piece);
    flush();
  }

  /** Nothing more will be sent. */
  void end() {
    ended = true;
    flush();
  }

  /** The client is gone; true if it had not been sent everything. */
  boolean stop() {
    boolean running = !over && ended;
    over = true;
    return running;
  }

  private void flush() {
    if (over) {
      return;
    }
    double seconds = (System.nanoTime() - startNanos) / SECOND_NANOS;
    long allowed = freeBytes + (long) (bytesPerSecond * seconds) + bytesPerSecond / 2 - sent;
    int now = (int) Math.max(0, Math.min(waiting.size(), allowed));
    if (now > 0) {
      request.send(waiting.take(now));
      waiting = waiting.drop(now);
      sent += now;
    }
    if (waiting.isEmpty()) {
      if (ended) {
        over = true;
        request.end();
      } else {
        waits.accept(false);
      }
    } else {
      waits.accept(true);
      if (!scheduled) {
        scheduled = true;
        scope.worker().after(TURN, () -> {
          scheduled = false;
          flush();
        });
      }
    }
  }
}
