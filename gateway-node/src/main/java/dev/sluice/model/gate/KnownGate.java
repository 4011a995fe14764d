package dev.sluice.model.gate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What one node has at one gate. To be used under the lock of its {@link NodeGates}. */
final class KnownGate {
  private static final long SLOT_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();
  private static final long NANOS_PER_MILLI = 1_000_000;

  private record Sum(long requests, long tokens) {
    Sum plus(Sum other) {
      return new Sum(requests + other.requests, tokens + other.tokens);
    }
  }

  final Map<Long, GatePass> passes = new LinkedHashMap<>();
  /** What began here in the last minute, by seconds; empty where nothing is counted by the minute. */
  private final TreeMap<Long, Sum> began = new TreeMap<>();

  GateRule rule;
  long term = Long.MIN_VALUE;
  /** When the places of those inside are no more theirs; moved on by each word of who decides. */
  long endNanos = Long.MIN_VALUE;

  boolean leased;

  KnownGate(GateRule rule) {
    this.rule = rule;
  }

  /** Who decides has heard this node at this moment of its clock. */
  void heard(long at, Duration ownLease) {
    long end = at + ownLease.toNanos();
    if (!leased || end - endNanos > 0) {
      endNanos = end;
      leased = true;
    }
  }

  boolean isLeased(long now) {
    return leased && endNanos - now > 0;
  }

  void began(GatePass pass) {
    if (rule.rated()) {
      began.merge(Math.floorDiv(pass.inNanos, SLOT_NANOS), new Sum(1, pass.tokens), Sum::plus);
    }
  }

  void corrected(GatePass pass, long moreTokens) {
    began.computeIfPresent(
        Math.floorDiv(pass.inNanos, SLOT_NANOS),
        (slot, sum) -> new Sum(sum.requests(), Math.max(0, sum.tokens() + moreTokens)));
  }

  boolean isEmpty(long now) {
    age(now);
    return passes.isEmpty() && began.isEmpty();
  }

  private void age(long now) {
    while (!began.isEmpty() && (began.firstKey() + 1) * SLOT_NANOS <= now - MINUTE_NANOS) {
      began.pollFirstEntry();
    }
  }

  NodeState state(long now) {
    age(now);
    List<NodeState.Stay> inside = new ArrayList<>();
    List<Wish> waiting = new ArrayList<>();
    for (GatePass pass : passes.values()) {
      if (pass.inside) {
        inside.add(new NodeState.Stay(pass.number, pass.tenant));
      } else {
        waiting.add(pass.wish(now));
      }
    }
    List<NodeState.Used> used = new ArrayList<>();
    began.forEach((slot, sum) -> used.add(new NodeState.Used(
        Math.max(0, (now - (slot + 1) * SLOT_NANOS) / NANOS_PER_MILLI),
        sum.requests(),
        sum.tokens())));
    return new NodeState(inside, waiting, used);
  }
}
