package dev.sluice.quota;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The decisions of a tenant's entity: what is granted, recalled, refused. Takes messages and the time, and gathers what
 * is to be journaled and what is to be told once that is durable. Its ledger runs ahead of the journal by what {@link
 * #takeBatch} has not been asked for; if a batch can't be journaled, the desk is thrown away with its entity.
 *
 * <p>Sections named below are those of docs/quota-protocol.md.
 */
final class LeaseDesk {
  /** A message to a node. */
  record Letter(String uid, ToNode message) {}

  /**
   * What was decided.
   *
   * @param changes to be journaled, all or none
   * @param letters to be sent once they are
   * @param unheard leases that nodes report and the journal has never heard of: it has lost what it knew
   */
  record Batch(List<Change> changes, List<Letter> letters, int unheard) {
    boolean isEmpty() {
      return changes.isEmpty() && letters.isEmpty();
    }
  }

  private static final class WaitingAsk {
    private ToEntity.Ask ask;
    private long arrived;
    private final long waitsSince;
    private final long until;
    private boolean recalled;
    private final Map<LeaseId, Long> unanswered = new HashMap<>();

    WaitingAsk(ToEntity.Ask ask, long arrived, long until) {
      this.ask = ask;
      this.arrived = arrived;
      this.waitsSince = arrived - ask.waitedMillis();
      this.until = until;
    }
  }

  private static final Comparator<WaitingAsk> OLDEST_FIRST = Comparator.<WaitingAsk>comparingLong(
          one -> one.waitsSince)
      .thenComparing(one -> one.ask.no());

  /** While something waits it is looked at this often, because slots age without a message. */
  private static final long LOOK_AGAIN_MILLIS = 10;

  /** No network holds a message back for that long. */
  private static final long FORGET_AFTER_MILLIS = 86_400_000;

  private final DeskSettings settings;
  private final List<WaitingAsk> waiting = new ArrayList<>();
  private final Map<LeaseId, Long> recalledAt = new HashMap<>();
  private final Set<LeaseId> recovered = new HashSet<>();
  private List<Change> changes = new ArrayList<>();
  private List<Letter> letters = new ArrayList<>();
  private QuotaLedger ledger;
  private @Nullable Plan taken;
  private @Nullable Headroom headroom;
  private boolean undecided;
  private int unheard;
  private long decidedAt;
  private long now;

  /** @param ledger as the journal has it */
  LeaseDesk(QuotaLedger ledger, DeskSettings settings) {
    this.ledger = ledger;
    this.settings = settings;
    this.now = ledger.lastAt();
  }

  QuotaLedger ledger() {
    return ledger;
  }

  /** Entity time: never goes back. */
  long now() {
    return now;
  }

  /** What was decided since the last batch. */
  Batch takeBatch() {
    Batch batch = new Batch(List.copyOf(changes), List.copyOf(letters), unheard);
    unheard = 0;
    changes = new ArrayList<>();
    letters = new ArrayList<>();
    return batch;
  }

  /** Other limits apply. Open leases count in the buckets that their paths join, in full; leases above are recalled. */
  @SuppressWarnings("ReferenceEquality") // equal plans are found so without comparing them
  void plan(Plan plan, long clock) {
    advance(clock);
    if (plan != taken && !plan.equals(ledger.plan())) {
      change(new Change.Planned(now, plan));
      for (Bucket bucket : plan.buckets().values()) {
        if (!bucket.observed() && ledger.charged(bucket, now, settings.margin()) > bucket.limit()) {
          recall(openLeasesOn(List.of(bucket)));
        }
      }
    }
    taken = plan;
    decideWaiting();
  }

  void take(ToEntity message, long clock) {
    advance(clock);
    if (message instanceof ToEntity.Ask ask) {
      ask(ask);
    } else if (message instanceof ToEntity.Report report) {
      report(report);
    } else if (message instanceof ToEntity.Close close) {
      close(close.id());
    } else if (message instanceof ToEntity.Goodbye goodbye) {
      goodbye(goodbye.uid());
    }
    decideWaiting();
  }

  /** Time has passed: decides on what waits, and recalls what is overdue. */
  void look(long clock) {
    advance(clock);
    decideWaiting();
    recallOverdue();
  }

  /** Milliseconds until {@link #look} should be called though no message came; {@link Long#MAX_VALUE} for never. */
  long lookAgainIn() {
    if (!waiting.isEmpty()) {
      return LOOK_AGAIN_MILLIS;
    }
    return ledger.leases().isEmpty() ? Long.MAX_VALUE : settings.recallAgain();
  }

  /** Right after recovery: leases whose nodes may not know of us are asked for, until their nodes answer. */
  void recallAll() {
    recovered.addAll(ledger.leases().keySet());
    recall(ledger.leases().values().stream().filter(lease -> !lease.closed()).toList());
  }

  /**
   * Drops what is known of nodes that are no members, have no lease and have not been heard of for a day (5.14). Only
   * along with other changes: it is worth no append of its own.
   */
  void forgetAllBut(Set<String> members) {
    if (changes.isEmpty() || members.isEmpty()) {
      return;
    }
    for (String uid : ledger.silentSince(now - FORGET_AFTER_MILLIS)) {
      if (!members.contains(uid)) {
        change(new Change.Forgotten(now, uid));
      }
    }
  }

  /**
   * Gives up by hand what nodes that are no members have not reported in their time (5.17).
   *
   * @return how many leases
   */
  int writeOff(Set<String> members) {
    List<Lease> lost = ledger.leases().values().stream()
        .filter(lease -> !lease.closed() && lease.notAfter() < now)
        .filter(lease -> !members.contains(lease.id().uid()))
        .toList();
    lost.forEach(lease -> change(new Change.WrittenOff(now, lease.id())));
    decideWaiting();
    return lost.size();
  }

  /** How the buckets stand now. */
  List<Balance> balances() {
    Headroom headroom = headroom();
    return ledger.plan().buckets().values().stream()
        .sorted(Comparator.comparing(Bucket::id))
        .map(bucket -> {
          Charges charges = ledger.charges(bucket, now, settings.margin());
          return new Balance(
              bucket.name(),
              bucket.unit(),
              bucket.window(),
              bucket.limit(),
              charges.settled(),
              charges.held(),
              charges.leased(),
              charges.unaccounted(),
              bucket.limit() - charges.all(),
              headroom.resetIn(bucket),
              bucket.observed());
        })
        .toList();
  }

  private void advance(long clock) {
    now = Math.max(now, clock);
  }

  /** 5.3. */
  private void ask(ToEntity.Ask ask) {
    ask.reports().forEach(this::report);
    Lease lease = ledger.leases().get(ask.id());
    if (lease != null) {
      if (!lease.closed()) {
        tellGranted(lease, ask.attempt(), now);
      }
      return;
    }
    if (ask.no() <= ledger.topOf(ask.uid())) {
      tell(ask.uid(), new ToNode.Stale(ask.no()));
      return;
    }
    for (WaitingAsk known : waiting) {
      if (known.ask.id().equals(ask.id())) {
        known.ask = ask;
        known.arrived = now;
        undecided = true;
        return;
      }
    }
    waiting.add(new WaitingAsk(ask, now, now + settings.patience()));
    undecided = true;
  }

  /** Decides on all that waits, the longest waiting first; whoever shares a bucket with one of them waits behind it. */
  private void decideWaiting() {
    if (waiting.isEmpty() || !undecided && now == decidedAt) {
      return;
    }
    undecided = false;
    decidedAt = now;
    waiting.sort(OLDEST_FIRST);
    Set<Bucket> claimed = new HashSet<>();
    List<WaitingAsk> still = new ArrayList<>();
    for (WaitingAsk one : waiting) {
      List<Bucket> path = ledger.plan().bucketsOf(one.ask.path());
      List<Bucket> behind = path.stream().filter(claimed::contains).toList();
      List<Bucket> missing = missing(one, path, behind);
      if (missing != null) {
        still.add(one);
        claimed.addAll(missing);
      }
    }
    waiting.clear();
    waiting.addAll(still);
  }

  /**
   * Answers an ask if it can be answered now, and returns null; else returns the buckets that it waits for.
   *
   * @param behind buckets of its path that others, who have waited longer, wait for
   */
  private @Nullable List<Bucket> missing(WaitingAsk one, List<Bucket> path, List<Bucket> behind) {
    ToEntity.Ask ask = one.ask;
    Amounts need = ask.needs().isEmpty() ? Amounts.NONE : ask.needs().get(0);
    if (!ledger.plan().paths().containsKey(ask.path())) {
      return now < one.until ? List.of() : null; // unknown here yet: not answered, and asked again
    }
    for (Bucket bucket : path) {
      if (!bucket.observed() && need.of(bucket.unit()) > bucket.limit()) {
        refuse(ask, need, bucket, ToNode.NEVER);
        return null;
      }
    }
    if (!behind.isEmpty()) {
      return waitOrRefuse(one, need, behind);
    }
    Headroom headroom = headroom();
    long end = headroom.endOfCalendars(path);
    if (end - now < DeskSettings.LEAST_LIFE) {
      return path;
    }
    boolean prefetch = ask.needs().isEmpty();
    List<Bucket> lacking = headroom.lacking(path, need, prefetch);
    if (lacking.isEmpty()) {
      if (ask.no() > ledger.topOf(ask.uid())) {
        grant(one, path, end);
      } else {
        tell(ask.uid(), new ToNode.Stale(ask.no()));
      }
      return null;
    }
    if (!one.recalled && !prefetch) {
      one.recalled = true;
      List<Lease> lent = openLeasesOn(lacking);
      lent.forEach(lease -> one.unanswered.put(lease.id(), lease.n()));
      recall(lent);
    }
    one.unanswered.entrySet().removeIf(asked -> {
      Lease lease = ledger.leases().get(asked.getKey());
      return lease == null || lease.closed() && lease.n() > asked.getValue();
    });
    if (one.unanswered.isEmpty()) {
      refuseFor(ask, need, lacking);
      return null;
    }
    return waitOrRefuse(one, need, lacking);
  }

  private @Nullable List<Bucket> waitOrRefuse(WaitingAsk one, Amounts need, List<Bucket> lacking) {
    if (now < one.until) {
      return lacking;
    }
    refuseFor(one.ask, need, lacking);
    return null;
  }

  /** Names the bucket that keeps the hold out longest. */
  private void refuseFor(ToEntity.Ask ask, Amounts need, List<Bucket> lacking) {
    Headroom headroom = headroom();
    Bucket worst = lacking.get(0);
    long longest = headroom.roomIn(worst, need);
    for (Bucket bucket : lacking) {
      long in = headroom.roomIn(bucket, need);
      if (longest != ToNode.NEVER && (in == ToNode.NEVER || in > longest)) {
        worst = bucket;
        longest = in;
      }
    }
    refuse(ask, need, worst, longest);
  }

  /** 5.4, 5.5. */
  private void grant(WaitingAsk one, List<Bucket> path, long endOfCalendars) {
    ToEntity.Ask ask = one.ask;
    Headroom headroom = headroom();
    Amounts room = headroom.room(path);
    Amounts prefix = Amounts.NONE;
    for (Amounts each : ask.needs()) {
      Amounts longer = prefix.plus(each);
      if (!room.covers(longer)) {
        break;
      }
      prefix = longer;
    }
    Headroom.Size size = headroom.size(path, room, prefix, ask.want());
    long notAfter = Math.min(now + headroom.life(path), endOfCalendars - settings.clockError());
    Change.Granted granted = new Change.Granted(
        now,
        ask.id(),
        ask.path(),
        size.amounts(),
        notAfter,
        size.exact(),
        notAfter + settings.longestHold());
    change(granted);
    tellGranted(
        Objects.requireNonNull(ledger.leases().get(ask.id()), "just granted"),
        ask.attempt(),
        one.arrived);
  }

  private void tellGranted(Lease lease, int attempt, long arrived) {
    List<Bucket> path = ledger.plan().bucketsOf(lease.path());
    Headroom headroom = headroom();
    List<ToNode.Room> rooms = path.stream().map(headroom::of).toList();
    tell(
        lease.id().uid(),
        new ToNode.Granted(
            lease.id().no(),
            attempt,
            arrived,
            lease.size(),
            lease.notAfter(),
            lease.exact(),
            headroom.slotMillis(path),
            rooms));
  }

  private void refuse(ToEntity.Ask ask, Amounts need, Bucket bucket, long tryInMillis) {
    tell(ask.uid(), new ToNode.Refused(ask.no(), need, headroom().of(bucket), tryInMillis));
  }

  /** 5.6. */
  private void report(ToEntity.Report report) {
    LeaseId id = report.id();
    Lease lease = ledger.leases().get(id);
    boolean news =
        lease != null ? report.n() > lease.n() : report.no() > ledger.topOf(report.uid());
    if (news) {
      unheard += lease == null ? 1 : 0;
      change(
          new Change.Reported(now, id, report.path(), report.n(), report.lines(), report.closed()));
    }
    tell(report.uid(), new ToNode.Acked(report.no(), report.n()));
  }

  private void close(LeaseId id) {
    Lease lease = ledger.leases().get(id);
    undecided |= waiting.removeIf(one -> one.ask.id().equals(id));
    if (lease != null && !lease.closed() && lease.lines().isEmpty()) {
      change(new Change.Reported(now, id, lease.path(), ToNode.ALL, List.of(), true));
    } else if (lease == null && id.no() > ledger.topOf(id.uid())) {
      change(new Change.Numbered(now, id));
    }
    tell(id.uid(), new ToNode.Acked(id.no(), ToNode.ALL));
  }

  /** 5.14. */
  private void goodbye(String uid) {
    undecided |= waiting.removeIf(one -> one.ask.uid().equals(uid));
    if (ledger.topOf(uid) != QuotaLedger.ALL_NUMBERS) {
      change(new Change.Departed(now, uid));
    }
    tell(uid, new ToNode.GoodbyeAcked());
  }

  private void recall(List<Lease> leases) {
    Map<String, List<Long>> byNode = new HashMap<>();
    for (Lease lease : leases) {
      recalledAt.put(lease.id(), now);
      byNode
          .computeIfAbsent(lease.id().uid(), none -> new ArrayList<>())
          .add(lease.id().no());
    }
    byNode.forEach((uid, nos) -> tell(uid, new ToNode.Recall(nos)));
  }

  /** 5.8: nothing but a node's own word frees a lease, so it is asked for that word again. */
  private void recallOverdue() {
    recalledAt.keySet().retainAll(ledger.leases().keySet());
    recovered.retainAll(ledger.leases().keySet());
    recall(ledger.leases().values().stream()
        .filter(lease -> !lease.closed())
        .filter(lease -> lease.notAfter() < now || recovered.contains(lease.id()))
        .filter(lease ->
            now - recalledAt.getOrDefault(lease.id(), Long.MIN_VALUE / 2) >= settings.recallAgain())
        .toList());
  }

  /**
   * Those that a report may free something of: holds that we know of may have ended meanwhile. Leases that were made to
   * fit, or were recalled when they had ended, are reported at each settlement anyway.
   */
  private List<Lease> openLeasesOn(List<Bucket> buckets) {
    return ledger.leases().values().stream()
        .filter(lease -> !lease.closed() || !lease.exact() && !recalledAt.containsKey(lease.id()))
        .filter(lease -> buckets.stream()
            .anyMatch(bucket ->
                lease.refundable().of(bucket.unit()) > 0 && ledger.chargedTo(lease, bucket)))
        .toList();
  }

  /** How the buckets stand at this moment. */
  private Headroom headroom() {
    Headroom known = headroom;
    if (known == null || known.now() != now) {
      known = new Headroom(ledger, now, settings);
      headroom = known;
    }
    return known;
  }

  private void change(Change change) {
    changes.add(change);
    ledger = ledger.after(change);
    headroom = null;
    undecided = true;
  }

  private void tell(String uid, ToNode message) {
    letters.add(new Letter(uid, message));
  }
}
