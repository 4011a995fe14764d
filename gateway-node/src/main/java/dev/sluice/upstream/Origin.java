package dev.sluice.upstream;

import org.jspecify.annotations.Nullable;

/**
 * Where connections go, and how. Connections are shared by all requests with an equal origin.
 *
 * @param host name or address; a name is looked up for each new connection
 * @param port 1 to 65535
 * @param tlsName null for plain TCP; else the name that is sent (SNI) and that the peer's certificate must cover
 */
public record Origin(String host, int port, @Nullable String tlsName) {
  public static Origin plain(String host, int port) {
    return new Origin(host, port, null);
  }

  @Override
  public String toString() {
    return (tlsName == null ? "" : "tls:") + host + ":" + port;
  }
}
