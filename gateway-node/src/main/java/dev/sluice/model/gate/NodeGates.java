package dev.sluice.model.gate;

import dev.sluice.ingress.ModelLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The calls of this node at gates: those that wait to be let in, and those inside. Stands outside of the cluster's actor system;
 * while there is none, nobody is let in, and those inside end with their lease. Safe for use by many threads; a node without
 * limits keeps nothing here.
 */
public final class NodeGates {
  private static final Duration LONG_AGO = Duration.ofDays(365);

  /** How one gate stands, as far as this node has to do with it. */
  public record Standing(int inside, int waiting) {
    public static final Standing NONE = new Standing(0, 0);
  }

  private final String uid;
  private final GateSettings settings;
  private final LongSupplier clock;
  private final Object lock = new Object();
  private final Map<String, KnownGate> gates = new HashMap<>();
  private GateLink link = GateLink.NONE;
  private long lastStamp;
  private long lastNumber;
  private int waiting;
  private boolean removed;
  private long removedNanos;

  /**
   * @param uid of this node, in this life
   * @param clock monotonic, in nanoseconds
   */
  public NodeGates(String uid, GateSettings settings, LongSupplier clock) {
    this.uid = uid;
    this.settings = settings;
    this.clock = clock;
    this.lastStamp = clock.getAsLong() - 1;
  }

  String uid() {
    return uid;
  }

  public GateSettings settings() {
    return settings;
  }

  /** @param to null if there is nobody who decides */
  void connect(@Nullable GateLink to) {
    synchronized (lock) {
      link = to == null ? GateLink.NONE : to;
    }
    renew();
  }

  /**
   * A call wants to pass.
   *
   * @param provider {@code namespace/name}
   * @param tokens that it may come to at most
   * @param patient whether it waits if there is no room
   */
  public GatePass ask(
      String provider,
      ModelLimit limit,
      String tenant,
      long tokens,
      boolean patient,
      GateAnswer answer) {
    String gate = limit.id(provider);
    GatePass pass;
    int before;
    synchronized (lock) {
      long now = clock.getAsLong();
      Duration wait = patient ? limit.queue().longest() : settings.answerTimeout();
      lastNumber++;
      pass = new GatePass(
          this, gate, lastNumber, tenant, tokens, patient, now + wait.toNanos(), answer);
      GateRule rule = GateRule.of(limit);
      KnownGate known = gates.computeIfAbsent(gate, none -> new KnownGate(rule));
      known.rule = rule;
      before = waiting;
      if (before < settings.mostWaiting()) {
        waiting++;
        known.passes.put(pass.number, pass);
        link.ask(gate, stamp(now), rule, pass.wish(now));
      } else {
        pass.over = true;
      }
    }
    if (pass.over) {
      answer.out(before + 1, Duration.ofSeconds(1));
    }
    return pass;
  }

  /** This node's clock, but never twice the same. */
  private long stamp(long now) {
    lastStamp = Math.max(now, lastStamp + 1);
    return lastStamp;
  }

  void over(GatePass pass) {
    synchronized (lock) {
      end(pass);
    }
  }

  /** @return whether it was not over before */
  private boolean end(GatePass pass) {
    if (pass.over) {
      return false;
    }
    pass.over = true;
    KnownGate known = gates.get(pass.gate);
    if (known != null) {
      known.passes.remove(pass.number);
    }
    if (!pass.inside) {
      waiting--;
    }
    link.over(pass.gate, stamp(clock.getAsLong()), pass.number);
    return true;
  }

  void used(GatePass pass, long total) {
    synchronized (lock) {
      KnownGate known = gates.get(pass.gate);
      long more = total - pass.tokens;
      if (known == null || !pass.inside || more == 0 || known.rule.tokensPerMinute() == 0) {
        return;
      }
      long now = clock.getAsLong();
      known.corrected(pass, more);
      link.spent(pass.gate, stamp(now), (now - pass.inNanos) / 1_000_000, more);
    }
  }

  long leftNanos(GatePass pass) {
    synchronized (lock) {
      KnownGate known = gates.get(pass.gate);
      return pass.over || known == null ? 0 : Math.max(0, known.endNanos - clock.getAsLong());
    }
  }

  /** A call of this node is let in. */
  void in(String gate, long term, long at, long number, int position) {
    GatePass pass;
    boolean late = false;
    synchronized (lock) {
      KnownGate known = gates.get(gate);
      pass = known == null ? null : known.passes.get(number);
      if (known == null || pass == null) {
        link.over(gate, stamp(clock.getAsLong()), number);
        return;
      }
      if (term < known.term || pass.inside) {
        // One who does not decide any more; or it was told before.
        return;
      }
      known.term = term;
      known.heard(at, settings.ownLease());
      long now = clock.getAsLong();
      if (known.isLeased(now)) {
        pass.inside = true;
        pass.inNanos = now;
        waiting--;
        known.began(pass);
      } else {
        late = end(pass);
      }
    }
    if (late) {
      pass.answer.unknown();
    } else {
      pass.answer.in(position);
    }
  }

  /** A call of this node is not let in, or has lost its place. */
  void out(String gate, long term, long number, int position, long retryMillis) {
    GatePass pass;
    boolean wasInside;
    synchronized (lock) {
      KnownGate known = gates.get(gate);
      pass = known == null ? null : known.passes.get(number);
      if (known == null || pass == null || term < known.term) {
        return;
      }
      wasInside = pass.inside;
      end(pass);
    }
    if (wasInside) {
      pass.answer.lost();
    } else {
      pass.answer.out(position, Duration.ofMillis(retryMillis));
    }
  }

  /** Who decides has heard this node. */
  void heard(String gate, long term, long at) {
    synchronized (lock) {
      KnownGate known = gates.get(gate);
      if (known != null && term >= known.term) {
        known.term = term;
        known.heard(at, settings.ownLease());
      }
    }
  }

  /** Somebody decides from now on, and wants to know what is here. */
  void tell(String gate, long term) {
    synchronized (lock) {
      KnownGate known = gates.get(gate);
      if (known != null) {
        known.term = Math.max(known.term, term);
      }
      tellState(gate, known, clock.getAsLong());
    }
  }

  private void tellState(String gate, @Nullable KnownGate known, long now) {
    link.state(
        gate,
        stamp(now),
        known == null ? Long.MIN_VALUE : known.term,
        removed ? (now - removedNanos) / 1_000_000 : LONG_AGO.toMillis(),
        known == null ? null : known.rule,
        known == null ? NodeState.NOTHING : known.state(now));
  }

  /** Tells all gates again what is here, so that it stays; gives up what has stayed too long without a word. */
  void renew() {
    List<GatePass> lost = new ArrayList<>();
    synchronized (lock) {
      long now = clock.getAsLong();
      gates.values().removeIf(known -> known.isEmpty(now));
      gates.forEach((gate, known) -> {
        if (!known.isLeased(now)) {
          known.passes.values().stream().filter(pass -> pass.inside).forEach(lost::add);
        }
      });
      lost.forEach(this::end);
      gates.forEach((gate, known) -> tellState(gate, known, now));
    }
    lost.forEach(pass -> pass.answer.lost());
  }

  /** A node has gone without a word. */
  void removed() {
    synchronized (lock) {
      removed = true;
      removedNanos = clock.getAsLong();
    }
  }

  /** How gates stand, by their ids: those that this node has calls at. */
  public Map<String, Standing> standings() {
    Map<String, Standing> all = new HashMap<>();
    synchronized (lock) {
      gates.forEach((gate, known) -> {
        int inside =
            (int) known.passes.values().stream().filter(pass -> pass.inside).count();
        all.put(gate, new Standing(inside, known.passes.size() - inside));
      });
    }
    return all;
  }
}
