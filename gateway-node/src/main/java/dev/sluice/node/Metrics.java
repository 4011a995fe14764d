package dev.sluice.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.sluice.ingress.Route;
import dev.sluice.model.ModelLog;
import dev.sluice.model.TokenUsage;
import dev.sluice.proxy.Inbound;
import dev.sluice.proxy.TrafficLog;
import dev.sluice.quota.NodeLeases;
import dev.sluice.state.ClusterWorld;
import dev.sluice.wire.Malformed;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import kamon.Kamon;
import kamon.metric.Counter;
import kamon.metric.Gauge;
import kamon.metric.Timer;
import kamon.tag.TagSet;

/**
 * The node's instruments. Counters are kept at hand by what they count, so that counting costs a lookup and an addition;
 * how many of each there can be is bounded by what is declared.
 */
final class Metrics implements TrafficLog, ModelLog {
  private static final String NO_ROUTE = "none";
  private static final int MOST_SERIES = 100_000;

  private final AccessLog access;
  private final Map<String, Counter> counters = new ConcurrentHashMap<>();
  private final Map<String, Timer> timers = new ConcurrentHashMap<>();

  Metrics(AccessLog access) {
    this.access = access;
  }

  /** Starts the endpoint for Prometheus. */
  static void start(NodeSettings settings) {
    Config own = ConfigFactory.parseMap(Map.of(
        "kamon.prometheus.embedded-server.hostname", settings.metrics().host(),
        "kamon.prometheus.embedded-server.port", settings.metrics().port(),
        "kamon.environment.service", "sluice",
        "kamon.environment.host", settings.name()));
    Kamon.init(own.withFallback(settings.config().getConfig("sluice.kamon"))
        .withFallback(ConfigFactory.load())
        .resolve());
  }

  static void stop() {
    Kamon.stopModules();
  }

  @Override
  public void over(Inbound request) {
    Route route = request.route();
    String name = route == null ? NO_ROUTE : route.declaredBy().toString();
    int status = request.status();
    counter(
            "sluice.requests",
            "route",
            name,
            "status",
            status == 0 ? "none" : Integer.toString(status))
        .increment();
    timer(name).record(System.nanoTime() - request.arrivedNanos());
    access.write(request);
  }

  @Override
  public void malformed(Malformed malformed) {
    counter("sluice.malformed", "status", Integer.toString(malformed.status())).increment();
  }

  @Override
  public void settled(String tenant, String model, TokenUsage usage, Source source) {
    String how = source == Source.PROVIDER ? "provider" : "held";
    counter("sluice.tokens", "tenant", tenant, "model", model, "type", "input", "source", how)
        .increment(usage.input());
    counter("sluice.tokens", "tenant", tenant, "model", model, "type", "output", "source", how)
        .increment(usage.output());
  }

  @Override
  public void refused(String tenant, String bucket) {
    counter("sluice.quota.refusals", "tenant", tenant, "bucket", bucket).increment();
  }

  /** Sets the gauges; called now and then. */
  void look(DeclaredState declared, NodeLeases leases, ClusterWorld cluster) {
    Kamon.gauge("sluice.routes").withoutTags().update(declared.routes().routeCount());
    Kamon.gauge("sluice.problems").withoutTags().update(declared.problems().size());
    Kamon.gauge("sluice.leases").withoutTags().update(leases.leaseCount());
    Kamon.gauge("sluice.cluster.up").withoutTags().update(cluster.isUp() ? 1 : 0);
    Gauge table = Kamon.gauge("sluice.route.table.changes")
        .withTag("version", declared.routes().version().substring(0, 12));
    table.update((double) declared.changes());
  }

  private Counter counter(String name, String... tags) {
    String key = name + String.join("\u0000", tags);
    Counter known = counters.get(key);
    if (known != null) {
      return known;
    }
    TagSet set = TagSet.Empty();
    for (int i = 0; i < tags.length; i += 2) {
      set = set.withTag(tags[i], tags[i + 1]);
    }
    Counter made = Kamon.counter(name).withTags(set);
    if (counters.size() < MOST_SERIES) {
      counters.put(key, made);
    }
    return made;
  }

  private Timer timer(String route) {
    return timers.computeIfAbsent(
        route, name -> Kamon.timer("sluice.request.time").withTag("route", name));
  }
}
