/**
 * Bytes to and from one peer, and the grammar of HTTP/1.1: links over TCP and TLS, message heads, body framing.
 *
 * <p>Knows nothing of routes, tenants or models, and never blocks: everything here runs on the thread of one worker.
 */
@NullMarked
package dev.sluice.wire;

import org.jspecify.annotations.NullMarked;
