package dev.sluice.node;

import dev.sluice.upstream.Origin;
import dev.sluice.wire.Addresses;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS to upstreams: the JDK's trusted authorities, the peer's name always verified, unless the origin says otherwise.
 */
final class UpstreamTls implements Function<Origin, SSLEngine> {
  private static final int MOST_CONTEXTS = 10_000;
  private static final char[] NO_PASSWORD = new char[0];

  private final SSLContext usual;
  private final Map<Origin.Tls, SSLContext> others = new ConcurrentHashMap<>();

  UpstreamTls() {
    try {
      usual = SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has a default TLS context", e);
    }
  }

  @Override
  public SSLEngine apply(Origin origin) {
    String name = String.valueOf(origin.tlsName());
    Origin.Tls tls = origin.tls();
    SSLEngine engine = context(tls).createSSLEngine(name, origin.port());
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    if (tls == null || tls.verify()) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
    }
    if (tls != null) {
      parameters.setProtocols(tls.protocols().toArray(String[]::new));
    }
    if (origin.http2()) {
      parameters.setApplicationProtocols(new String[] {"h2"});
    }
    boolean sendsName = tls == null || tls.sendsName();
    parameters.setServerNames(
        sendsName && !Addresses.isAddress(name) ? List.of(new SNIHostName(name)) : List.of());
    engine.setSSLParameters(parameters);
    return engine;
  }

  private SSLContext context(Origin.@Nullable Tls tls) {
    if (tls == null) {
      return usual;
    }
    if (others.size() > MOST_CONTEXTS) {
      others.clear();
    }
    return others.computeIfAbsent(tls, UpstreamTls::make);
  }

  private static SSLContext make(Origin.Tls tls) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys(tls), tls.verify() ? trust(tls) : new TrustManager[] {new Anybody()}, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("certificates that were read before can be used", e);
    }
  }

  private static KeyManager @Nullable [] keys(Origin.Tls tls)
      throws GeneralSecurityException, IOException {
    if (tls.key() == null) {
      return null;
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, NO_PASSWORD);
    store.setKeyEntry(
        "client", tls.key(), NO_PASSWORD, tls.chain().toArray(X509Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private static TrustManager @Nullable [] trust(Origin.Tls tls)
      throws GeneralSecurityException, IOException {
    if (tls.authorities().isEmpty()) {
      return null;
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, NO_PASSWORD);
    for (int i = 0; i < tls.authorities().size(); i++) {
      store.setCertificateEntry("authority-" + i, tls.authorities().get(i));
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }
}
