package dev.sluice.quota;

import dev.sluice.quota.PathLeases.OutAsk;
import dev.sluice.quota.PathLeases.Waiter;
import java.util.ArrayList;
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
  private static final int IDLE_PART_OF_LIFE = 4;

  /** Holds that one ask names: the message must fit into a frame of the transport, whoever waits behind them. */
  static final int MOST_NEEDS = 256;

  private static final long NANOS = 1_000_000;

  private final String uid;
  private final NodeSettings settings;
  private final Map<Long, NodeLease> leases = new TreeMap<>();
  private final Map<Long, OutAsk> asks = new HashMap<>();
  private final Map<Long, Long> toClose = new HashMap<>();
  private final Map<String, PathLeases> paths = new HashMap<>();
  private final Map<String, Long> wouldRefuse = new HashMap<>();
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
    if (letters.isEmpty()) {
      return List.of();
    }
    List<ToEntity> taken = letters;
    letters = new ArrayList<>();
    return taken;
  }

  List<Runnable> takeAnswers() {
    if (answers.isEmpty()) {
      return List.of();
    }
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
      String pathName, Amounts need, long nowNanos, long patienceNanos, Consumer<Admission> later) {
    PathLeases path = paths.computeIfAbsent(pathName, PathLeases::new);
    path.demand().add(need, nowNanos);
    path.used(nowNanos);
    Admission now = tryHold(path, need, nowNanos);
    if (now != null) {
      return now;
    }
    if (leaving) {
      return new Admission.Unreachable();
    }
    PathLeases.Lately lately = path.lately();
    if (lately != null) {
      if (nowNanos - lately.untilNanos() < 0 && isAsLarge(need, lately.refusal())) {
        return new Admission.Refused(lately.refusal().room(), lately.refusal().tryInMillis());
      }
      path.lately(null);
    }
    Waiter waiter = new Waiter(need, nowNanos, nowNanos + patienceNanos, later);
    OutAsk out = path.out();
    if (out != null) {
      out.waiters().add(waiter);
    } else {
      ask(path, List.of(waiter), nowNanos);
    }
    return null;
  }

  /** In the unit of the bucket that has refused. */
  private static boolean isAsLarge(Amounts need, ToNode.Refused refusal) {
    Unit unit = refusal.room().unit();
    return need.of(unit) >= refusal.need().of(unit);
  }

  private @Nullable Admission tryHold(PathLeases path, Amounts need, long nowNanos) {
    NodeLease lease = path.leaseFor(need, nowNanos);
    if (lease == null) {
      return null;
    }
    NodeLease.Slot slot = lease.hold(need, nowNanos);
    Amounts left = path.left();
    if (lease.exact() && lease.room().isNone()) {
      lease.close(nowNanos);
      letters.add(lease.report(uid, nowNanos));
    } else {
      prefetch(path, lease, left, nowNanos);
    }
    List<ToNode.Room> rooms = path.room(left);
    List<ToNode.Room> exceeded = PathLeases.exceeded(rooms);
    exceeded.forEach(room -> wouldRefuse.merge(room.bucket(), 1L, Long::sum));
    return new Admission.Admitted(
        new Hold(this, lease, slot, need, lease.upperBound(nowNanos)), rooms, exceeded);
  }

  /** 4.2. What a request has really used takes the place of its hold. Above the hold it counts uncut. */
  void settle(Hold hold, Amounts used, long nowNanos) {
    if (!hold.settle()) {
      return;
    }
    NodeLease lease = hold.lease();
    Amounts ended = used.with(Unit.IN_FLIGHT_REQUESTS, 0);
    lease.settle(hold.slot(), hold.amount(), ended, nowNanos);
    boolean over = lease.isOver() && !lease.spent();
    if (lease.urgent() || !lease.room().covers(Amounts.NONE) || over) {
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
      askAgain(over(stale.no()), nowNanos);
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
    OutAsk ask = over(granted.no());
    if (ask == null) {
      if (!leases.containsKey(granted.no())) {
        toClose(granted.no(), nowNanos);
      }
      return;
    }
    unclear |= ask.sentNanos().size() > 1;
    long sent = ask.sentNanos().get(Math.min(granted.attempt(), ask.sentNanos().size() - 1));
    NodeLease lease = new NodeLease(granted, ask.path().name(), sent, nowNanos);
    leases.put(granted.no(), lease);
    ask.path().granted(lease, granted.rooms());
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
    for (Waiter waiter : ask.waiters()) {
      Admission admitted = still.isEmpty() ? tryHold(ask.path(), waiter.need(), nowNanos) : null;
      if (admitted != null) {
        answer(waiter, admitted);
      } else if (leaving) {
        answer(waiter, new Admission.Unreachable());
      } else {
        still.add(waiter);
      }
    }
    if (!still.isEmpty()) {
      OutAsk other = ask.path().out();
      if (other != null) {
        other.waiters().addAll(still);
      } else {
        ask(ask.path(), still, nowNanos);
      }
    }
  }

  private void refused(ToNode.Refused refusal, long nowNanos) {
    OutAsk ask = over(refusal.no());
    if (ask == null) {
      return;
    }
    unclear |= true;
    if (ask.prefetch() && ask.waiters().isEmpty()) {
      return;
    }
    if (!ask.prefetch()) {
      long millis = refusal.tryInMillis() == ToNode.NEVER
          ? settings.refusedMillis()
          : Math.min(refusal.tryInMillis(), settings.refusedMillis());
      ask.path().lately(new PathLeases.Lately(refusal, nowNanos + millis * NANOS));
      Iterator<Waiter> waiters = ask.waiters().iterator();
      while (waiters.hasNext()) {
        Waiter waiter = waiters.next();
        if (isAsLarge(waiter.need(), refusal)) {
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
      lease.recall(nowNanos);
      letters.add(lease.report(uid, nowNanos));
      return;
    }
    toClose(no, nowNanos);
    askAgain(over(no), nowNanos);
  }

  /** 4.3. Names all that wait, and closes what could not serve them: give-back and grant are one event. */
  private void ask(PathLeases path, List<Waiter> waiters, long nowNanos) {
    path.closeAll(nowNanos);
    OutAsk ask = new OutAsk(path, false);
    ask.waiters().addAll(waiters);
    sendNew(ask, nowNanos);
  }

  /** @param left of all leases of the path */
  private void prefetch(PathLeases path, NodeLease lease, Amounts left, long nowNanos) {
    boolean asks = !lease.exact() && !leaving && path.out() == null && path.lately() == null;
    if (asks && lease.isLow(left)) {
      sendNew(new OutAsk(path, true), nowNanos);
    }
  }

  private void sendNew(OutAsk ask, long nowNanos) {
    asks.put(++lastNo, ask);
    ask.path().out(ask);
    send(lastNo, ask, nowNanos);
  }

  private void send(long no, OutAsk ask, long nowNanos) {
    int attempt = ask.sentNanos().size();
    ask.sentNanos().add(nowNanos);
    List<Amounts> needs = ask.prefetch()
        ? List.of()
        : ask.waiters().stream().limit(MOST_NEEDS).map(Waiter::need).toList();
    long waited =
        ask.waiters().isEmpty() ? 0 : (nowNanos - ask.waiters().getFirst().sinceNanos()) / NANOS;
    List<ToEntity.Report> reports = new ArrayList<>();
    for (NodeLease lease : leases.values()) {
      if (lease.unacked() && lease.path().equals(ask.path().name())) {
        reports.add(lease.report(uid, nowNanos));
      }
    }
    Amounts want = ask.path().demand().over(settings.wantMillis(), nowNanos);
    letters.add(
        new ToEntity.Ask(uid, no, attempt, ask.path().name(), needs, waited, want, reports));
  }

  /** An ask is out no longer. */
  private @Nullable OutAsk over(long no) {
    OutAsk ask = asks.remove(no);
    if (ask != null) {
      ask.path().out(null);
    }
    return ask;
  }

  private void toClose(long no, long nowNanos) {
    unclear = true;
    toClose.put(no, nowNanos);
    letters.add(new ToEntity.Close(uid, no));
  }

  private void answer(Waiter waiter, Admission admission) {
    answers.add(() -> waiter.answer().accept(admission));
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
    paths.values().removeIf(path -> path.quiet(nowNanos, settings.giveUpMillis() * NANOS));
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
    if (lease.changedSinceNanos(nowNanos) >= settings.reportMillis() * NANOS) {
      return true;
    }
    boolean quiet = lease.idle() && lease.unusedNanos(nowNanos) >= settings.quietMillis() * NANOS;
    boolean closed = lease.closed() && (lease.urgent() || lease.idle() || !lease.closeReported());
    return !lease.spent() && (quiet || closed);
  }

  private void tickAsks(long nowNanos) {
    for (Map.Entry<Long, OutAsk> out : List.copyOf(asks.entrySet())) {
      OutAsk ask = out.getValue();
      boolean gaveUp = ask.waiters().removeIf(waiter -> {
            boolean over = nowNanos - waiter.untilNanos() >= 0;
            if (over) {
              answer(waiter, new Admission.Unreachable());
            }
            return over;
          })
          && ask.waiters().isEmpty();
      long first = nowNanos - ask.sentNanos().get(0);
      boolean giveUp =
          gaveUp || leaving || ask.waiters().isEmpty() && first > settings.giveUpMillis() * NANOS;
      if (giveUp) {
        over(out.getKey());
        toClose(out.getKey(), nowNanos);
        ask.waiters().forEach(waiter -> answer(waiter, new Admission.Unreachable()));
      } else if (nowNanos - ask.sentNanos().get(ask.sentNanos().size() - 1)
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

  /** How often buckets that are only observed would have refused, by name. */
  Map<String, Long> wouldRefuse() {
    return Map.copyOf(wouldRefuse);
  }

  int leaseCount() {
    return leases.size();
  }
}
