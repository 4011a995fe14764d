package dev.sluice.state;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The half of a node that belongs to the cluster: an actor system that may lose its majority, end, and be built again,
 * as often as it takes, while the edge of the same process goes on serving. Waits as patiently for the database.
 */
public final class ClusterWorld {
  /** What lives in the cluster system. */
  public interface Resident {
    /** A new system has been built. */
    void arrive(ActorSystem<?> system);

    /** The system is ending, or has ended. */
    void depart();
  }

  private static final Logger LOG = LoggerFactory.getLogger(ClusterWorld.class);
  private static final String NAME = "sluice";

  private final ClusterSettings settings;
  private final Config config;
  private final DatabaseUrl database;
  private final Resident resident;
  private final ScheduledExecutorService builder =
      Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "sluice-cluster-builder");
        thread.setDaemon(true);
        return thread;
      });
  private volatile @Nullable ActorSystem<Void> system;
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final CompletableFuture<Done> stopped = new CompletableFuture<>();
  private String lastFailure = "";

  public ClusterWorld(
      ClusterSettings settings, Config config, DatabaseUrl database, Resident resident) {
    this.settings = settings;
    this.config = config;
    this.database = database;
    this.resident = resident;
  }

  /** Begins to build, and goes on until it is stopped. */
  public void start() {
    builder.execute(this::build);
  }

  /** Whether this node is a member that others count on. */
  public boolean isUp() {
    ActorSystem<Void> running = system;
    return running != null && Cluster.get(running).selfMember().status() == MemberStatus.up();
  }

  /** The system as it is now; empty while there is none. */
  public Optional<ActorSystem<?>> system() {
    return Optional.ofNullable(system);
  }

  private void build() {
    if (stopping.get()) {
      return;
    }
    Schema.migrate(database)
        .whenCompleteAsync(
            (done, failure) -> {
              if (failure == null) {
                buildSystem();
              } else {
                tell("the database " + database + " can't be used yet", failure);
                buildLater();
              }
            },
            builder);
  }

  private void buildSystem() {
    if (stopping.get()) {
      return;
    }
    ActorSystem<Void> built;
    try {
      built = ActorSystem.create(Behaviors.empty(), NAME, systemConfig());
    } catch (RuntimeException e) {
      tell("the cluster system can't be built yet", e);
      buildLater();
      return;
    }
    system = built;
    built.getWhenTerminated().whenComplete((done, failure) -> builder.execute(() -> ended(built)));
    try {
      resident.arrive(built);
      lastFailure = "";
    } catch (RuntimeException e) {
      tell("the cluster system can't be used yet", e);
      built.terminate();
    }
  }

  /** By our own will, or because the split brain resolver took this node down: then there will be another. */
  private void ended(ActorSystem<Void> built) {
    if (system != built) {
      return;
    }
    system = null;
    resident.depart();
    if (!stopping.get()) {
      LOG.warn("the cluster system has ended and is built again; ordinary traffic goes on");
      buildLater();
    }
  }

  /** Tells a reason once, however often it keeps us from building. */
  private void tell(String what, Throwable failure) {
    String why = what + ": " + messageOf(failure);
    if (!why.equals(lastFailure)) {
      lastFailure = why;
      LOG.warn("{}; model calls answer 503, ordinary traffic goes on", why);
      LOG.debug("the failure", failure);
    }
  }

  private void buildLater() {
    if (!stopping.get()) {
      builder.schedule(this::build, settings.rebuildDelay().toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private Config systemConfig() {
    List<String> seeds = settings.seeds().isEmpty()
        ? List.of(settings.host() + ":" + settings.port())
        : settings.seeds();
    Map<String, Object> own = Map.of(
        "akka.remote.artery.canonical.hostname", settings.host(),
        "akka.remote.artery.canonical.port", settings.port(),
        "akka.cluster.seed-nodes",
            seeds.stream().map(seed -> "akka://" + NAME + "@" + seed).toList(),
        "akka.persistence.r2dbc.connection-factory", database.journal());
    Config flat = ConfigFactory.parseMap(own);
    return flat.withFallback(config.getConfig("sluice.cluster.system"))
        .withFallback(ConfigFactory.defaultReference())
        .resolve();
  }

  /** Leaves the cluster and ends the system for good. */
  public CompletionStage<Done> stop() {
    if (!stopping.getAndSet(true)) {
      builder.execute(this::leave);
    }
    return stopped;
  }

  /** On the builder's thread, so that no system is built meanwhile. */
  private void leave() {
    ActorSystem<Void> running = system;
    if (running == null) {
      over();
      return;
    }
    CoordinatedShutdown.get(running)
        .runAll(CoordinatedShutdown.clusterLeavingReason())
        .toCompletableFuture()
        .orTimeout(settings.leaveTimeout().toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete((done, failure) -> {
          if (failure != null) {
            LOG.warn("the cluster was not left in time: {}", messageOf(failure));
            running.terminate();
          }
          builder.execute(() -> {
            ended(running);
            over();
          });
        });
  }

  private void over() {
    stopped.complete(Done.getInstance());
    builder.shutdownNow();
  }

  /** What failed, and why: of the causes, what those before them don't say. */
  private static String messageOf(Throwable failure) {
    StringBuilder text = new StringBuilder();
    for (Throwable one = failure; one != null; one = one.getCause()) {
      boolean wraps = one instanceof CompletionException && one.getCause() != null;
      String message = one.getMessage() == null ? one.toString() : one.getMessage();
      if (!wraps && text.indexOf(message) < 0) {
        text.append(text.isEmpty() ? "" : ": ").append(message);
      }
    }
    return text.toString();
  }
}
