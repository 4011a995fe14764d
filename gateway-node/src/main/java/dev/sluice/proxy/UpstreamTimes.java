package dev.sluice.proxy;

/** When the last upstream of a request did what: nanoseconds since it was asked, -1 for what has not happened. */
public final class UpstreamTimes {
  private long asked;
  private long connect = -1;
  private long head = -1;
  private long response = -1;

  void asked() {
    asked = System.nanoTime();
    connect = -1;
    head = -1;
  }

  void connected() {
    connect = System.nanoTime() - asked;
  }

  void headCame() {
    head = System.nanoTime() - asked;
  }

  void ended() {
    response = System.nanoTime() - asked;
  }

  /** Until there was a connection, an old one or a new one. */
  public long connectNanos() {
    return connect;
  }

  /** Until the answer's head had come. */
  public long headNanos() {
    return head;
  }

  /** Until the answer was whole. */
  public long responseNanos() {
    return response;
  }
}
