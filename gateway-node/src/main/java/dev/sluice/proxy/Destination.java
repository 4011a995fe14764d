package dev.sluice.proxy;

import dev.sluice.upstream.Origin;
import java.net.URI;

/**
 * Where a URL leads.
 *
 * @param host as the URL names it
 * @param target path and query
 */
record Destination(Origin origin, String host, String target) {
  /** @throws IllegalArgumentException if it is no URL */
  static Destination of(String url) {
    URI uri = URI.create(url);
    boolean secure = "https".equals(uri.getScheme());
    String host = String.valueOf(uri.getHost());
    int port = uri.getPort() > 0 ? uri.getPort() : secure ? 443 : 80;
    String path = uri.getRawPath();
    String target = (path == null || path.isEmpty() ? "/" : path)
        + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
    Origin origin = secure
        ? new Origin(host, port, host, Origin.Tls.UNVERIFIED_BY_NAME)
        : Origin.plain(host, port);
    return new Destination(origin, host, target);
  }
}
