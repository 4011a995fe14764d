package dev.sluice.quota;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.receptionist.Receptionist;
import akka.actor.typed.receptionist.ServiceKey;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import dev.sluice.state.WireMessage;

/**
 * Carries the lease protocol between this node's {@link NodeLeases} and the entities of all tenants. Its name holds the
 * node's id, so that an entity finds the node of a lease after a restart.
 */
public final class LeaseAgent extends AbstractBehavior<LeaseAgent.Command> {
  static final ServiceKey<Command> KEY = ServiceKey.create(Command.class, "sluice-lease-agent");
  private static final String NAME_PREFIX = "leases-";

  public sealed interface Command extends WireMessage {}

  /** A tenant's entity speaks. */
  public record FromEntity(String tenant, ToNode message) implements Command {}

  /** To be told a tenant's entity; from this process only. */
  record Send(String tenant, ToEntity message) implements Command {}

  private record Agents(Receptionist.Listing listing) implements Command {}

  private final NodeLeases leases;
  private final AgentDirectory directory;
  private final ClusterSharding sharding;

  static Behavior<Command> create(
      NodeLeases leases, AgentDirectory directory, ClusterSharding sharding) {
    return Behaviors.setup(context -> new LeaseAgent(context, leases, directory, sharding));
  }

  static String nameOf(String uid) {
    return NAME_PREFIX + uid;
  }

  static String uidOf(ActorRef<Command> agent) {
    return agent.path().name().substring(NAME_PREFIX.length());
  }

  private LeaseAgent(
      ActorContext<Command> context,
      NodeLeases leases,
      AgentDirectory directory,
      ClusterSharding sharding) {
    super(context);
    this.leases = leases;
    this.directory = directory;
    this.sharding = sharding;
    ActorRef<Receptionist.Listing> listings =
        context.messageAdapter(Receptionist.Listing.class, Agents::new);
    context.getSystem().receptionist().tell(Receptionist.register(KEY, context.getSelf()));
    context.getSystem().receptionist().tell(Receptionist.subscribe(KEY, listings));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(FromEntity.class, this::onFromEntity)
        .onMessage(Send.class, this::onSend)
        .onMessage(Agents.class, this::onAgents)
        .build();
  }

  private Behavior<Command> onFromEntity(FromEntity command) {
    leases.take(command.tenant(), command.message());
    return this;
  }

  private Behavior<Command> onSend(Send command) {
    sharding
        .entityRefFor(TenantQuota.TYPE, command.tenant())
        .tell(new TenantQuota.FromNode(command.message(), getContext().getSelf()));
    return this;
  }

  private Behavior<Command> onAgents(Agents command) {
    directory.replace(command.listing().getServiceInstances(KEY));
    return this;
  }
}
