package dev.sluice.node.nginx;

import dev.sluice.ingress.ObjectKey;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What requests with the same labels came to. For many threads. */
final class Series {
  /**
   * Whose requests: as they are found on a request, with no work done to them.
   *
   * @param host that a route is declared for; empty for all others
   * @param object that declares the route, or null if there is none
   * @param path of the rule; a pattern begins with {@code ^}
   * @param backend as {@code namespace/service:port}, or empty
   * @param canary likewise, or empty if it was not taken
   */
  record Key(
      String host,
      @Nullable ObjectKey object,
      String path,
      String backend,
      String canary,
      String method,
      int status) {}

  private static final int STATUS_CLASS = 100;

  private final Key key;
  final LongAdder requests = new LongAdder();
  final Histogram requestTime = new Histogram(Buckets.TIMES);
  final Histogram connectTime = new Histogram(Buckets.TIMES);
  final Histogram headerTime = new Histogram(Buckets.TIMES);
  final Histogram responseTime = new Histogram(Buckets.TIMES);
  final Histogram requestSize = new Histogram(Buckets.LENGTHS);
  final Histogram responseSize = new Histogram(Buckets.LENGTHS);
  final Histogram bytesSent = new Histogram(Buckets.SIZES);

  Series(Key key) {
    this.key = key;
  }

  @Nullable
  ObjectKey object() {
    return key.object();
  }

  /** Labels and their values, by name. */
  Map<String, String> labels(NginxSettings settings) {
    ObjectKey object = key.object();
    Map<String, String> labels = new TreeMap<>();
    labels.put("namespace", object == null ? "" : object.namespace());
    labels.put("ingress", object == null ? "" : object.name());
    labels.put("service", service(key.backend()));
    labels.put("canary", upstream(key.canary()));
    labels.put("method", key.method());
    labels.put("path", path(key.path()));
    labels.put(
        "status",
        settings.statusClasses() ? key.status() / STATUS_CLASS + "xx" : "" + key.status());
    if (settings.perHost()) {
      labels.put("host", key.host().isEmpty() ? "_" : key.host());
    }
    return labels;
  }

  private static String path(String rule) {
    return rule.isEmpty() ? "/" : rule.startsWith("^") ? rule.substring(1) : rule;
  }

  private static String service(String backend) {
    int slash = backend.indexOf('/');
    int colon = backend.lastIndexOf(':');
    return backend.substring(slash + 1, colon < 0 ? backend.length() : colon);
  }

  /** As ingress-nginx calls what a request goes to. */
  private static String upstream(String backend) {
    return backend.replace('/', '-').replace(':', '-');
  }
}
