package dev.sluice.edge;

import java.net.InetSocketAddress;

/** Who is at the other end of a connection that a client opened. */
final class Peer {
  private final boolean secure;
  private InetSocketAddress client;
  private int localPort;
  private boolean proxied;

  /**
   * @param localPort that the client connected to
   * @param secure whether it came over TLS
   */
  Peer(InetSocketAddress client, int localPort, boolean secure) {
    this.client = client;
    this.localPort = localPort;
    this.secure = secure;
  }

  /** A proxy tells, before the first request, who is behind it and which of its ports they connected to. */
  void behind(InetSocketAddress behind, int port) {
    client = behind;
    localPort = port;
    proxied = true;
  }

  InetSocketAddress client() {
    return client;
  }

  int localPort() {
    return localPort;
  }

  boolean secure() {
    return secure;
  }

  /** Whether client and port are those that a proxy tells of. */
  boolean proxied() {
    return proxied;
  }
}
