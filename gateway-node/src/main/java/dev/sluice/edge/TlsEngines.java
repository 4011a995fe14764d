package dev.sluice.edge;

import javax.net.ssl.SSLEngine;

/** Makes the TLS engine of each connection that a client opens. Safe for use by all workers at once. */
public interface TlsEngines {
  /** @param http2 whether HTTP/2 is offered besides HTTP/1.1 */
  SSLEngine serverEngine(boolean http2);
}
