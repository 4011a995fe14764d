package dev.sluice.node;

import dev.sluice.edge.TlsEngines;
import dev.sluice.ingress.Certificate;
import dev.sluice.ingress.Reconciled;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
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

  /** Stands for all hosts. */
  static final String ANY_HOST = "*";

  private static final int MOST_CHOSEN = 10_000;
  private static final String TICKETS = "jdk.tls.server.enableSessionTicketExtension";

  /** Sessions that are kept at most, and for how long: as many as ingress-nginx has room for. */
  private static final int SESSIONS = 40_000;

  private static final int SESSION_SECONDS = 600;

  private final Supplier<Map<String, Certificate>> byHost;
  private final Certificate fallback;
  private final Predicate<String> asksForCertificates;
  private final BooleanSupplier ticketsWanted;
  private final SSLContext withTickets;
  private final SSLContext withoutTickets;
  private final Map<String, Certificate> chosen = new ConcurrentHashMap<>();

  Certificates(Supplier<Map<String, Certificate>> byHost, Certificate fallback)
      throws GeneralSecurityException {
    this(TlsProvider.JDK, byHost, fallback, host -> false, () -> false);
  }

  /**
   * @param provider of all cryptography
   * @param fallback for hosts without a certificate
   * @param asksForCertificates whether clients of a host are asked who they are; {@link #ANY_HOST}: of any
   * @param ticketsWanted whether clients keep their sessions, rather than this node
   */
  Certificates(
      TlsProvider provider,
      Supplier<Map<String, Certificate>> byHost,
      Certificate fallback,
      Predicate<String> asksForCertificates,
      BooleanSupplier ticketsWanted)
      throws GeneralSecurityException {
    this.asksForCertificates = asksForCertificates;
    this.byHost = byHost;
    this.fallback = fallback;
    this.ticketsWanted = ticketsWanted;
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
    SSLContext context = ticketsWanted.getAsBoolean() ? withTickets : withoutTickets;
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(PROTOCOLS);
    parameters.setApplicationProtocols(http2 ? HTTP_2 : HTTP_1);
    parameters.setUseCipherSuitesOrder(true);
    parameters.setWantClientAuth(!host.isEmpty() && asksForCertificates.test(host));
    engine.setSSLParameters(parameters);
    return engine;
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
    String host = sniHost(engine);
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
    Map<String, Certificate> all = byHost.get();
    Certificate own = all.get(host);
    int dot = host.indexOf('.');
    if (own == null && dot > 0) {
      own = all.get("*" + host.substring(dot));
    }
    if (own == null) {
      own = all.get(Reconciled.ALL_OTHER_HOSTS);
    }
    return own == null ? fallback : own;
  }

  private static String keyTypeOf(Certificate certificate) {
    return certificate.privateKey().getAlgorithm();
  }

  private static String sniHost(SSLEngine engine) {
    if (engine.getHandshakeSession() instanceof ExtendedSSLSession session) {
      for (SNIServerName name : session.getRequestedServerNames()) {
        if (name.getType() == StandardConstants.SNI_HOST_NAME) {
          return new SNIHostName(name.getEncoded()).getAsciiName().toLowerCase(Locale.ROOT);
        }
      }
    }
    return "";
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
