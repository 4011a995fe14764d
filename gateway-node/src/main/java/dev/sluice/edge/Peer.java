package dev.sluice.edge;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Who is at the other end of a connection that a client opened. */
final class Peer {
  private final boolean secure;
  private final InetAddress local;
  private InetSocketAddress client;
  private int localPort;
  private boolean proxied;
  private @Nullable SSLEngine engine;

  /**
   * @param local address and port that the client connected to
   * @param secure whether it comes over TLS
   */
  Peer(InetSocketAddress client, InetSocketAddress local, boolean secure) {
    this.client = client;
    this.local = local.getAddress();
    this.localPort = local.getPort();
    this.secure = secure;
  }

  /** A proxy tells, before the first request, who is behind it and which of its ports they connected to. */
  void behind(InetSocketAddress behind, int port) {
    client = behind;
    localPort = port;
    proxied = true;
  }

  /** TLS has begun. */
  void over(SSLEngine engine) {
    this.engine = engine;
  }

  /** The protocol that TLS has agreed on, empty if none; null where there is no TLS. */
  @Nullable
  String agreed() {
    return engine == null ? null : engine.getApplicationProtocol();
  }

  /** The certificates that the client has shown, its own first; none if it has shown none. */
  List<X509Certificate> certificates() {
    List<X509Certificate> chain = new ArrayList<>();
    try {
      if (engine != null) {
        for (Certificate one : engine.getSession().getPeerCertificates()) {
          chain.add((X509Certificate) one);
        }
      }
    } catch (SSLPeerUnverifiedException e) {
      // it has shown none
    }
    return chain;
  }

  InetSocketAddress client() {
    return client;
  }

  /** Address of ours that the client, or the proxy before it, connected to. */
  InetAddress local() {
    return local;
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
