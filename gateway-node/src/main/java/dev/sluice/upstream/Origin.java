package dev.sluice.upstream;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where connections go, and how. Connections are shared by all requests with an equal origin.
 *
 * @param host name or address; a name is looked up for each new connection
 * @param port 1 to 65535
 * @param tlsName null for plain TCP; else the name that is sent (SNI) and that the peer's certificate must cover
 * @param http2 whether HTTP/2 is spoken: over TLS if the peer agrees, and else without asking
 * @param fastCgi whether FastCGI is spoken
 * @param tls null for the authorities that the JDK trusts, and a name that is always sent and verified
 */
public record Origin(
    String host,
    int port,
    @Nullable String tlsName,
    @Nullable Tls tls,
    boolean http2,
    boolean fastCgi) {
  /**
   * TLS other than usual.
   *
   * @param authorities whom to trust; empty for those of the JDK
   * @param chain what the gateway shows of itself, leaf first; empty for nothing
   */
  public record Tls(
      boolean verify,
      boolean sendsName,
      List<X509Certificate> authorities,
      List<X509Certificate> chain,
      @Nullable PrivateKey key,
      List<String> protocols) {
    /** Whoever answers is spoken to. */
    public static final Tls UNVERIFIED =
        new Tls(false, false, List.of(), List.of(), null, List.of("TLSv1.2", "TLSv1.3"));

    /** The same, and it is told which name is meant. */
    public static final Tls UNVERIFIED_BY_NAME =
        new Tls(false, true, List.of(), List.of(), null, List.of("TLSv1.2", "TLSv1.3"));

    @Override
    public String toString() {
      return verify ? "verified" : "unverified";
    }
  }

  public Origin(String host, int port, @Nullable String tlsName, @Nullable Tls tls) {
    this(host, port, tlsName, tls, false, false);
  }

  public Origin(String host, int port, @Nullable String tlsName) {
    this(host, port, tlsName, null);
  }

  public static Origin plain(String host, int port) {
    return new Origin(host, port, null);
  }

  /** The same peer, spoken to in HTTP/2. */
  public Origin overHttp2() {
    return new Origin(host, port, tlsName, tls, true, false);
  }

  /** The same peer, spoken to in FastCGI. */
  public Origin overFastCgi() {
    return new Origin(host, port, tlsName, tls, false, true);
  }

  @Override
  public String toString() {
    return (http2 ? "h2:" : fastCgi ? "fcgi:" : "") + (tlsName == null ? "" : "tls:") + host + ":"
        + port;
  }
}
