package dev.sluice.quota;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One tenant's leases on this node: admits from them, asks for more, and reports what they come to. Knows no actor and no
 * clock: whoever calls says when it is, in nanoseconds of the monotonic clock, takes what is to be sent from {@link
 * #takeLetters}, and runs what {@link #takeAnswers} returns. Guarded by its own lock, which its caller holds.
 *
 * <p>Sections named below are those of docs/quota-protocol.md.
 */
final class TenantLeases {
  private static final class Waiter {
    private final Amounts need;
    private final long sinceNanos;
    private final long untilNanos;
    private final Consumer<Admission> answer;

    Waiter(Amounts need, long sinceNanos, long untilNanos, Consumer<Admission> answer) {
      this.need = need;
      this.sinceNanos = sinceNanos;
      this.untilNanos = untilNanos;
      this.answer = answer;
    }
  }

  /** An ask that is out. */
  private static final class OutAsk {
    private final String path;
    private final List<Long> sentNanos = new ArrayList<>();
    private final Deque<Waiter> waiters = new ArrayDeque<>();
    private boolean prefetch;

    OutAsk(String path) {
      this.path = path;
    }
  }

  private record Refused(ToNode.Refused refusal, long untilNanos) {}

  private static final int PREFETCH_BELOW = 4;
  private static final int IDLE_PART_OF_LIFE = 4;
  private static final long NANOS = 1_000_000;

  private final String uid;
  private final NodeSettings settings;
  private final Map<Long, NodeLease> leases = new TreeMap<>();
  private final Map<Long, OutAsk> asks = new HashMap<>();
  private final Map<Long, Long> toClose = new HashMap<>();
  private final Map<String, Refused> refused = new HashMap<>();
  private final Map<String, List<ToNode.Room>> rooms = new HashMap<>();
  private final Demand demand = new Demand();
  private List<ToEntity> letters = new ArrayList<>();
  private List<Runnable> answers = new ArrayList<>();
  private long lastNo;
  private long goodbyeNanos;
  private boolean unclear;
  private boolean leaving;
  private boolean gone;

  TenantLeases(String uid, NodeSettings settings) {
    this.uid = uid;
    this.settings = settings;
  }

  List<ToEntity> takeLetters() {
    List<ToEntity> taken = letters;
    letters = new ArrayList<>();
    return taken;
  }

  List<Runnable> takeAnswers() {
    List<Runnable> taken = answers;
    answers = new ArrayList<>();
    return taken;
  }

  /**
   * 4.1. Puts a hold on a lease if one fits; else asks for a lease, and answers later.
   *
   * @param patienceNanos how long it may take
   * @param later told if the answer is not returned
   * @return the answer, or null if it will be told
   */
  @Nullable
  Admission hold(
      String path, Amounts need, long nowNanos, long patienceNanos, Consumer<Admission> later) {
    demand.add(need, nowNanos);
    Admission now = tryHold(path, need, nowNanos);
    if (now != null) {
      return now;
    }
    if (leaving) {
      return new Admission.Unreachable();
    }
    Refused lately = refused.get(path);
    if (lately != null) {
      if (nowNanos - lately.untilNanos() < 0 && need.covers(lately.refusal().need())) {
        return new Admission.Refused(lately.refusal().room(), lately.refusal().tryInMillis());
      }
      refused.remove(path);
    }
    Waiter waiter = new Waiter(need, nowNanos, nowNanos + patienceNanos, later);
    OutAsk out = askOn(path);
    if (out != null) {
      out.waiters.add(waiter);
    } else {
      ask(path, List.of(waiter), nowNanos);
    }
    return null;
  }

  private @Nullable Admission tryHold(String path, Amounts need, long nowNanos) {
    for (NodeLease lease : leases.values()) {
      if (lease.path().equals(path) && lease.usable(nowNanos) && lease.room().covers(need)) {
        NodeLease.Slot slot = lease.hold(need, nowNanos);
        if (lease.exact() && lease.room().isNone()) {
          lease.close(nowNanos);
          letters.add(lease.report(uid, nowNanos));
        } else {
          prefetch(lease, nowNanos);
        }
        return new Admission.Admitted(new Hold(this, lease, slot, need), roomNow(path));
      }
    }
    return null;
  }

  /** What is known of the path's buckets: what was free at the last grant, and what is left of the leases since. */
  private List<ToNode.Room> roomNow(String path) {
    Amounts left = Amounts.NONE;
    for (NodeLease lease : leases.values()) {
      if (lease.path().equals(path) && !lease.closed()) {
        left = left.plus(Amounts.NONE.max(lease.room()));
      }
    }
    List<ToNode.Room> now = new ArrayList<>();
    for (ToNode.Room room : rooms.getOrDefault(path, List.of())) {
      long free = Math.max(0, room.free()) + left.of(room.unit());
      now.add(
          new ToNode.Room(room.bucket(), room.unit(), room.limit(), free, room.resetInMillis()));
    }
    return now;
  }

  /** 4.2. What a request has really used takes the place of its hold. Above the hold it counts uncut. */
  void settle(Hold hold, Amounts used, long nowNanos) {
    if (!hold.settle()) {
      return;
    }
    NodeLease lease = hold.lease();
    lease.settle(hold.slot(), hold.amount(), used, nowNanos);
    if (lease.exact() || !lease.room().covers(Amounts.NONE) || lease.closed()) {
      letters.add(lease.report(uid, nowNanos));
    }
  }

  void take(ToNode message, long nowNanos) {
    if (message instanceof ToNode.Granted granted) {
      granted(granted, nowNanos);
    } else if (message instanceof ToNode.Refused refusal) {
      refused(refusal, nowNanos);
    } else if (message instanceof ToNode.Stale stale) {
      toClose.remove(stale.no());
      askAgain(asks.remove(stale.no()), nowNanos);
    } else if (message instanceof ToNode.Recall recall) {
      recall.nos().forEach(no -> recalled(no, nowNanos));
    } else if (message instanceof ToNode.Acked acked) {
      toClose.remove(acked.no());
      NodeLease lease = leases.get(acked.no());
      if (lease != null && acked.n() != ToNode.ALL) {
        lease.acked(acked.n());
        if (lease.isFinal()) {
          leases.remove(acked.no());
        }
      }
    } else if (message instanceof ToNode.GoodbyeAcked) {
      gone = leaving;
    }
  }

  /** 4.4. */
  private void granted(ToNode.Granted granted, long nowNanos) {
    OutAsk ask = asks.remove(granted.no());
    if (ask == null) {
      if (!leases.containsKey(granted.no())) {
        toClose(granted.no(), nowNanos);
      }
      return;
    }
    unclear |= ask.sentNanos.size() > 1;
    long sent = ask.sentNanos.get(Math.min(granted.attempt(), ask.sentNanos.size() - 1));
    NodeLease lease = new NodeLease(granted, ask.path, sent, nowNanos);
    leases.put(granted.no(), lease);
    rooms.put(ask.path, granted.rooms());
    refused.remove(ask.path);
    if (lease.expired(nowNanos) || leaving) {
      lease.close(nowNanos);
      letters.add(lease.report(uid, nowNanos));
    }
    askAgain(ask, nowNanos);
  }

  /** Admits what waits as far as leases reach; for the rest there is a new ask. */
  private void askAgain(@Nullable OutAsk ask, long nowNanos) {
    if (ask == null) {
      return;
    }
    List<Waiter> still = new ArrayList<>();
    for (Waiter waiter : ask.waiters) {
      Admission admitted = still.isEmpty() ? tryHold(ask.path, waiter.need, nowNanos) : null;
      if (admitted != null) {
        answer(waiter, admitted);
      } else if (leaving) {
        answer(waiter, new Admission.Unreachable());
      } else {
        still.add(waiter);
      }
    }
    if (!still.isEmpty()) {
      OutAsk other = askOn(ask.path);
      if (other != null) {
        other.waiters.addAll(still);
      } else {
        ask(ask.path, still, nowNanos);
      }
    }
  }

  private void refused(ToNode.Refused refusal, long nowNanos) {
    OutAsk ask = asks.remove(refusal.no());
    if (ask == null) {
      return;
    }
    unclear |= true;
    if (ask.prefetch && ask.waiters.isEmpty()) {
      return;
    }
    if (!ask.prefetch) {
      long millis = refusal.tryInMillis() == ToNode.NEVER
          ? settings.refusedMillis()
          : Math.min(refusal.tryInMillis(), settings.refusedMillis());
      refused.put(ask.path, new Refused(refusal, nowNanos + millis * NANOS));
      Iterator<Waiter> waiters = ask.waiters.iterator();
      while (waiters.hasNext()) {
        Waiter waiter = waiters.next();
        if (waiter.need.covers(refusal.need())) {
          waiters.remove();
          answer(waiter, new Admission.Refused(refusal.room(), refusal.tryInMillis()));
        }
      }
    }
    askAgain(ask, nowNanos);
  }

  /** 4.5. */
  private void recalled(long no, long nowNanos) {
    NodeLease lease = leases.get(no);
    if (lease != null) {
      lease.close(nowNanos);
      letters.add(lease.report(uid, nowNanos));
      return;
    }
    toClose(no, nowNanos);
    askAgain(asks.remove(no), nowNanos);
  }

  /** 4.3. Names all that wait, and closes what could not serve them: give-back and grant are one event. */
  private void ask(String path, List<Waiter> waiters, long nowNanos) {
    for (NodeLease lease : leases.values()) {
      if (lease.path().equals(path)) {
        lease.close(nowNanos);
      }
    }
    OutAsk ask = new OutAsk(path);
    ask.waiters.addAll(waiters);
    asks.put(++lastNo, ask);
    send(lastNo, ask, nowNanos);
  }

  private void prefetch(NodeLease lease, long nowNanos) {
    boolean low = !lease.room().covers(lease.size().dividedBy(PREFETCH_BELOW));
    if (low
        && !lease.exact()
        && !leaving
        && askOn(lease.path()) == null
        && !refused.containsKey(lease.path())) {
      OutAsk ask = new OutAsk(lease.path());
      ask.prefetch = true;
      asks.put(++lastNo, ask);
      send(lastNo, ask, nowNanos);
    }
  }

  private void send(long no, OutAsk ask, long nowNanos) {
    int attempt = ask.sentNanos.size();
    ask.sentNanos.add(nowNanos);
    List<Amounts> needs = ask.waiters.stream().map(waiter -> waiter.need).toList();
    long waited =
        ask.waiters.isEmpty() ? 0 : (nowNanos - ask.waiters.getFirst().sinceNanos) / NANOS;
    List<ToEntity.Report> reports = new ArrayList<>();
    for (NodeLease lease : leases.values()) {
      if (lease.path().equals(ask.path) && lease.unacked()) {
        reports.add(lease.report(uid, nowNanos));
      }
    }
    Amounts want = demand.over(settings.wantMillis(), nowNanos);
    letters.add(new ToEntity.Ask(
        uid, no, attempt, ask.path, ask.prefetch ? List.of() : needs, waited, want, reports));
  }

  private @Nullable OutAsk askOn(String path) {
    for (OutAsk ask : asks.values()) {
      if (ask.path.equals(path)) {
        return ask;
      }
    }
    return null;
  }

  private void toClose(long no, long nowNanos) {
    unclear = true;
    toClose.put(no, nowNanos);
    letters.add(new ToEntity.Close(uid, no));
  }

  private void answer(Waiter waiter, Admission admission) {
    answers.add(() -> waiter.answer.accept(admission));
  }

  /** Time has passed: ends leases, reports, sends again what was not answered, gives up who waited too long. */
  void tick(long nowNanos) {
    for (NodeLease lease : leases.values()) {
      boolean idle = lease.idle()
          && lease.unusedNanos(nowNanos) > lease.lifeMillis() * NANOS / IDLE_PART_OF_LIFE;
      if (lease.expired(nowNanos) || idle || leaving) {
        lease.close(nowNanos);
      }
      if (lease.unacked() && reportDue(lease, nowNanos)) {
        letters.add(lease.report(uid, nowNanos));
      }
    }
    tickAsks(nowNanos);
    toClose.replaceAll((no, sent) -> {
      if (nowNanos - sent < settings.resendMillis() * NANOS) {
        return sent;
      }
      letters.add(new ToEntity.Close(uid, no));
      return nowNanos;
    });
    if (leaving && !gone && leases.isEmpty() && asks.isEmpty() && toClose.isEmpty()) {
      sayGoodbye(nowNanos);
    }
  }

  private boolean reportDue(NodeLease lease, long nowNanos) {
    if (lease.reportedLately(nowNanos, settings.resendMillis() * NANOS)) {
      return false;
    }
    long since = lease.changedSinceNanos(nowNanos) / NANOS;
    return lease.closed()
        || since >= (lease.idle() ? settings.quietMillis() : settings.reportMillis());
  }

  private void tickAsks(long nowNanos) {
    for (Map.Entry<Long, OutAsk> out : List.copyOf(asks.entrySet())) {
      OutAsk ask = out.getValue();
      boolean gaveUp = ask.waiters.removeIf(waiter -> {
            boolean over = nowNanos - waiter.untilNanos >= 0;
            if (over) {
              answer(waiter, new Admission.Unreachable());
            }
            return over;
          })
          && ask.waiters.isEmpty();
      long first = nowNanos - ask.sentNanos.get(0);
      boolean giveUp =
          gaveUp || leaving || ask.waiters.isEmpty() && first > settings.giveUpMillis() * NANOS;
      if (giveUp) {
        asks.remove(out.getKey());
        toClose(out.getKey(), nowNanos);
        ask.waiters.forEach(waiter -> answer(waiter, new Admission.Unreachable()));
      } else if (nowNanos - ask.sentNanos.get(ask.sentNanos.size() - 1)
          >= settings.resendMillis() * NANOS) {
        send(out.getKey(), ask, nowNanos);
      }
    }
  }

  /** 4.10. Admits nothing more; {@link #gone} once everything is given back and the entity knows it. */
  void leave(long nowNanos) {
    leaving = true;
    tick(nowNanos);
  }

  private void sayGoodbye(long nowNanos) {
    if (!unclear || lastNo == 0) {
      gone = true;
    } else if (goodbyeNanos == 0 || nowNanos - goodbyeNanos >= settings.resendMillis() * NANOS) {
      goodbyeNanos = nowNanos;
      letters.add(new ToEntity.Goodbye(uid));
    }
  }

  boolean gone() {
    return gone;
  }

  /** Nothing is leased, asked for or owed: it can be made anew when it is needed again, but for {@link #lastNo}. */
  boolean quiet() {
    return leases.isEmpty() && asks.isEmpty() && toClose.isEmpty();
  }

  long openHolds() {
    return leases.values().stream().filter(lease -> !lease.idle()).count();
  }

  int leaseCount() {
    return leases.size();
  }
}
