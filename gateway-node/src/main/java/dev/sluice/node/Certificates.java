package dev.sluice.node;

import dev.sluice.edge.TlsEngines;
import dev.sluice.ingress.Certificate;
import dev.sluice.ingress.ClientSide;
import dev.sluice.ingress.GatewayWide;
import dev.sluice.ingress.Reconciled;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.StandardConstants;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Serves each handshake the certificate of the host that the client names: the host's own, else its wildcard's, else the
 * one for all others, else a generated one. A changed Secret counts from the next handshake on.
 */
final class Certificates extends X509ExtendedKeyManager implements TlsEngines {
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
  private static final String[] HTTP_1 = {"http/1.1"};
  private static final String[] HTTP_2 = {"h2", "http/1.1"};
  private static final String FALLBACK = "";
  private static final Set<String> OF_TLS13 =
      Set.of("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256");

  /** Stands for all hosts. */
  static final String ANY_HOST = "*";

  private static final int MOST_CHOSEN = 10_000;
  private static final String TICKETS = "jdk.tls.server.enableSessionTicketExtension";

  /** Sessions that are kept at most, and for how long: as many as ingress-nginx has room for. */
  private static final int SESSIONS = 40_000;

  private static final int SESSION_SECONDS = 600;

  private final TlsProvider provider;
  private final Supplier<Map<String, Certificate>> byHost;
  private final Certificate fallback;
  private final Predicate<String> asksForCertificates;
  private final Supplier<GatewayWide> wide;
  private final SSLContext withTickets;
  private final SSLContext withoutTickets;
  private final Map<String, Certificate> chosen = new ConcurrentHashMap<>();

  Certificates(Supplier<Map<String, Certificate>> byHost, Certificate fallback)
      throws GeneralSecurityException {
    this(TlsProvider.JDK, byHost, fallback, host -> false, () -> GatewayWide.DEFAULT);
  }

  /**
   * @param provider of all cryptography
   * @param fallback for hosts without a certificate
   * @param asksForCertificates whether clients of a host are asked who they are; {@link #ANY_HOST}: of any
   * @param wide what holds for all hosts: who keeps sessions, versions, ciphers, and whether other hosts are refused
   */
  Certificates(
      TlsProvider provider,
      Supplier<Map<String, Certificate>> byHost,
      Certificate fallback,
      Predicate<String> asksForCertificates,
      Supplier<GatewayWide> wide)
      throws GeneralSecurityException {
    this.asksForCertificates = asksForCertificates;
    this.provider = provider;
    this.byHost = byHost;
    this.fallback = fallback;
    this.wide = wide;
    this.withTickets = context(provider, true);
    this.withoutTickets = context(provider, false);
    withoutTickets.getServerSessionContext().setSessionCacheSize(SESSIONS);
    withoutTickets.getServerSessionContext().setSessionTimeout(SESSION_SECONDS);
  }

  /** The JDK asks for its property while a context is made, and never again for that context. */
  private SSLContext context(TlsProvider provider, boolean tickets)
      throws GeneralSecurityException {
    synchronized (Certificates.class) {
      String before = System.getProperty(TICKETS);
      System.setProperty(TICKETS, Boolean.toString(tickets));
      try {
        SSLContext made = provider.context();
        made.init(new KeyManager[] {this}, new TrustManager[] {new Anybody()}, null);
        return made;
      } finally {
        if (before == null) {
          System.clearProperty(TICKETS);
        } else {
          System.setProperty(TICKETS, before);
        }
      }
    }
  }

  @Override
  public boolean asksForHost() {
    return asksForCertificates.test(ANY_HOST);
  }

  @Override
  public SSLEngine serverEngine(String host, boolean http2) {
    GatewayWide now = wide.get();
    SSLContext context = now.sessionTickets() ? withTickets : withoutTickets;
    SSLEngine engine = provider.engine(context);
    engine.setUseClientMode(false);
    SSLParameters parameters = engine.getSSLParameters();
    ClientSide clients = now.clients();
    parameters.setProtocols(
        clients.tlsVersions().isEmpty() ? PROTOCOLS : clients.tlsVersions().toArray(String[]::new));
    if (!clients.tlsCiphers().isEmpty()) {
      parameters.setCipherSuites(ciphers(engine, clients.tlsCiphers()));
    }
    if (clients.knownHostsOnly()) {
      parameters.setSNIMatchers(List.of(new Known()));
    }
    parameters.setApplicationProtocols(http2 ? HTTP_2 : HTTP_1);
    parameters.setUseCipherSuitesOrder(true);
    parameters.setWantClientAuth(!host.isEmpty() && asksForCertificates.test(host));
    engine.setSSLParameters(parameters);
    return engine;
  }

  /** Those of TLS 1.2 that are wanted and there are, and all of TLS 1.3. */
  private static String[] ciphers(SSLEngine engine, List<String> wanted) {
    List<String> supported = List.of(engine.getSupportedCipherSuites());
    List<String> all = new ArrayList<>(wanted);
    all.retainAll(supported);
    if (all.isEmpty()) {
      return engine.getEnabledCipherSuites();
    }
    supported.stream().filter(OF_TLS13::contains).forEach(all::add);
    return all.toArray(String[]::new);
  }

  /** Refuses handshakes for hosts that have no certificate. */
  private final class Known extends SNIMatcher {
    Known() {
      super(StandardConstants.SNI_HOST_NAME);
    }

    @Override
    public boolean matches(SNIServerName name) {
      return ownOf(hostIn(name)) != null;
    }
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
    String host = sniHost(engine);
    if (wide.get().clients().knownHostsOnly() && ownOf(host) == null) {
      return null;
    }
    Certificate certificate = certificateOf(host);
    if (!keyTypeOf(certificate).equals(keyType)) {
      return null;
    }
    if (certificate.equals(fallback)) {
      return FALLBACK;
    }
    if (chosen.size() > MOST_CHOSEN) {
      chosen.clear();
    }
    String alias = host + "#" + certificate.hashCode();
    chosen.put(alias, certificate);
    return alias;
  }

  private Certificate certificateOf(String host) {
    Certificate own = ownOf(host);
    if (own == null) {
      own = byHost.get().get(Reconciled.ALL_OTHER_HOSTS);
    }
    return own == null ? fallback : own;
  }

  /** The host's own, or its wildcard's; null if it has none. */
  private @Nullable Certificate ownOf(String host) {
    Map<String, Certificate> all = byHost.get();
    Certificate own = host.isEmpty() ? null : all.get(host);
    int dot = host.indexOf('.');
    return own == null && dot > 0 ? all.get("*" + host.substring(dot)) : own;
  }

  private static String keyTypeOf(Certificate certificate) {
    return certificate.privateKey().getAlgorithm();
  }

  private static String sniHost(SSLEngine engine) {
    if (engine.getHandshakeSession() instanceof ExtendedSSLSession session) {
      for (SNIServerName name : session.getRequestedServerNames()) {
        if (name.getType() == StandardConstants.SNI_HOST_NAME) {
          return hostIn(name);
        }
      }
    }
    return "";
  }

  private static String hostIn(SNIServerName name) {
    return new SNIHostName(name.getEncoded()).getAsciiName().toLowerCase(Locale.ROOT);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    List<X509Certificate> chain = aliased(alias).chain();
    return chain.toArray(X509Certificate[]::new);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return aliased(alias).privateKey();
  }

  private Certificate aliased(String alias) {
    Certificate certificate = chosen.get(alias);
    return certificate == null ? fallback : certificate;
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }
}
