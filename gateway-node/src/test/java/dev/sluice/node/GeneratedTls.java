package dev.sluice.node;

import dev.sluice.edge.TlsEngines;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Map;

/** The TLS engines of a node for which no certificate is declared, for tests of other packages. */
public final class GeneratedTls {
  private GeneratedTls() {}

  public static TlsEngines engines() throws GeneralSecurityException {
    return new Certificates(Map::of, SelfSigned.create(Instant.now()));
  }
}
