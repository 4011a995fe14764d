/**
 * Connections to what lies behind the gateway: HTTP/1.1 and HTTP/2 over TCP or TLS, pooled per worker and origin.
 *
 * <p>Sends what it is given and tells what comes back. Never chooses an endpoint, never retries, never changes a field.
 */
@NullMarked
package dev.sluice.upstream;

import org.jspecify.annotations.NullMarked;
