package dev.sluice.node;

import akka.NotUsed;
import akka.actor.ActorSystem;
import akka.actor.BootstrapSetup;
import akka.actor.setup.ActorSystemSetup;
import akka.http.javadsl.ServerBinding;
import akka.management.javadsl.AkkaManagement;
import akka.stream.Materializer;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.sluice.admin.AdminApi;
import dev.sluice.alert.Alerts;
import dev.sluice.edge.ServiceFactory;
import dev.sluice.edge.Workers;
import dev.sluice.identity.Tokens;
import dev.sluice.ingress.HostRoutes;
import dev.sluice.ingress.RouteTable;
import dev.sluice.ingress.kube.ApiServer;
import dev.sluice.ingress.kube.FolderSource;
import dev.sluice.ingress.kube.KeptListing;
import dev.sluice.ingress.kube.KubernetesSource;
import dev.sluice.ingress.kube.Listing;
import dev.sluice.ingress.kube.StatusWriter;
import dev.sluice.model.BackOffice;
import dev.sluice.model.ModelGateway;
import dev.sluice.model.ModelNode;
import dev.sluice.model.Probes;
import dev.sluice.model.gate.GateAgent;
import dev.sluice.model.health.HealthAgent;
import dev.sluice.node.nginx.MetricsPage;
import dev.sluice.node.nginx.NodeFacts;
import dev.sluice.node.nginx.RequestMetrics;
import dev.sluice.proxy.Differences;
import dev.sluice.proxy.Gateway;
import dev.sluice.proxy.NodeMemory;
import dev.sluice.quota.JournalOutage;
import dev.sluice.quota.NodeLeases;
import dev.sluice.quota.Quota;
import dev.sluice.quota.QuotaWatch;
import dev.sluice.state.ClusterWorld;
import dev.sluice.state.Database;
import dev.sluice.state.DatabaseClock;
import dev.sluice.tenancy.AuditTrail;
import dev.sluice.tenancy.Tenancy;
import dev.sluice.tenancy.TenancyFeed;
import dev.sluice.tenancy.TenancyStore;
import dev.sluice.tenancy.TopUps;
import dev.sluice.upstream.Upstreams;
import dev.sluice.usage.UsageLedger;
import dev.sluice.usage.UsageReport;
import dev.sluice.wire.Addresses;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One gateway node: the edge that serves, the cluster world that may come and go, and a control system of actors for what
 * is neither (declarations, health, admin).
 */
public final class Node {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);
  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);
  private static final Duration SWEEP_INTERVAL = Duration.ofHours(1);
  private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(5);

  private final NodeSettings settings;
  private final Instant started = Instant.now();
  private final StreamPorts streamPorts;
  private final DeclaredState declared;
  private final Database database;
  private final Tenancy tenancy;
  private final Tokens tokens;
  private final BackOffice office;
  private final Alerts alerts;
  private final NodeLeases leases;
  private final JournalOutage journal = new JournalOutage();
  private final ModelNode models;
  private final UsageLedger usage;
  private final ClusterWorld cluster;
  private final @Nullable RequestMetrics nginx;
  private final Metrics metrics;
  private final Differences differences;
  private final @Nullable ClusterRates rates;
  private final NodeMemory memory;
  private final ActorSystem control;
  private volatile @Nullable Quota quota;
  private volatile @Nullable Workers workers;
  private volatile @Nullable Probes probes;
  private volatile @Nullable ServerBinding admin;
  private volatile @Nullable MetricsPage page;
  private volatile @Nullable TenancyFeed feed;
  private volatile @Nullable ApiServer api;
  private volatile boolean serving;

  private Node(NodeSettings settings) {
    this.settings = settings;
    this.streamPorts = new StreamPorts(settings.edge());
    this.declared = new DeclaredState(settings.classes(), settings.controller(), streamPorts);
    this.database = Database.of(settings.database(), settings.connections());
    this.tenancy = new Tenancy(declared::tenants, System::currentTimeMillis);
    this.tokens = new Tokens(settings.identity(), Clock.systemUTC());
    this.office = new BackOffice(settings.model());
    this.leases = new NodeLeases(settings.quota());
    this.models = ModelNode.of(leases.uid(), settings.model());
    this.nginx = settings.nginx().on() ? new RequestMetrics(settings.nginx()) : null;
    this.metrics = new Metrics(new AccessLog(), nginx, declared::routes);
    this.alerts = new Alerts(database, settings.alerts(), metrics::alerted, Clock.systemUTC());
    this.differences =
        new Differences(settings.proxy().shadow().kept(), Clock.systemUTC(), metrics);
    this.rates =
        settings.proxy().sharesRates() ? new ClusterRates(settings.proxy().ratePatience()) : null;
    this.memory = new NodeMemory(differences, rates);
    this.usage =
        UsageLedger.start(database, leases.uid(), settings.usage(), System::currentTimeMillis);
    this.cluster = new ClusterWorld(
        settings.cluster(), settings.config(), settings.database(), new Residents());
    this.control = ActorSystem.create(
        "sluice-control",
        ActorSystemSetup.create(
            BootstrapSetup.create(controlConfig(settings)), new Health.Readiness(() -> serving)));
  }

  /** Starts a node; completes when it serves ordinary traffic. The cluster comes when it can. */
  public static CompletionStage<Node> start(NodeSettings settings) {
    Node node = new Node(settings);
    return node.start()
        .<Node>thenApply(done -> node)
        .exceptionallyCompose(failure -> node.stop()
            .handle((done, ignored) -> null)
            .thenCompose(done -> CompletableFuture.failedFuture(failure)));
  }

  private CompletionStage<Void> start() {
    Metrics.start(settings);
    declarations().to(Sink.foreach(declared::apply)).run(Materializer.matFromSystem(control));
    cluster.start();
    feed = TenancyFeed.start(database, tenancy, settings.tenancy());
    control
        .scheduler()
        .scheduleWithFixedDelay(
            LOOK_INTERVAL,
            LOOK_INTERVAL,
            () -> {
              declared.lookAtPorts();
              metrics.look(declared, leases, journal, cluster, usage);
              metrics.look(models.answers());
              metrics.look(models.gates());
            },
            control.dispatcher());
    return declared
        .first()
        .toCompletableFuture()
        .orTimeout(settings.firstTableTimeout().toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(failure -> null)
        .thenCompose(done -> {
          probes = Probes.start(
              () -> declared.routes().models(),
              models,
              office,
              metrics::probed,
              settings.model().probes());
          return startEdge();
        })
        .thenCompose(done -> AkkaManagement.get(control).start())
        .thenCompose(uri -> startMetricsPage())
        .thenCompose(done -> startWebhook())
        .thenCompose(done -> startAdmin())
        .thenAccept(binding -> {
          admin = binding;
          serving = true;
          LOG.info(
              "serving on {}:{} and {}",
              settings.edge().host(),
              settings.edge().port(),
              settings.edge().tlsPort());
          tellMode();
        });
  }

  private void tellMode() {
    if (settings.mode() == NodeSettings.Mode.OBSERVE) {
      LOG.info(
          "observe only: what is declared is read and nothing is written to the API server, no status and no Event;"
              + " what is sent here is answered (sluice.node.mode)");
    }
  }

  private Source<Listing, NotUsed> declarations() {
    if (settings.declarations() == NodeSettings.Declarations.FOLDER) {
      return FolderSource.of(settings.manifests(), settings.folder());
    }
    ApiServer connected = ApiServer.of(settings.kubernetes());
    api = connected;
    return KeptListing.around(
        KubernetesSource.of(connected, settings.kubernetes()), settings.kept());
  }

  private CompletionStage<Void> startEdge() {
    UpstreamTls upstreamTls = new UpstreamTls();
    ModelLogs log = new ModelLogs(metrics, usage);
    ServiceFactory services = scope -> {
      Upstreams upstreams =
          new Upstreams(settings.upstream(), scope, scope.deadlines(), upstreamTls);
      ModelGateway calls = new ModelGateway(
          scope, upstreams, tenancy::table, leases, log, tokens, models, office, settings.model());
      return new Gateway(
          declared::routes,
          streamPorts::free,
          streamPorts::freeForDatagrams,
          upstreams,
          calls,
          metrics,
          settings.proxy(),
          memory,
          scope);
    };
    try {
      Certificates certificates = new Certificates(
          settings.edge().nativeTls() ? TlsProvider.NATIVE : TlsProvider.JDK,
          () -> declared.current().certificates(),
          SelfSigned.create(Instant.now()),
          this::asksForCertificates,
          () -> declared.routes().wide());
      return Workers.start(settings.edge(), settings.config(), certificates, services)
          .thenAccept(running -> workers = running);
    } catch (GeneralSecurityException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private boolean asksForCertificates(String host) {
    RouteTable routes = declared.routes();
    if (host.equals(Certificates.ANY_HOST)) {
      return routes.asksForCertificates();
    }
    HostRoutes own = routes.host(host);
    return own != null && own.asksForCertificates();
  }

  /** Kamon serves metrics by itself unless more than its own are wanted. */
  private CompletionStage<Void> startMetricsPage() {
    RequestMetrics counted = nginx;
    if (counted == null) {
      return CompletableFuture.completedFuture(null);
    }
    NodeSettings.Endpoint at = settings.metrics();
    try {
      page = MetricsPage.start(
          Addresses.of(at.host(), at.port()),
          Metrics::text,
          settings.nginx(),
          counted,
          () -> facts(counted));
      return CompletableFuture.completedFuture(null);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private NodeFacts facts(RequestMetrics counted) {
    Map<String, Instant> ends = new HashMap<>();
    declared
        .current()
        .certificates()
        .forEach((host, one) -> ends.put(host, one.chain().get(0).getNotAfter().toInstant()));
    Workers running = workers;
    return new NodeFacts(
        Metrics.asNumber(declared.routes().version()),
        declared.changes(),
        declared.changedAt(),
        ends,
        running == null ? 0 : running.connections().open(),
        running == null ? 0 : running.connections().acceptedSoFar(),
        counted.requests());
  }

  private CompletionStage<Void> startWebhook() {
    return settings.webhook().on()
        ? Webhook.start(control, settings, declared).thenAccept(binding -> {})
        : CompletableFuture.completedFuture(null);
  }

  private CompletionStage<ServerBinding> startAdmin() {
    NodeView view = new NodeView(
        settings,
        started,
        declared,
        tenancy,
        cluster,
        leases,
        journal::lostLeases,
        () -> quota,
        differences,
        models);
    AuditTrail audit = new AuditTrail(database);
    control
        .scheduler()
        .scheduleWithFixedDelay(
            SWEEP_INTERVAL,
            SWEEP_INTERVAL,
            () -> {
              if (declared.changes() == 0) {
                return; // whose quotas are those of manifests is not known yet
              }
              audit
                  .sweep(
                      settings.tenancy().auditRetention(),
                      declared.tenants().tenants().keySet())
                  .exceptionally(failure -> 0L);
              alerts.sweep();
            },
            control.dispatcher());
    return AdminApi.start(
        control,
        settings.admin(),
        new AdminApi.Parts(
            view,
            declared::tenants,
            tenancy,
            new TenancyStore(database, settings.tenancy()),
            new TopUps(database),
            audit,
            new UsageReport(database),
            tokens::claims,
            settings.tenancy().mostOverlap(),
            Version.text()));
  }

  private QuotaWatch watch() {
    return settings.alerts().marks().isEmpty() ? QuotaWatch.NONE : alerts;
  }

  /** Whether the cluster counts this node as a member, so that quotas can be leased. */
  public boolean inCluster() {
    return cluster.isUp() && quota != null;
  }

  /** The cluster system as it is now; empty while there is none. */
  Optional<akka.actor.typed.ActorSystem<?>> clusterSystem() {
    return cluster.system();
  }

  /**
   * Stops in peace: takes no new connections, lets running requests end, gives leases back, leaves the cluster. What
   * takes longer than the settings allow is broken off.
   */
  public CompletionStage<Void> stop() {
    serving = false;
    Workers running = workers;
    CompletionStage<Void> drained = running == null
        ? CompletableFuture.completedFuture(null)
        : running.stop(settings.drainTimeout());
    return drained
        .thenCompose(done -> leases.leave(LEAVE_TIMEOUT))
        .thenCompose(done -> usage.flush())
        .thenCompose(done -> cluster.stop())
        .thenCompose(done -> {
          leases.close();
          memory.close();
          Probes asking = probes;
          if (asking != null) {
            asking.close();
          }
          office.close();
          closePage();
          TenancyFeed reading = feed;
          if (reading != null) {
            reading.close();
          }
          usage.close();
          tokens.close();
          alerts.close();
          database.close();
          Metrics.stop();
          control.terminate();
          return control.getWhenTerminated();
        })
        .thenRun(() -> {
          ApiServer connected = api;
          if (connected != null) {
            connected.close();
          }
        })
        .thenAccept(done -> LOG.info("stopped"));
  }

  private void closePage() {
    MetricsPage open = page;
    if (open != null) {
      open.close();
    }
  }

  private static Config controlConfig(NodeSettings settings) {
    Config own = ConfigFactory.parseMap(Map.of(
        "akka.management.http.hostname", settings.health().host(),
        "akka.management.http.port", settings.health().port(),
        "akka.management.http.bind-hostname", settings.health().host(),
        "akka.management.http.bind-port", settings.health().port()));
    return own.withFallback(settings.config().getConfig("sluice.control"))
        .withFallback(ConfigFactory.defaultReference())
        .resolve();
  }

  private final class Residents implements ClusterWorld.Resident {
    @Override
    public void arrive(akka.actor.typed.ActorSystem<?> system) {
      DatabaseClock clock = DatabaseClock.start(
          system, settings.quota().clockError(), settings.cluster().clockInterval());
      quota = Quota.start(
          system, leases, tenancy, clock::nowMillis, watch(), journal, settings.quota());
      HealthAgent.start(system, models.health());
      GateAgent.start(system, models.gates());
      if (rates != null) {
        rates.connect(system);
      }
      ApiServer connected = api;
      if (connected != null && settings.writesStatuses()) {
        StatusWriter writer = new StatusWriter(connected, settings.status(), Clock.systemUTC());
        Reporter.start(system, declared, writer, settings.status(), Clock.systemUTC());
      }
    }

    @Override
    public void depart() {
      HealthAgent.disconnect(models.health());
      GateAgent.disconnect(models.gates());
      if (rates != null) {
        rates.disconnect();
      }
      Quota gone = quota;
      quota = null;
      if (gone != null) {
        gone.disconnect();
      }
    }
  }
}
