package dev.sluice.model;

import dev.sluice.ingress.ModelProvider;
import dev.sluice.upstream.Origin;
import java.net.URI;
import java.util.Objects;

/**
 * Where a provider's API is.
 *
 * @param authority for the field Host
 * @param path that its paths stand behind
 */
record ProviderAddress(Origin origin, String authority, String path) {
  private static final int HTTPS = 443;
  private static final int HTTP = 80;

  static ProviderAddress of(ModelProvider provider) {
    URI base = URI.create(provider.baseUrl());
    boolean tls = "https".equals(base.getScheme());
    String host = Objects.requireNonNull(base.getHost(), "checked when it was declared")
        .replace("[", "")
        .replace("]", "");
    Origin origin = new Origin(
        host, base.getPort() > 0 ? base.getPort() : tls ? HTTPS : HTTP, tls ? host : null);
    return new ProviderAddress(origin, base.getRawAuthority(), base.getRawPath());
  }
}
