package dev.sluice.wire;

/** How a message says where its body ends: a number of bytes from 0, or one of these. */
public final class BodyLength {
  /** In chunks, the last one empty. */
  public static final long CHUNKED = -1;
  /** With the connection. Responses only. */
  public static final long UNTIL_CLOSE = -2;
  /** There is none, and the fields say nothing of ours about it: answers to HEAD, 204, 304. */
  public static final long NONE = -3;
  /** The connection is another protocol's from here on: 101. */
  public static final long TUNNEL = -4;

  private BodyLength() {}
}
