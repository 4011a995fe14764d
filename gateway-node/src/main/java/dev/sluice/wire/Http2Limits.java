package dev.sluice.wire;

/**
 * The limits of one connection that speaks HTTP/2.
 *
 * @param headBytes longest head, and longest trailers, counted as RFC 9113 counts
 * @param headFields most fields of trailers
 * @param windowBytes of a body that the peer may send ahead on one stream
 * @param resets most streams that the peer may take back in ten seconds, or lose by errors of its own
 * @param controlFrames most frames in ten seconds that say nothing, beyond one for each frame that carries something
 * @param sendTimeoutNanos longest time in which the peer takes nothing of what was sent
 */
public record Http2Limits(
    int headBytes,
    int headFields,
    int windowBytes,
    int resets,
    int controlFrames,
    long sendTimeoutNanos) {}
