package dev.sluice.model.gate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who is inside a gate, and who waits. Never lets in more than its rule allows, also when it has just taken the place of one that
 * nobody can ask any more: until all nodes have told what they have, or what they don't tell can't run any more, what it does not
 * know of counts as inside. Pure: times are told, in nanoseconds of a monotonic clock.
 */
final class GateLedger {
  /** Hears what is decided. */
  interface Answers {
    /**
     * A call goes in. May be told more than once.
     *
     * @param position that it had in the queue when it came; 0 if it did not wait
     */
    void in(CallId call, int position);

    /**
     * A call does not.
     *
     * @param retryMillis when one that comes then may
     */
    void out(CallId call, int position, long retryMillis);
  }

  private static final class Node {
    private final Map<Long, String> inside = new HashMap<>();
    private GateRule rule;
    private long heardNanos;
    private long at = Long.MIN_VALUE;

    Node(GateRule rule) {
      this.rule = rule;
    }
  }

  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Answers answers;
  private final long leaseNanos;
  private final long bornNanos;
  private final Map<String, Node> nodes = new HashMap<>();
  private final FairQueue queue = new FairQueue();
  private final Rates rates = new Rates();
  private final Map<CallId, Integer> positions = new HashMap<>();
  private final Set<CallId> impatient = new HashSet<>();
  private @Nullable GateRule rule;
  private boolean learning = true;
  /** Calls inside that were let in by another one before, and are known. */
  private int inherited;

  private final Pace pace = new Pace();
  private boolean busy;
  /** No wait is over before. */
  private long soonestNanos;

  /** @param lease for how long a node's calls count that is not heard of; the node gives them up before that */
  GateLedger(Answers answers, Duration lease, long nowNanos) {
    this.answers = answers;
    this.leaseNanos = lease.toNanos();
    this.bornNanos = nowNanos;
  }

  /** A node speaks. @return whether it is the newest that was heard of it */
  boolean heard(String name, long at, GateRule told, long now) {
    Node node = nodes.computeIfAbsent(name, none -> new Node(told));
    if (at <= node.at) {
      return false;
    }
    node.at = at;
    node.heardNanos = now;
    if (rule == null || !node.rule.equals(told) || nodes.size() != 1) {
      node.rule = told;
      rule = lowest(told);
    }
    return true;
  }

  /** Of all nodes' rules; this one if there is no node. */
  private @Nullable GateRule lowest(@Nullable GateRule otherwise) {
    return nodes.values().stream().map(one -> one.rule).reduce(GateRule::and).orElse(otherwise);
  }

  /** The same of one that does not say what its rule is. @return false too if nothing else was heard of it */
  boolean heardAgain(String name, long at, long now) {
    Node node = nodes.get(name);
    return node != null && heard(name, at, node.rule, now);
  }

  /** The newest moment of a node's own clock that it was heard at. */
  long heardAt(String name) {
    Node node = nodes.get(name);
    return node == null ? Long.MIN_VALUE : node.at;
  }

  /** A call wants to go in. */
  void ask(String name, Wish wish, long now) {
    CallId call = new CallId(name, wish.number());
    if (isInside(call)) {
      answers.in(call, positions.getOrDefault(call, 0));
      return;
    }
    if (!queue.contains(call)) {
      line(call, wish, now);
    }
    pass(now);
    GateRule by = rule;
    boolean full =
        by != null && (queue.size() > by.length() || queue.sizeOf(wish.tenant()) > by.perTenant());
    if (full && !learning && queue.contains(call)) {
      sendOut(call, now);
    }
  }

  private boolean isInside(CallId call) {
    Node node = nodes.get(call.node());
    return node != null && node.inside.containsKey(call.number());
  }

  private void line(CallId call, Wish wish, long now) {
    long until = now + wish.waitMillis() * NANOS_PER_MILLI;
    if (queue.size() == 0 || until - soonestNanos < 0) {
      soonestNanos = until;
    }
    queue.add(new FairQueue.Waiting(
        call, wish.tenant(), Math.max(1, wish.tokens()), until, wish.patient()));
    positions.put(call, queue.position(call));
    if (!wish.patient()) {
      impatient.add(call);
    }
  }

  /** A call is over, or does not wait any more. */
  void over(String name, long number, long now) {
    CallId call = new CallId(name, number);
    Node node = nodes.get(name);
    if (node != null && node.inside.containsKey(number)) {
      leave(node, call);
    } else {
      forget(call);
    }
    pass(now);
  }

  private void leave(Node node, CallId call) {
    String tenant = node.inside.remove(call.number());
    if (tenant != null) {
      queue.leave(tenant);
    }
    positions.remove(call);
  }

  private void forget(CallId call) {
    queue.remove(call);
    positions.remove(call);
    impatient.remove(call);
  }

  /** A call has used more tokens, or less, than were put aside for it. */
  void used(long ageMillis, long moreTokens, long now) {
    rates.correct(now - ageMillis * NANOS_PER_MILLI, moreTokens, now);
    pass(now);
  }

  /** A node tells all that it has here. What it does not name is over. */
  void state(String name, NodeState state, long now) {
    Node node = nodes.get(name);
    if (node == null) {
      return;
    }
    Set<Long> named = new HashSet<>();
    for (NodeState.Stay stay : state.inside()) {
      named.add(stay.number());
      stays(node, new CallId(name, stay.number()), stay.tenant(), now);
    }
    List<Long> gone = new ArrayList<>(node.inside.keySet());
    Set<Long> waiting = new HashSet<>();
    state.waiting().forEach(wish -> waiting.add(wish.number()));
    gone.removeIf(one -> named.contains(one) || waiting.contains(one));
    gone.forEach(one -> leave(node, new CallId(name, one)));
    for (FairQueue.Waiting one : queue.all()) {
      if (one.id().node().equals(name) && !waiting.contains(one.id().number())) {
        forget(one.id());
      }
    }
    if (learning) {
      state
          .used()
          .forEach(one -> rates.inherited(
              now - one.ageMillis() * NANOS_PER_MILLI, one.requests(), one.tokens()));
    }
    for (Wish wish : state.waiting()) {
      CallId call = new CallId(name, wish.number());
      if (isInside(call)) {
        answers.in(call, positions.getOrDefault(call, 0));
      } else if (!queue.contains(call)) {
        line(call, wish, now);
      }
    }
    pass(now);
  }

  /** A call is inside by its node's word. One that nobody here has let in has its place only if there is one. */
  private void stays(Node node, CallId call, String tenant, long now) {
    if (node.inside.containsKey(call.number())) {
      return;
    }
    GateRule by = rule;
    if (!learning && by != null && by.inFlight() > 0 && queue.inside() >= by.inFlight()) {
      answers.out(call, 0, retryMillis(1, 1, now));
      return;
    }
    impatient.remove(call);
    queue.enter(call, tenant, 1);
    node.inside.put(call.number(), tenant);
    if (learning) {
      inherited++;
    }
  }

  /** All nodes have told what they have, and none has gone of late. */
  void learned(long now) {
    if (learning) {
      learning = false;
      // Who has only waited for that was in no queue.
      busy = false;
      pass(now);
    }
  }

  boolean isLearning() {
    return learning;
  }

  /** Whether there is nothing that time could change. */
  boolean isIdle() {
    return nodes.isEmpty() && !learning;
  }

  int waiting() {
    return queue.size();
  }

  int inside() {
    return queue.inside();
  }

  /** Time passes. */
  void pass(long now) {
    if (learning && now - bornNanos >= leaseNanos) {
      learning = false;
      GateRule by = rule;
      if (by != null) {
        rates.fill(by, bornNanos);
      }
    }
    expireNodes(now);
    expireWaits(now);
    letIn(now);
    if (!learning && !impatient.isEmpty()) {
      new ArrayList<>(impatient).forEach(call -> sendOut(call, now));
    }
  }

  private void expireNodes(long now) {
    boolean any = false;
    Iterator<Map.Entry<String, Node>> all = nodes.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<String, Node> one = all.next();
      if (now - one.getValue().heardNanos < leaseNanos) {
        continue;
      }
      any = true;
      all.remove();
      one.getValue().inside.forEach((number, tenant) -> {
        queue.leave(tenant);
        positions.remove(new CallId(one.getKey(), number));
      });
      for (FairQueue.Waiting waiting : queue.all()) {
        if (waiting.id().node().equals(one.getKey())) {
          forget(waiting.id());
        }
      }
    }
    if (any) {
      rule = lowest(rule);
    }
  }

  private void expireWaits(long now) {
    if (queue.size() == 0 || now - soonestNanos < 0) {
      return;
    }
    long soonest = now + leaseNanos;
    for (FairQueue.Waiting one : queue.all()) {
      if (now - one.untilNanos() >= 0) {
        sendOut(one.id(), now);
      } else if (one.untilNanos() - soonest < 0) {
        soonest = one.untilNanos();
      }
    }
    soonestNanos = soonest;
  }

  private void sendOut(CallId call, long now) {
    int position = queue.position(call);
    long need = queue.cost(call);
    forget(call);
    answers.out(call, position, retryMillis(position, need, now));
  }

  private void letIn(long now) {
    GateRule by = rule;
    if (by == null) {
      return;
    }
    FairQueue.Waiting next = queue.next(by.inFlight() > 0);
    while (next != null && hasRoom(by, next.cost(), now)) {
      enter(by, next, now);
      next = queue.next(by.inFlight() > 0);
    }
    busy = next != null;
  }

  private boolean hasRoom(GateRule by, long need, long now) {
    int unknown = learning ? Math.max(0, by.inFlight() - inherited) : 0;
    if (by.inFlight() > 0 && queue.inside() + unknown >= by.inFlight()) {
      return false;
    }
    return !by.rated() || (learning ? rates.roomInKnown(by, need, now) : rates.room(by, need, now));
  }

  private void enter(GateRule by, FairQueue.Waiting next, long now) {
    Node node = nodes.get(next.id().node());
    if (node == null) {
      forget(next.id());
      return;
    }
    pace.in(busy, now);
    impatient.remove(next.id());
    queue.enter(next.id(), next.tenant(), by.tokensPerMinute() > 0 ? next.cost() : 1);
    node.inside.put(next.id().number(), next.tenant());
    if (by.rated()) {
      rates.began(now, 1, next.cost());
    }
    int position = busy ? positions.getOrDefault(next.id(), 0) : 0;
    positions.put(next.id(), position);
    answers.in(next.id(), position);
  }

  private long retryMillis(int position, long need, long now) {
    GateRule by = rule;
    return pace.millis(position, busy, by == null ? 0 : rates.nanosUntilRoom(by, need, now), now);
  }
}
