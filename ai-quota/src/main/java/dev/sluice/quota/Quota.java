package dev.sluice.quota;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** The quota in one cluster system: the tenants' entities, and this node's agent among them. */
public final class Quota {
  private static final Duration ASK_TIMEOUT = Duration.ofSeconds(3);

  private final ClusterSharding sharding;
  private final NodeLeases leases;

  private Quota(ClusterSharding sharding, NodeLeases leases) {
    this.sharding = sharding;
    this.leases = leases;
  }

  /**
   * Starts it. The leases reach entities through this system until {@link #disconnect}.
   *
   * @param clock the database's, in milliseconds
   */
  public static Quota start(
      ActorSystem<?> system,
      NodeLeases leases,
      Plans plans,
      Supplier<OptionalLong> clock,
      QuotaSettings settings) {
    return start(system, leases, plans, clock, QuotaWatch.NONE, new JournalOutage(), settings);
  }

  /** The same, with somebody who is told how buckets stand, and what is known of the journal. */
  public static Quota start(
      ActorSystem<?> system,
      NodeLeases leases,
      Plans plans,
      Supplier<OptionalLong> clock,
      QuotaWatch watch,
      JournalOutage outage,
      QuotaSettings settings) {
    ClusterSharding sharding = ClusterSharding.get(system);
    AgentDirectory agents = new AgentDirectory();
    TenantQuota.Surroundings surroundings =
        new TenantQuota.Surroundings(plans, clock, agents, outage, watch, settings);
    sharding.init(Entity.of(
        TenantQuota.TYPE, entity -> TenantQuota.create(entity.getEntityId(), surroundings)));
    ActorRef<LeaseAgent.Command> agent = system.systemActorOf(
        LeaseAgent.create(leases, agents, sharding),
        LeaseAgent.nameOf(leases.uid()),
        akka.actor.typed.Props.empty());
    leases.connect((tenant, message) -> agent.tell(new LeaseAgent.Send(tenant, message)));
    Quota quota = new Quota(sharding, leases);
    leases.askBalancesOf(quota::balances);
    return quota;
  }

  /** The system is ending: what is sent from now on is sent again later. */
  public void disconnect() {
    leases.connect(null);
    leases.askBalancesOf(null);
  }

  /** How a tenant's buckets stand; fails if its entity does not answer in time. */
  public CompletionStage<List<Balance>> balances(String tenant) {
    return sharding
        .entityRefFor(TenantQuota.TYPE, tenant)
        .<TenantQuota.Balances>ask(TenantQuota.GetBalances::new, ASK_TIMEOUT)
        .thenApply(TenantQuota.Balances::balances);
  }

  /** Gives up what nodes that are gone have not reported of a tenant; how many leases, once that is durable. */
  public CompletionStage<Integer> writeOff(String tenant) {
    return sharding
        .entityRefFor(TenantQuota.TYPE, tenant)
        .<TenantQuota.WrittenOff>ask(TenantQuota.WriteOff::new, ASK_TIMEOUT)
        .thenApply(TenantQuota.WrittenOff::leases);
  }
}
