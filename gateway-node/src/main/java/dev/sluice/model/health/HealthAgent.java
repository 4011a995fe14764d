package dev.sluice.model.health;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.cluster.ddata.Key;
import akka.cluster.ddata.LWWMap;
import akka.cluster.ddata.typed.javadsl.DistributedData;
import akka.cluster.ddata.typed.javadsl.Replicator;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Carries what this node learns to those who decide, and what they decide to this node. */
public final class HealthAgent extends AbstractBehavior<HealthAgent.Command> {
  private static final String NAME = "model-health-agent";

  /** From this process only. */
  sealed interface Command {}

  private record Tell(String id, TargetHealth.Command message) implements Command {}

  private record Heard(Replicator.SubscribeResponse<LWWMap<String, HealthNews>> news)
      implements Command {}

  private record Written() implements Command {}

  private final NodeHealth health;
  private final ClusterSharding sharding;

  /** Starts it in a cluster system; the node's health is connected until {@link #disconnect}. */
  public static void start(ActorSystem<?> system, NodeHealth health) {
    system.systemActorOf(create(health), NAME, Props.empty());
  }

  /** The cluster system is ending: the node decides alone from now on. */
  public static void disconnect(NodeHealth health) {
    health.connect(null);
  }

  private static Behavior<Command> create(NodeHealth health) {
    return Behaviors.setup(context -> new HealthAgent(context, health));
  }

  private HealthAgent(ActorContext<Command> context, NodeHealth health) {
    super(context);
    this.health = health;
    this.sharding = ClusterSharding.get(context.getSystem());
    ActorRef<Replicator.UpdateResponse<LWWMap<String, HealthNews>>> written =
        context.messageAdapter(updateResponse(), response -> new Written());
    HealthReplicas replicas = new HealthReplicas(context.getSystem(), written);
    sharding.init(Entity.of(
        TargetHealth.TYPE,
        entity -> TargetHealth.create(entity.getEntityId(), health, replicas::publish)));
    ActorRef<Replicator.SubscribeResponse<LWWMap<String, HealthNews>>> heard =
        context.messageAdapter(subscribeResponse(), Heard::new);
    ActorRef<Replicator.Command> replicator =
        DistributedData.get(context.getSystem()).replicator();
    for (Key<LWWMap<String, HealthNews>> key : HealthReplicas.keys()) {
      replicator.tell(new Replicator.Subscribe<>(key, heard));
    }
    health.connect(new Link(context.getSelf(), health.uid()));
  }

  @SuppressWarnings("unchecked") // a class has no type arguments
  private static Class<Replicator.UpdateResponse<LWWMap<String, HealthNews>>> updateResponse() {
    return (Class<Replicator.UpdateResponse<LWWMap<String, HealthNews>>>)
        (Class<?>) Replicator.UpdateResponse.class;
  }

  @SuppressWarnings("unchecked") // a class has no type arguments
  private static Class<Replicator.SubscribeResponse<LWWMap<String, HealthNews>>>
      subscribeResponse() {
    return (Class<Replicator.SubscribeResponse<LWWMap<String, HealthNews>>>)
        (Class<?>) Replicator.SubscribeResponse.class;
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Tell.class, this::onTell)
        .onMessage(Heard.class, this::onHeard)
        .onMessage(Written.class, done -> this)
        .build();
  }

  private Behavior<Command> onTell(Tell tell) {
    sharding.entityRefFor(TargetHealth.TYPE, tell.id()).tell(tell.message());
    return this;
  }

  private Behavior<Command> onHeard(Heard heard) {
    if (heard.news() instanceof Replicator.Changed<LWWMap<String, HealthNews>> changed) {
      changed.get(changed.key()).getEntries().values().forEach(health::hear);
    }
    return this;
  }

  private record Link(ActorRef<Command> agent, String uid) implements HealthLink {
    @Override
    public void tell(String id, Sign sign, @Nullable Duration retryAfter) {
      agent.tell(new Tell(
          id, new TargetHealth.Seen(uid, sign, retryAfter == null ? -1 : retryAfter.toMillis())));
    }

    @Override
    public void wantsTrial(String id) {
      agent.tell(new Tell(id, new TargetHealth.WantsTrial(uid)));
    }
  }
}
