package dev.sluice.quota;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import akka.cluster.sharding.ShardRegion.CurrentShardRegionState;
import akka.cluster.sharding.typed.ClusterShardingQuery;
import akka.cluster.sharding.typed.GetShardRegionState;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.sluice.state.ClusterSettings;
import dev.sluice.state.ClusterWorld;
import dev.sluice.state.DatabaseClock;
import dev.sluice.state.DatabaseUrl;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The quota of one node in a cluster of its own, as a gateway wires it, without traffic. All requests are TENANT's. */
final class QuotaNode implements AutoCloseable {
  static final String TENANT = "demo";
  static final Duration DEADLINE = Duration.ofSeconds(60);

  private final QuotaSettings settings;
  private final NodeLeases leases;
  private final JournalOutage journal = new JournalOutage();
  private final ClusterWorld world;
  private volatile Plan plan;
  private volatile Quota quota;
  private volatile boolean killed;

  /** @param others settings that differ from reference.conf */
  QuotaNode(String host, DatabaseUrl database, Plan plan, Map<String, ?> others) {
    Map<String, Object> own = new HashMap<>(Map.of(
        "sluice.cluster.host", host,
        "sluice.cluster.clock-interval", "100 ms",
        "sluice.cluster.rebuild-delay", "100 ms",
        "sluice.quota.clock-error", "250 ms",
        "sluice.quota.lease-life", "4 s"));
    own.putAll(others);
    Config config = ConfigFactory.parseMap(own)
        .withFallback(ConfigFactory.defaultReference())
        .resolve();
    this.plan = plan;
    this.settings = QuotaSettings.from(config);
    this.leases = new NodeLeases(settings);
    ClusterSettings cluster = ClusterSettings.from(config);
    this.world = new ClusterWorld(cluster, config, database, new ClusterWorld.Resident() {
      @Override
      public void arrive(ActorSystem<?> system) {
        if (killed) {
          return;
        }
        DatabaseClock clock =
            DatabaseClock.start(system, settings.clockError(), cluster.clockInterval());
        quota = Quota.start(
            system,
            leases,
            tenant -> Optional.of(QuotaNode.this.plan),
            clock::nowMillis,
            QuotaWatch.NONE,
            journal,
            settings);
      }

      @Override
      public void depart() {
        Quota gone = quota;
        quota = null;
        if (gone != null) {
          gone.disconnect();
        }
      }
    });
    world.start();
    await().atMost(DEADLINE).until(() -> world.isUp() && quota != null);
  }

  ActorSystem<?> system() {
    return world.system().orElseThrow();
  }

  NodeLeases leases() {
    return leases;
  }

  /** Tenants whose entities live on this node right now. */
  List<String> entities() {
    ActorRef<ClusterShardingQuery> shards = ClusterSharding.get(system()).shardState();
    return AskPattern.<ClusterShardingQuery, CurrentShardRegionState>ask(
            shards,
            replyTo -> new GetShardRegionState(TenantQuota.TYPE, replyTo),
            DEADLINE,
            system().scheduler())
        .toCompletableFuture()
        .join()
        .getShards()
        .stream()
        .flatMap(shard -> shard.getEntityIds().stream())
        .toList();
  }

  JournalOutage journal() {
    return journal;
  }

  void declare(Plan other) {
    plan = other;
  }

  CompletableFuture<Admission> ask(long tokens) {
    CompletableFuture<Admission> answer = new CompletableFuture<>();
    Admission now =
        leases.hold(TENANT, Plan.TENANT_PATH, Amounts.ofTokens(tokens), answer::complete);
    if (now != null) {
      answer.complete(now);
    }
    return answer.orTimeout(DEADLINE.toSeconds(), SECONDS);
  }

  /** Puts a hold on the quota and waits for the answer. */
  Admission hold(long tokens) {
    return ask(tokens).join();
  }

  void settle(Admission admission, long used) {
    leases.settle(TENANT, ((Admission.Admitted) admission).hold(), Amounts.ofTokens(used));
  }

  /** One request from start to end. */
  Admission spend(long tokens) {
    Admission admission = hold(tokens);
    if (admission instanceof Admission.Admitted) {
      settle(admission, tokens);
    }
    return admission;
  }

  List<Balance> balances() {
    return quota
        .balances(TENANT)
        .toCompletableFuture()
        .orTimeout(DEADLINE.toSeconds(), SECONDS)
        .join();
  }

  Balance balance() {
    return balances().get(0);
  }

  /** Ends the actor system without a word to anyone; the node's leases live on and another system is built. */
  void crashSystem() {
    ActorSystem<?> crashed = system();
    crashed.terminate();
    await()
        .atMost(DEADLINE)
        .until(() -> world.system().filter(next -> next != crashed).isPresent()
            && world.isUp()
            && quota != null);
  }

  /** Ends as a killed process does: nothing is reported or given back. */
  void kill() {
    killed = true;
    leases.close();
    ActorSystem<?> last = system();
    last.terminate();
    await().atMost(DEADLINE).until(() -> last.whenTerminated().isCompleted());
    world.stop().toCompletableFuture().orTimeout(DEADLINE.toSeconds(), SECONDS).join();
  }

  /** Gives everything back. */
  void leave() {
    leases.leave(DEADLINE).toCompletableFuture().join();
  }

  @Override
  public void close() {
    leases.leave(Duration.ofSeconds(1)).toCompletableFuture().join();
    world.stop().toCompletableFuture().orTimeout(DEADLINE.toSeconds(), SECONDS).join();
    leases.close();
  }
}
