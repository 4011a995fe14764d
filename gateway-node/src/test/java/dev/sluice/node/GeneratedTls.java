package dev.sluice.node;

import dev.sluice.edge.TlsEngines;
import dev.sluice.ingress.Certificate;
import dev.sluice.upstream.Origin;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Map;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;

/** The TLS engines of a node for which no certificate is declared, for tests of other packages. */
public final class GeneratedTls {
  private GeneratedTls() {}

  public static TlsEngines engines() throws GeneralSecurityException {
    return new Certificates(Map::of, SelfSigned.create(Instant.now()));
  }

  /** As a node speaks TLS to upstreams. */
  public static Function<Origin, SSLEngine> upstreams() {
    return new UpstreamTls();
  }

  /** A certificate that nobody has a reason to trust, for a server. */
  public static Certificate certificate() throws GeneralSecurityException {
    return SelfSigned.create(Instant.now());
  }

  /** For clients that don't ask who answers. */
  public static SSLContext trustAll() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Anybody()}, null);
    return context;
  }
}
