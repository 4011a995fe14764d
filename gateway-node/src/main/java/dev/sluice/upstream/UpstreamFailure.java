package dev.sluice.upstream;

/**
 * Why a call came to no good end.
 *
 * @param kind what happened, as far as a retry or a status depends on it
 * @param why for people and logs; names no credential
 */
public record UpstreamFailure(Kind kind, String why) {
  public enum Kind {
    /** No connection: refused, unknown host, TLS handshake failed. Nothing was sent. */
    UNREACHABLE,
    /** No connection within the connect time-out. Nothing was sent. */
    CONNECT_TIMEOUT,
    /** All connections are busy and the queue is full. Nothing was sent. */
    OVERLOADED,
    /** The upstream says that it has not looked at the request, such as one that is about to stop. */
    REFUSED,
    /** The connection closed before the first byte of an answer. */
    CLOSED,
    /** No byte came within the read time-out, and no head had come. */
    SILENT,
    /** What came is no answer of HTTP, or one above our limits. */
    MALFORMED,
    /** The answer broke off, or stalled, behind its head. */
    CUT
  }
}
