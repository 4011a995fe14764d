package dev.sluice.edge;

import javax.net.ssl.SSLEngine;

/** Makes the TLS engine of each connection that a client opens. Safe for use by all workers at once. */
public interface TlsEngines {
  SSLEngine serverEngine();
}
