package dev.sluice.quota;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Knows what was really used, at which true instant, and what the journal charges for it. Judges a schedule by that
 * alone.
 */
final class Judge {
  /** A request from its admission to its end. */
  static final class Use {
    private final long at;
    private final String path;
    private final Amounts hold;
    private final Amounts used;
    private final String uid;
    private boolean over;

    Use(long at, String path, Amounts hold, Amounts used, String uid) {
      this.at = at;
      this.path = path;
      this.hold = hold;
      this.used = used;
      this.uid = uid;
    }
  }

  /** A request that has not been answered yet, and the least that was free of each of its buckets meanwhile. */
  static final class Pending {
    private final String path;
    private final Amounts need;
    private final Map<String, Long> leastFree = new HashMap<>();

    Pending(String path, Amounts need) {
      this.path = path;
      this.need = need;
    }
  }

  /** Days and months begin by the entity's clock, which is wrong by as much. */
  private static final long CLOCK_ERROR = 5;

  private final Plan plan;
  private final long epoch;
  private final List<String> violations = new ArrayList<>();
  private final List<Use> uses = new ArrayList<>();
  private final Map<Bucket, List<Use>> usesOf = new HashMap<>();
  private final List<Pending> pending = new ArrayList<>();
  private final Map<String, Long> committed = new HashMap<>();
  private final Map<String, Long> known = new HashMap<>();
  private long falseRefusals;
  private long granted;
  private long refused;

  /** @param plan with all buckets and paths that there are in the schedule */
  Judge(Plan plan, long epoch) {
    this.plan = plan;
    this.epoch = epoch;
  }

  List<String> violations() {
    return violations;
  }

  long granted() {
    return granted;
  }

  long refused() {
    return refused;
  }

  /** Refusals of holds that would have fitted all the while; only balances are looked at. */
  long falseRefusals() {
    return falseRefusals;
  }

  Pending asked(String path, Amounts need) {
    Pending one = new Pending(path, need);
    for (Bucket bucket : plan.bucketsOf(path)) {
      one.leastFree.put(bucket.name(), free(bucket, known));
    }
    pending.add(one);
    return one;
  }

  private static long free(Bucket bucket, Map<String, Long> taken) {
    return bucket.limit() - taken.getOrDefault(bucket.id(), 0L);
  }

  private void commit(Use use, Amounts amount, int sign, Map<String, Long> taken) {
    for (Bucket bucket : plan.bucketsOf(use.path)) {
      taken.merge(bucket.id(), sign * amount.of(bucket.unit()), Long::sum);
    }
  }

  Use admitted(Pending one, long at, Amounts used, String uid) {
    pending.remove(one);
    granted++;
    Use use = new Use(at, one.path, one.need, used, uid);
    uses.add(use);
    plan.bucketsOf(use.path)
        .forEach(
            bucket -> usesOf.computeIfAbsent(bucket, none -> new ArrayList<>()).add(use));
    commit(use, use.hold, 1, committed);
    commit(use, use.hold, 1, known);
    for (Bucket bucket : plan.bucketsOf(one.path)) {
      long free = free(bucket, committed);
      long knownFree = free(bucket, known);
      violate(
          bucket.unit() == Unit.IN_FLIGHT_REQUESTS && free < 0,
          bucket.name() + ": " + -free + " more than may be in flight at " + at);
      pending.forEach(each -> each.leastFree.merge(bucket.name(), knownFree, Math::min));
    }
    return use;
  }

  void wasRefused() {
    refused++;
  }

  /** So long after a refusal that whoever was granted what there was has it. */
  void refusedForLong(Pending one, Admission.Refused answer) {
    pending.remove(one);
    Long least = one.leastFree.get(answer.room().bucket());
    Unit unit = answer.room().unit();
    boolean balance = plan.buckets().values().stream()
        .anyMatch(bucket -> bucket.name().equals(answer.room().bucket())
            && bucket.window().kind() == Window.Kind.BALANCE);
    if (balance && least != null && least >= one.need.of(unit)) {
      falseRefusals++;
    }
  }

  void unanswered(Pending one) {
    pending.remove(one);
  }

  void over(Use use) {
    if (!use.over) {
      commit(use, use.hold, -1, committed);
      commit(use, use.used, 1, committed);
      use.over = true;
    }
  }

  /** So long after its end that all may know of it. */
  void overForLong(Use use) {
    commit(use, use.hold, -1, known);
    commit(use, use.used, 1, known);
  }

  /** Nothing of a killed node is in flight any more. What it used it used. */
  void killed(String uid) {
    uses.stream().filter(use -> use.uid.equals(uid)).forEach(this::over);
  }

  /** Of a unit that was really used by holds taken from {@code from} on and before {@code until}. */
  long usedBetween(Unit unit, long from, long until) {
    return uses.stream()
        .filter(use -> use.at >= from && use.at < until)
        .mapToLong(use -> use.used.of(unit))
        .sum();
  }

  /** At each grant that is journaled, on each bucket: charged, the grant included, is within the limit. */
  void guard(LeaseDesk desk, List<Change> changes, long marginMillis) {
    for (Change change : changes) {
      if (change instanceof Change.Granted granting) {
        for (Bucket bucket : desk.ledger().plan().bucketsOf(granting.path())) {
          long charged = desk.ledger().charged(bucket, desk.now(), marginMillis);
          violate(
              !bucket.observed() && charged > bucket.limit(),
              bucket.name() + ": charged " + charged + " after a grant");
        }
      }
    }
  }

  /**
   * At each append: what is charged covers what was really used in the window of now, whoever knows of it. Where paths come
   * and go it does not: requests are charged by what their node knew.
   */
  void covered(QuotaLedger ledger, long now, long marginMillis) {
    if (!ledger.plan().equals(plan)) {
      return;
    }
    for (Bucket bucket : plan.buckets().values()) {
      if (bucket.unit() == Unit.IN_FLIGHT_REQUESTS) {
        continue;
      }
      Window window = bucket.window();
      long from = window.sliding()
          ? now - window.widthMillis() + CLOCK_ERROR
          : window.startOf(now) + CLOCK_ERROR;
      long until = window.calendar() ? window.endOf(now) - CLOCK_ERROR : Long.MAX_VALUE;
      long used = 0;
      for (Use use : usesOf.getOrDefault(bucket, List.of())) {
        if (epoch + use.at > from && epoch + use.at < until) {
          used += use.used.of(bucket.unit());
        }
      }
      long charged = ledger.charged(bucket, now, marginMillis);
      violate(
          charged < used, bucket.name() + ": charged " + charged + " at " + now + ", used " + used);
    }
  }

  /** Real use never went past the limit: of a balance in all, of a calendar window in it, of a sliding one in any. */
  void judgeUse() {
    for (Bucket bucket : plan.buckets().values()) {
      TreeMap<Long, Long> byInstant = new TreeMap<>();
      for (Use use : uses) {
        if (plan.bucketsOf(use.path).contains(bucket)) {
          byInstant.merge(epoch + use.at, use.used.of(bucket.unit()), Long::sum);
        }
      }
      if (bucket.observed() || bucket.unit() == Unit.IN_FLIGHT_REQUESTS) {
        continue;
      }
      if (bucket.window().sliding()) {
        judgeSliding(bucket, byInstant);
      } else {
        Map<Long, Long> byWindow = new HashMap<>();
        byInstant.forEach((at, amount) -> {
          if (bucket.window().startOf(at - CLOCK_ERROR)
              == bucket.window().startOf(at + CLOCK_ERROR)) {
            byWindow.merge(bucket.window().startOf(at), amount, Long::sum);
          }
        });
        byWindow.forEach((start, sum) -> violate(
            sum > bucket.limit(),
            bucket.name() + ": " + sum + " used in the window from " + start));
      }
    }
  }

  private void judgeSliding(Bucket bucket, Map<Long, Long> byInstant) {
    List<Map.Entry<Long, Long>> all = new ArrayList<>(byInstant.entrySet());
    long sum = 0;
    for (int from = 0, to = 0; to < all.size(); to++) {
      sum += all.get(to).getValue();
      while (all.get(to).getKey() - all.get(from).getKey() >= bucket.window().widthMillis()) {
        sum -= all.get(from++).getValue();
      }
      violate(
          sum > bucket.limit(),
          bucket.name() + ": " + sum + " used within a window up to "
              + (all.get(to).getKey() - epoch));
    }
  }

  /** Once all is quiet: what is charged to a balance is what was used, and more only for nodes that were killed. */
  void judgeCharges(QuotaLedger ledger, long now, Set<String> killed) {
    for (Bucket bucket : ledger.plan().buckets().values()) {
      if (bucket.window().kind() != Window.Kind.BALANCE) {
        continue;
      }
      long used = uses.stream()
          .filter(use ->
              plan.bucketsOf(use.path).stream().anyMatch(one -> one.id().equals(bucket.id())))
          .mapToLong(use -> use.used.of(bucket.unit()))
          .sum();
      long charged = ledger.charged(bucket, epoch + now, 10);
      violate(charged < used, bucket.name() + ": charged " + charged + ", used " + used);
      violate(
          killed.isEmpty() && charged != used,
          bucket.name() + ": nobody was killed, charged " + charged + ", used " + used);
    }
    for (Lease lease : ledger.leases().values()) {
      violate(!killed.contains(lease.id().uid()), "a lease of a living node is left: " + lease);
    }
  }

  private void violate(boolean violated, String what) {
    if (violated) {
      violations.add(what);
    }
  }
}
