package dev.sluice.edge;

import javax.net.ssl.SSLEngine;

/** Makes the TLS engine of each connection that a client opens. Safe for use by all workers at once. */
public interface TlsEngines {
  /**
   * @param host that the client has named, in lower case; empty if it named none or nobody asked, see {@link #asksForHost}
   * @param http2 whether HTTP/2 is offered besides HTTP/1.1
   */
  SSLEngine serverEngine(String host, boolean http2);

  /** Whether any host needs to be known before the handshake. */
  boolean asksForHost();
}
