package dev.sluice.node;

import dev.sluice.edge.TlsEngines;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** The TLS engines of a node for which no certificate is declared, for tests of other packages. */
public final class GeneratedTls {
  private GeneratedTls() {}

  public static TlsEngines engines() throws GeneralSecurityException {
    return new Certificates(Map::of, SelfSigned.create(Instant.now()));
  }

  /** For clients that don't ask who answers. */
  public static SSLContext trustAll() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Anybody()}, null);
    return context;
  }
}
