package dev.sluice.wire;

/** Counts the frames that cost a peer nothing and us something, on one connection, over ten seconds at a time. */
final class Http2Calm {
  private static final long NANOS = 10_000_000_000L;

  private final Http2Limits limits;
  private long since = System.nanoTime();
  private int resets;
  private int controls;

  Http2Calm(Http2Limits limits) {
    this.limits = limits;
  }

  /** A stream was taken back; false if that was one too many. */
  boolean reset() {
    forgetOld();
    return ++resets <= limits.resets();
  }

  /** A frame that says nothing has come; false if that was one too many. */
  boolean control() {
    forgetOld();
    return ++controls <= limits.controlFrames();
  }

  /** A frame that carries something came or went: who measures the way by a PING for each is no nuisance. */
  void work() {
    if (controls > 0) {
      controls--;
    }
  }

  private void forgetOld() {
    long now = System.nanoTime();
    if (now - since > NANOS) {
      since = now;
      resets = 0;
      controls = 0;
    }
  }
}
