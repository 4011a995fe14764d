package dev.sluice.model.gate;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import dev.sluice.state.WireMessage;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One gate for all nodes: lets calls in, and keeps the queue of the others. Keeps nothing: whoever takes its place asks all nodes
 * what they have, as does one that has not run for a while, and may have been replaced meanwhile.
 */
final class TargetGate extends AbstractBehavior<TargetGate.Command> {
  static final EntityTypeKey<Command> TYPE = EntityTypeKey.create(Command.class, "model-gate");

  /** The others, as the cluster has it. */
  interface Peers {
    /** Names of all members. */
    Set<String> members();

    void tell(String member, GateAgent.FromGate message);
  }

  sealed interface Command {}

  /** From a node. */
  sealed interface FromNode extends Command, WireMessage {}

  /** @param at moment of the node's own clock, as in all of these; no two are the same */
  record Ask(String node, long at, GateRule rule, Wish wish, ActorRef<GateAgent.FromGate> replyTo)
      implements FromNode {}

  /** A call is over, or waits no more. */
  record Over(String node, long at, long number) implements FromNode {}

  /** A call that began so long ago has used more tokens than were put aside, or less. */
  record Spent(String node, long at, long ageMillis, long moreTokens) implements FromNode {}

  /**
   * All that a node has here.
   *
   * @param member its name in the cluster
   * @param term newest of those who decide that it knows
   * @param removedMillis how long ago it saw a member go without a word
   * @param rule null if it knows none
   */
  record State(
      String node,
      String member,
      long at,
      long term,
      long removedMillis,
      @Nullable GateRule rule,
      NodeState state,
      ActorRef<GateAgent.FromGate> replyTo)
      implements FromNode {}

  /** Time passes. */
  record Tick() implements Command {}

  private static final Duration TICK = Duration.ofMillis(100);
  private static final long ASK_AGAIN_NANOS = Duration.ofMillis(500).toNanos();
  /** Part of a lease after which one that has not run asks anew what nodes have. */
  private static final int PART_OF_LEASE = 3;

  private final String id;
  private final Duration lease;
  private final Peers peers;
  private final LongSupplier clock;
  private final TimerScheduler<Command> timers;
  private final Map<String, ActorRef<GateAgent.FromGate>> nodes = new HashMap<>();
  private final Set<String> told = new HashSet<>();
  private GateLedger ledger;
  private long term;
  private long ranNanos;
  private long askedNanos;
  private boolean anyRemoved;

  /** @param clock monotonic, in nanoseconds */
  static Behavior<Command> create(String id, Duration lease, Peers peers, LongSupplier clock) {
    return Behaviors.setup(context ->
        Behaviors.withTimers(timers -> new TargetGate(context, timers, id, lease, peers, clock)));
  }

  private TargetGate(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      String id,
      Duration lease,
      Peers peers,
      LongSupplier clock) {
    super(context);
    this.id = id;
    this.lease = lease;
    this.peers = peers;
    this.clock = clock;
    this.timers = timers;
    this.ledger = begun(0);
  }

  private GateLedger begun(long afterTerm) {
    long now = clock.getAsLong();
    term = Math.max(afterTerm + 1, System.currentTimeMillis());
    ranNanos = now;
    told.clear();
    anyRemoved = false;
    askAll(now);
    return new GateLedger(new Answers(), lease, now);
  }

  private void askAll(long now) {
    askedNanos = now;
    for (String member : peers.members()) {
      if (!told.contains(member)) {
        peers.tell(member, new GateAgent.WhoIsIn(id, term));
      }
    }
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Ask.class, this::onAsk)
        .onMessage(Over.class, this::onOver)
        .onMessage(Spent.class, this::onSpent)
        .onMessage(State.class, this::onState)
        .onMessage(Tick.class, this::onTick)
        .build();
  }

  /** @return the moment, after what nodes had is asked for anew if that may not be true any more */
  private long now() {
    long now = clock.getAsLong();
    if (now - ranNanos >= lease.toNanos() / PART_OF_LEASE) {
      ledger = begun(term);
    }
    ranNanos = now;
    if (!timers.isTimerActive(Tick.class)) {
      timers.startTimerAtFixedRate(Tick.class, new Tick(), TICK);
    }
    return now;
  }

  private Behavior<Command> onAsk(Ask ask) {
    long now = now();
    nodes.put(ask.node(), ask.replyTo());
    if (ledger.heard(ask.node(), ask.at(), ask.rule(), now)) {
      ledger.ask(ask.node(), ask.wish(), now);
    }
    return this;
  }

  private Behavior<Command> onOver(Over over) {
    long now = now();
    if (ledger.heardAgain(over.node(), over.at(), now)) {
      ledger.over(over.node(), over.number(), now);
    }
    return this;
  }

  private Behavior<Command> onSpent(Spent spent) {
    long now = now();
    if (ledger.heardAgain(spent.node(), spent.at(), now)) {
      ledger.used(spent.ageMillis(), spent.moreTokens(), now);
    }
    return this;
  }

  private Behavior<Command> onState(State state) {
    long now = now();
    if (state.term() > term) {
      ledger = begun(state.term());
    }
    nodes.put(state.node(), state.replyTo());
    GateRule rule = state.rule();
    boolean newest = rule == null
        ? ledger.heardAgain(state.node(), state.at(), now)
        : ledger.heard(state.node(), state.at(), rule, now);
    if (newest) {
      ledger.state(state.node(), state.state(), now);
      state.replyTo().tell(new GateAgent.Known(id, term, state.at()));
    }
    if (ledger.isLearning()) {
      told.add(state.member());
      anyRemoved |= state.removedMillis() < lease.toMillis();
      learn(now);
    }
    return this;
  }

  private void learn(long now) {
    if (!anyRemoved && told.containsAll(peers.members())) {
      ledger.learned(now);
    }
  }

  private Behavior<Command> onTick(Tick tick) {
    long now = now();
    if (ledger.isLearning()) {
      learn(now);
      if (now - askedNanos >= ASK_AGAIN_NANOS) {
        askAll(now);
      }
    }
    ledger.pass(now);
    if (ledger.isIdle()) {
      nodes.clear();
      timers.cancel(Tick.class);
    }
    return this;
  }

  private final class Answers implements GateLedger.Answers {
    @Override
    public void in(CallId call, int position) {
      ActorRef<GateAgent.FromGate> node = nodes.get(call.node());
      if (node != null) {
        long at = ledger.heardAt(call.node());
        node.tell(new GateAgent.In(id, term, at, call.number(), position));
      }
    }

    @Override
    public void out(CallId call, int position, long retryMillis) {
      ActorRef<GateAgent.FromGate> node = nodes.get(call.node());
      if (node != null) {
        node.tell(new GateAgent.Out(id, term, call.number(), position, retryMillis));
      }
    }
  }
}
