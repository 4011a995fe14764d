package dev.sluice.edge;

/** Counts the frames that cost a client nothing and us something, on one connection, over ten seconds at a time. */
final class Http2Calm {
  private static final long NANOS = 10_000_000_000L;

  private final Http2Settings settings;
  private long since = System.nanoTime();
  private int resets;
  private int controls;

  Http2Calm(Http2Settings settings) {
    this.settings = settings;
  }

  /** A request was taken back; false if that was one too many. */
  boolean reset() {
    forgetOld();
    return ++resets <= settings.resets();
  }

  /** A frame that says nothing has come; false if that was one too many. */
  boolean control() {
    forgetOld();
    return ++controls <= settings.controlFrames();
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
