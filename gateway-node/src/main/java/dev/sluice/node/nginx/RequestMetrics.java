package dev.sluice.node.nginx;

import dev.sluice.ingress.Action;
import dev.sluice.ingress.ObjectKey;
import dev.sluice.ingress.PathRule;
import dev.sluice.ingress.Route;
import dev.sluice.ingress.RouteTable;
import dev.sluice.proxy.Inbound;
import dev.sluice.proxy.UpstreamTimes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/**
 * What ingress-nginx tells of requests, by the same labels. Requests of hosts that nobody has declared have no labels, as
 * there. Where there would be too many combinations of labels, further ones are counted as one, with {@code other} in place
 * of names.
 */
public final class RequestMetrics {
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT");
  private static final String OTHER = "other";
  private static final int CLIENT_GONE = 499;

  private final NginxSettings settings;
  private final Map<Series.Key, Series> all = new ConcurrentHashMap<>();
  private final LongAdder requests = new LongAdder();

  public RequestMetrics(NginxSettings settings) {
    this.settings = settings;
  }

  /** A request is over. Called on workers; never blocks. */
  public void over(Inbound request, RouteTable routes) {
    requests.increment();
    String host = routes.declaredHost(request.arrival().head().host());
    if (host == null) {
      return;
    }
    Series series = series(keyOf(request, settings.perHost() ? host : ""));
    series.requests.increment();
    series.requestTime.record(System.nanoTime() - request.arrivedNanos());
    series.requestSize.record(request.arrival().head().bytes() + request.receivedBytes());
    series.responseSize.record(request.sentBytes());
    series.bytesSent.record(request.sentBytes());
    UpstreamTimes times = request.upstreamTimes();
    series.connectTime.record(times.connectNanos());
    series.headerTime.record(times.headNanos());
    series.responseTime.record(times.responseNanos());
  }

  private static Series.Key keyOf(Inbound request, String host) {
    Route route = request.route();
    String method = METHODS.contains(request.method()) ? request.method() : OTHER;
    int status = request.status() == 0 ? CLIENT_GONE : request.status();
    if (route == null) {
      return new Series.Key(host, null, "", "", "", method, status);
    }
    return new Series.Key(
        host,
        route.declaredBy(),
        textOf(route.path()),
        backendOf(route.action()),
        request.canary(),
        method,
        status);
  }

  private static String textOf(PathRule rule) {
    if (rule instanceof PathRule.Exact exact) {
      return exact.path();
    } else if (rule instanceof PathRule.Prefix prefix) {
      return prefix.path();
    }
    return ((PathRule.Regex) rule).pattern().pattern();
  }

  private static String backendOf(Action action) {
    return action instanceof Action.Forward forward && !forward.backends().isEmpty()
        ? forward.backends().get(0).backend().name()
        : "";
  }

  private Series series(Series.Key key) {
    Series known = all.get(key);
    if (known != null) {
      return known;
    }
    boolean full = all.size() >= settings.series();
    ObjectKey object = key.object();
    Series.Key counted = full && object != null
        ? new Series.Key(
            OTHER,
            new ObjectKey(object.kind(), OTHER, OTHER),
            OTHER,
            "",
            "",
            key.method(),
            key.status())
        : key;
    return all.computeIfAbsent(counted, Series::new);
  }

  /** Forgets what was counted for objects that are no more. */
  public void keepOnly(Set<ObjectKey> declared) {
    all.values().removeIf(series -> {
      ObjectKey object = series.object();
      return object != null
          && !object.name().equals(OTHER)
          && object.kind().equals("Ingress")
          && !declared.contains(object);
    });
  }

  /** Requests of all hosts, declared or not. */
  public long requests() {
    return requests.sum();
  }

  void write(Exposition out) throws IOException {
    List<Series> now = new ArrayList<>(all.values());
    if (out.begin("requests", "counter", "The total number of client requests")) {
      for (Series one : now) {
        out.value("requests", one.labels(settings), one.requests.sum());
      }
    }
    write(out, now, "request_duration_seconds", "The request processing time", s -> s.requestTime);
    write(
        out,
        now,
        "connect_duration_seconds",
        "The time spent on establishing a connection with the upstream server",
        s -> s.connectTime);
    write(
        out,
        now,
        "header_duration_seconds",
        "The time spent on receiving first header from the upstream server",
        s -> s.headerTime);
    write(
        out,
        now,
        "response_duration_seconds",
        "The time spent on receiving the response from the upstream server",
        s -> s.responseTime);
    write(out, now, "request_size", "The request length, with its head", s -> s.requestSize);
    write(out, now, "response_size", "The length of the answer's body", s -> s.responseSize);
    write(out, now, "bytes_sent", "The length of the answer's body", s -> s.bytesSent);
  }

  private void write(
      Exposition out,
      List<Series> now,
      String name,
      String help,
      Function<Series, Histogram> histogram)
      throws IOException {
    if (out.begin(name, "histogram", help)) {
      for (Series one : now) {
        out.histogram(name, one.labels(settings), histogram.apply(one));
      }
    }
  }
}
