package dev.sluice.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.sluice.alert.Alerts;
import dev.sluice.edge.PassedOn;
import dev.sluice.ingress.ObjectKey;
import dev.sluice.ingress.Route;
import dev.sluice.ingress.RouteTable;
import dev.sluice.model.ModelLog;
import dev.sluice.model.Probes;
import dev.sluice.model.cache.AnswerCache;
import dev.sluice.model.chat.TokenUsage;
import dev.sluice.model.gate.NodeGates;
import dev.sluice.node.nginx.RequestMetrics;
import dev.sluice.proxy.Inbound;
import dev.sluice.proxy.ShadowLog;
import dev.sluice.proxy.TrafficLog;
import dev.sluice.quota.JournalOutage;
import dev.sluice.quota.NodeLeases;
import dev.sluice.state.ClusterWorld;
import dev.sluice.usage.UsageLedger;
import dev.sluice.wire.Malformed;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import kamon.Kamon;
import kamon.metric.Counter;
import kamon.metric.Timer;
import kamon.prometheus.PrometheusReporter;
import kamon.tag.TagSet;
import org.jspecify.annotations.Nullable;
import scala.Option;

/**
 * The node's instruments. Counters are kept at hand by what they count, so that counting costs a lookup and an addition.
 * There are at most {@link #MOST_SERIES} of them; what would be more is counted with the tags "other".
 */
final class Metrics implements TrafficLog, ShadowLog {
  /** What is counted: a name and the values of its tags. */
  private record Series(String name, List<String> tags) {}

  private record TokensOf(String tenant, String model, ModelLog.Source source) {}

  private record OfTokens(Counter input, Counter output) {}

  /** What a worker has found of late: the tallies of the routes of one table. */
  private static final class Found {
    private @Nullable RouteTable table;
    private final IdentityHashMap<Route, RouteTally> tallies = new IdentityHashMap<>();

    IdentityHashMap<Route, RouteTally> of(RouteTable now) {
      if (table != now) {
        table = now;
        tallies.clear();
      }
      return tallies;
    }
  }

  private static final int MOST_SERIES = 100_000;
  private static final int DIGITS_OF_VERSION = 12;
  private static final String OTHER = "other";

  private final AccessLog access;
  private final @Nullable RequestMetrics nginx;
  private final Supplier<RouteTable> table;
  private final Map<Series, Counter> counters = new ConcurrentHashMap<>();
  private final Map<TokensOf, OfTokens> tokens = new ConcurrentHashMap<>();
  /** By limits of providers: as many as are declared. */
  private final Map<String, Timer> waits = new ConcurrentHashMap<>();

  private final Map<ObjectKey, RouteInstruments> routes = new ConcurrentHashMap<>();
  private final RouteInstruments unrouted = new RouteInstruments("none");
  private final ThreadLocal<Found> found = ThreadLocal.withInitial(Found::new);

  /** @param nginx counts under the names of ingress-nginx too; null if nobody wants them */
  Metrics(AccessLog access, @Nullable RequestMetrics nginx, Supplier<RouteTable> table) {
    this.access = access;
    this.nginx = nginx;
    this.table = table;
  }

  /** Starts the endpoint for Prometheus. */
  static void start(NodeSettings settings) {
    Config own = ConfigFactory.parseMap(Map.of(
        "kamon.prometheus.start-embedded-http-server", !settings.nginx().on(),
        "kamon.prometheus.embedded-server.hostname", settings.metrics().host(),
        "kamon.prometheus.embedded-server.port", settings.metrics().port(),
        "kamon.environment.service", "sluice",
        "kamon.environment.host", settings.name()));
    Kamon.init(own.withFallback(settings.config().getConfig("sluice.kamon"))
        .withFallback(ConfigFactory.load())
        .resolve());
  }

  /** All that Kamon has, in Prometheus' text format; empty until its first tick. */
  static String text() {
    Option<String> text = PrometheusReporter.latestScrapeData();
    return text.isDefined() ? text.get() : "";
  }

  static void stop() {
    Kamon.stopModules();
  }

  @Override
  public void over(Inbound request) {
    tally(request.route()).over(request.status(), System.nanoTime() - request.arrivedNanos());
    if (nginx != null) {
      nginx.over(request, table.get());
    }
    if (request.logged()) {
      access.write(request);
    }
  }

  private RouteTally tally(@Nullable Route route) {
    if (route == null) {
      return unrouted.tally();
    }
    IdentityHashMap<Route, RouteTally> tallies = found.get().of(table.get());
    RouteTally known = tallies.get(route);
    if (known == null) {
      known = tally(route.declaredBy());
      tallies.put(route, known);
    }
    return known;
  }

  private RouteTally tally(ObjectKey declaredBy) {
    RouteInstruments known = routes.get(declaredBy);
    if (known != null) {
      return known.tally();
    }
    ObjectKey key =
        routes.size() < MOST_SERIES ? declaredBy : new ObjectKey(declaredBy.kind(), OTHER, OTHER);
    return routes
        .computeIfAbsent(key, name -> new RouteInstruments(name.toString()))
        .tally();
  }

  @Override
  public void malformed(Malformed malformed) {
    counter("sluice.malformed", "status", Integer.toString(malformed.status())).increment();
  }

  @Override
  public void passedOn(PassedOn passed, boolean written) {
    String name = passed.name();
    counter(
            "sluice.streams",
            "protocol",
            passed.protocol(),
            "stream",
            name,
            "status",
            Integer.toString(passed.status()))
        .increment();
    counter("sluice.stream.bytes", "stream", name, "way", "received")
        .increment(passed.receivedBytes());
    counter("sluice.stream.bytes", "stream", name, "way", "sent").increment(passed.sentBytes());
    if (written) {
      access.write(passed);
    }
  }

  /** As {@link ModelLog} has it. */
  void settled(String tenant, String model, TokenUsage usage, ModelLog.Source source) {
    OfTokens known = tokens.get(new TokensOf(tenant, model, source));
    OfTokens counted = known == null ? tokensOf(tenant, model, source) : known;
    counted.input().increment(usage.input());
    counted.output().increment(usage.output());
  }

  private OfTokens tokensOf(String tenant, String model, ModelLog.Source source) {
    String how = source.name().toLowerCase(Locale.ROOT);
    OfTokens made = new OfTokens(
        counter("sluice.tokens", "tenant", tenant, "model", model, "type", "input", "source", how),
        counter(
            "sluice.tokens", "tenant", tenant, "model", model, "type", "output", "source", how));
    if (tokens.size() < MOST_SERIES) {
      tokens.put(new TokensOf(tenant, model, source), made);
    }
    return made;
  }

  /** As {@link ModelLog} has it. */
  void cached(String tenant, ModelLog.Cached how) {
    String result = how.name().toLowerCase(Locale.ROOT);
    counter("sluice.cache.requests", "tenant", tenant, "result", result).increment();
  }

  /** As {@link ModelLog} has it. */
  void saved(String tenant, String model, TokenUsage saved) {
    counter("sluice.cache.saved.tokens", "tenant", tenant, "model", model, "type", "input")
        .increment(saved.input());
    counter("sluice.cache.saved.tokens", "tenant", tenant, "model", model, "type", "output")
        .increment(saved.output());
  }

  /** Sets the gauges of what is kept. */
  void look(AnswerCache answers) {
    Kamon.gauge("sluice.cache.bytes").withoutTags().update((double) answers.bytes());
    Kamon.gauge("sluice.cache.answers").withoutTags().update((double) answers.count());
  }

  /** As {@link Probes.Log} has it. */
  void probed(String provider, String result) {
    counter("sluice.model.probes", "provider", provider, "result", result).increment();
  }

  void queued(String limit, long nanos) {
    wait(limit).record(nanos);
  }

  private Timer wait(String limit) {
    return waits.computeIfAbsent(
        limit, id -> Kamon.timer("sluice.model.queue.time").withTag("limit", id));
  }

  /** Sets the gauges of limits of providers; called now and then. */
  void look(NodeGates gates) {
    Map<String, NodeGates.Standing> now = gates.standings();
    now.keySet().forEach(this::wait);
    for (String limit : waits.keySet()) {
      NodeGates.Standing one = now.getOrDefault(limit, NodeGates.Standing.NONE);
      Kamon.gauge("sluice.model.limit.in.flight").withTag("limit", limit).update(one.inside());
      Kamon.gauge("sluice.model.limit.queued").withTag("limit", limit).update(one.waiting());
    }
  }

  void refused(String tenant, String bucket) {
    counter("sluice.quota.refusals", "tenant", tenant, "bucket", bucket).increment();
  }

  void alerted(Alerts.Told told) {
    counter(
            "sluice.quota.alerts",
            "tenant",
            told.tenant(),
            "bucket",
            told.bucket(),
            "percent",
            Integer.toString(told.mark()))
        .increment();
  }

  void observed(String tenant, String bucket) {
    counter("sluice.quota.would.refuse", "tenant", tenant, "bucket", bucket).increment();
  }

  @Override
  public void compared(String result) {
    counter("sluice.shadow.requests", "result", result).increment();
  }

  @Override
  public void differs(@Nullable Route route, String what) {
    String declaredBy = route == null ? "none" : route.declaredBy().toString();
    counter("sluice.shadow.differences", "route", declaredBy, "what", what).increment();
  }

  /** Tells what requests have come to, and sets the gauges; called now and then. */
  void look(
      DeclaredState declared,
      NodeLeases leases,
      JournalOutage journal,
      ClusterWorld cluster,
      @Nullable UsageLedger usage) {
    unrouted.look();
    routes.values().forEach(RouteInstruments::look);
    if (usage != null) {
      Kamon.gauge("sluice.usage.lines").withoutTags().update(usage.lines());
      Kamon.gauge("sluice.usage.lost").withoutTags().update((double) usage.lost());
    }
    Kamon.gauge("sluice.routes").withoutTags().update(declared.routes().routeCount());
    Kamon.gauge("sluice.problems").withoutTags().update(declared.problems().size());
    Kamon.gauge("sluice.leases").withoutTags().update(leases.leaseCount());
    Kamon.gauge("sluice.quota.lost.leases").withoutTags().update((double) journal.lostLeases());
    Kamon.gauge("sluice.cluster.up").withoutTags().update(cluster.isUp() ? 1 : 0);
    Kamon.gauge("sluice.route.table.changes").withoutTags().update((double) declared.changes());
    Kamon.gauge("sluice.route.table.version").withoutTags().update((double)
        asNumber(declared.routes().version()));
    if (nginx != null) {
      nginx.keepOnly(declared.current().ingresses().keySet());
    }
  }

  /** The beginning of a table's digest: nodes that serve the same table show the same number. */
  static long asNumber(String version) {
    return Long.parseLong(version.substring(0, DIGITS_OF_VERSION), 16);
  }

  /** @param tags names and values, in turn */
  private Counter counter(String name, String... tags) {
    Series series = new Series(name, List.of(tags));
    Counter known = counters.get(series);
    if (known != null) {
      return known;
    }
    boolean full = counters.size() >= MOST_SERIES;
    TagSet set = TagSet.Empty();
    for (int i = 0; i < tags.length; i += 2) {
      set = set.withTag(tags[i], full ? OTHER : tags[i + 1]);
    }
    Counter made = Kamon.counter(name).withTags(set);
    if (!full) {
      counters.put(series, made);
    }
    return made;
  }
}
