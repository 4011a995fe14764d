/**
 * Bytes to and from one peer, and the grammar of HTTP: links over TCP and TLS, message heads and body framing of HTTP/1.1, frames,
 * windows and streams of HTTP/2, whichever side has begun.
 *
 * <p>Knows nothing of routes, tenants or models, and never blocks: everything here runs on the thread of one worker.
 */
@NullMarked
package dev.sluice.wire;

import org.jspecify.annotations.NullMarked;
