package dev.sluice.node;

import dev.sluice.upstream.Origin;
import dev.sluice.wire.Addresses;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.function.Function;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/** TLS to upstreams: the JDK's trusted authorities, the peer's name always verified. */
final class UpstreamTls implements Function<Origin, SSLEngine> {
  private final SSLContext context;

  UpstreamTls() {
    try {
      context = SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has a default TLS context", e);
    }
  }

  @Override
  public SSLEngine apply(Origin origin) {
    String name = String.valueOf(origin.tlsName());
    SSLEngine engine = context.createSSLEngine(name, origin.port());
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    if (!Addresses.isAddress(name)) {
      parameters.setServerNames(List.of(new SNIHostName(name)));
    }
    engine.setSSLParameters(parameters);
    return engine;
  }
}
