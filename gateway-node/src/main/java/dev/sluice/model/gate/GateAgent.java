package dev.sluice.model.gate;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.ClusterEvent.MemberRemoved;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Subscribe;
import dev.sluice.state.WireMessage;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Carries what this node's calls want to those who decide, and what they decide to this node. */
public final class GateAgent extends AbstractBehavior<GateAgent.Command> {
  private static final String NAME = "model-gate-agent";
  private static final int RENEWALS_PER_LEASE = 4;

  sealed interface Command {}

  /** From one who decides, of any node. */
  sealed interface FromGate extends Command, WireMessage {}

  /**
   * A call is let in.
   *
   * @param term of who decides: a newer one takes the place of others
   * @param at newest moment of this node's clock that it was heard at
   * @param position that the call had in the queue; 0 if it did not wait
   */
  record In(String gate, long term, long at, long number, int position) implements FromGate {}

  /** A call is not, or is not any more. */
  record Out(String gate, long term, long number, int position, long retryMillis)
      implements FromGate {}

  /** The node was heard. */
  record Known(String gate, long term, long at) implements FromGate {}

  /** What does this node have there? */
  record WhoIsIn(String gate, long term) implements FromGate {}

  private record Tell(String gate, TargetGate.FromNode message) implements Command {}

  private record Removed(MemberRemoved event) implements Command {}

  private record Renew() implements Command {}

  private final NodeGates gates;
  private final ClusterSharding sharding;

  /** Starts it in a cluster system; the node's gates are connected until {@link #disconnect}. */
  public static void start(ActorSystem<?> system, NodeGates gates) {
    system.systemActorOf(create(gates), NAME, Props.empty());
  }

  /** The cluster system is ending: nobody is let in from now on. */
  public static void disconnect(NodeGates gates) {
    gates.connect(null);
  }

  private static Behavior<Command> create(NodeGates gates) {
    return Behaviors.setup(
        context -> Behaviors.withTimers(timers -> new GateAgent(context, timers, gates)));
  }

  private GateAgent(
      ActorContext<Command> context, TimerScheduler<Command> timers, NodeGates gates) {
    super(context);
    this.gates = gates;
    this.sharding = ClusterSharding.get(context.getSystem());
    Cluster cluster = Cluster.get(context.getSystem());
    Everybody peers = new Everybody(context.getSystem(), cluster);
    sharding.init(Entity.of(
        TargetGate.TYPE,
        entity -> TargetGate.create(
            entity.getEntityId(), gates.settings().lease(), peers, System::nanoTime)));
    cluster
        .subscriptions()
        .tell(Subscribe.create(
            context.messageAdapter(MemberRemoved.class, Removed::new), MemberRemoved.class));
    timers.startTimerAtFixedRate(
        new Renew(), gates.settings().lease().dividedBy(RENEWALS_PER_LEASE));
    gates.connect(new Link(
        context.getSelf(), context.getSelf().narrow(), gates.uid(), name(cluster.selfMember())));
  }

  private static String name(Member member) {
    return member.uniqueAddress().toString();
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Tell.class, this::onTell)
        .onMessage(In.class, this::onIn)
        .onMessage(Out.class, this::onOut)
        .onMessage(Known.class, this::onKnown)
        .onMessage(WhoIsIn.class, this::onWhoIsIn)
        .onMessage(Removed.class, this::onRemoved)
        .onMessage(Renew.class, this::onRenew)
        .build();
  }

  private Behavior<Command> onTell(Tell tell) {
    sharding.entityRefFor(TargetGate.TYPE, tell.gate()).tell(tell.message());
    return this;
  }

  private Behavior<Command> onIn(In in) {
    gates.in(in.gate(), in.term(), in.at(), in.number(), in.position());
    return this;
  }

  private Behavior<Command> onOut(Out out) {
    gates.out(out.gate(), out.term(), out.number(), out.position(), out.retryMillis());
    return this;
  }

  private Behavior<Command> onKnown(Known known) {
    gates.heard(known.gate(), known.term(), known.at());
    return this;
  }

  private Behavior<Command> onWhoIsIn(WhoIsIn who) {
    gates.tell(who.gate(), who.term());
    return this;
  }

  private Behavior<Command> onRemoved(Removed removed) {
    if (removed.event().previousStatus().equals(MemberStatus.down())) {
      gates.removed();
    }
    return this;
  }

  private Behavior<Command> onRenew(Renew renew) {
    gates.renew();
    return this;
  }

  /** The members of the cluster, whose agents are found by their name. */
  private record Everybody(ActorSystem<?> system, Cluster cluster) implements TargetGate.Peers {
    @Override
    public Set<String> members() {
      Set<String> names = new HashSet<>();
      cluster.state().getMembers().forEach(member -> names.add(name(member)));
      return names;
    }

    @Override
    public void tell(String name, FromGate message) {
      for (Member member : cluster.state().getMembers()) {
        if (name(member).equals(name)) {
          Adapter.toClassic(system)
              .actorSelection(member.address() + "/system/" + NAME)
              .tell(message, akka.actor.ActorRef.noSender());
        }
      }
    }
  }

  private record Link(
      ActorRef<Command> agent, ActorRef<FromGate> replyTo, String uid, String member)
      implements GateLink {
    private void tell(String gate, TargetGate.FromNode message) {
      agent.tell(new Tell(gate, message));
    }

    @Override
    public void ask(String gate, long at, GateRule rule, Wish wish) {
      tell(gate, new TargetGate.Ask(uid, at, rule, wish, replyTo));
    }

    @Override
    public void over(String gate, long at, long number) {
      tell(gate, new TargetGate.Over(uid, at, number));
    }

    @Override
    public void spent(String gate, long at, long ageMillis, long moreTokens) {
      tell(gate, new TargetGate.Spent(uid, at, ageMillis, moreTokens));
    }

    @Override
    public void state(
        String gate,
        long at,
        long term,
        long removedMillis,
        @Nullable GateRule rule,
        NodeState state) {
      tell(gate, new TargetGate.State(uid, member, at, term, removedMillis, rule, state, replyTo));
    }
  }
}
