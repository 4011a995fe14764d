package dev.sluice.quota;

import dev.sluice.state.WireMessage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a tenant has spent and lent out: the fold of its journal. Immutable; knows no clock: whoever asks says when it is.
 *
 * @param lastAt entity time of the last change, in milliseconds; entity time never goes back behind it
 * @param leases those that are not final
 * @param spent of final leases: per bucket, by slot (sliding), by start of the window (calendar) or under 0 (balance)
 * @param top highest number of each node that was ever granted or closed
 * @param heard entity time at which each node was last heard of
 * @param formerPaths ids of the buckets of paths that are planned no longer, but still have leases
 */
public record QuotaLedger(
    long lastAt,
    Plan plan,
    Map<LeaseId, Lease> leases,
    Map<String, Map<Long, Long>> spent,
    Map<String, Long> top,
    Map<String, Long> heard,
    Map<String, List<String>> formerPaths)
    implements WireMessage {
  public static final QuotaLedger EMPTY =
      new QuotaLedger(0, Plan.EMPTY, Map.of(), Map.of(), Map.of(), Map.of(), Map.of());

  /** As {@link #top}: none of its numbers will be granted. */
  static final long ALL_NUMBERS = Long.MAX_VALUE;

  /** Fields that an older version did not write are empty. */
  public QuotaLedger {
    heard = Objects.requireNonNullElse(heard, Map.of());
    formerPaths = Objects.requireNonNullElse(formerPaths, Map.of());
  }

  /** The ledger after this change. */
  public QuotaLedger after(Change change) {
    QuotaLedger moved = new QuotaLedger(
        Math.max(lastAt, change.at()), plan, leases, spent, top, heard, formerPaths);
    if (change instanceof Change.Granted granted) {
      return moved.granted(granted);
    } else if (change instanceof Change.Reported reported) {
      return moved.reported(reported);
    } else if (change instanceof Change.Numbered numbered) {
      return moved.numbered(numbered.id().uid(), numbered.id().no());
    } else if (change instanceof Change.Departed departed) {
      return moved.departed(departed);
    } else if (change instanceof Change.Forgotten forgotten) {
      return moved.forgotten(forgotten.uid());
    } else if (change instanceof Change.WrittenOff writtenOff) {
      return moved.writtenOff(writtenOff.id());
    }
    return moved.planned((Change.Planned) change);
  }

  /** Leases of paths that are gone stay charged to what their paths were made of. */
  private QuotaLedger planned(Change.Planned change) {
    Map<String, List<String>> former = new HashMap<>();
    for (Lease lease : leases.values()) {
      if (!change.plan().paths().containsKey(lease.path())) {
        former.put(lease.path(), bucketIds(lease.path()));
      }
    }
    return new QuotaLedger(lastAt, change.plan(), leases, spent, top, heard, former);
  }

  private QuotaLedger granted(Change.Granted change) {
    Lease lease = new Lease(
        change.id(),
        change.path(),
        change.size(),
        change.at(),
        change.notAfter(),
        change.exact(),
        List.of(),
        0,
        false,
        change.overAt());
    return with(lease).numbered(change.id().uid(), change.id().no());
  }

  private QuotaLedger reported(Change.Reported change) {
    Lease known = leases.get(change.id());
    Lease lease = known != null
        ? known
        : new Lease(
            change.id(),
            change.path(),
            Amounts.NONE,
            change.at(),
            change.at(),
            true,
            List.of(),
            0,
            true,
            0);
    Lease next = lease.reported(change.lines(), change.n(), change.closed());
    QuotaLedger numbered = numbered(change.id().uid(), change.id().no());
    return next.isFinal() ? numbered.folded(next) : numbered.with(next);
  }

  private QuotaLedger departed(Change.Departed change) {
    QuotaLedger ledger = this;
    for (Lease lease : leases.values()) {
      if (lease.id().uid().equals(change.uid()) && !lease.closed()) {
        Lease closed = lease.close();
        ledger = closed.isFinal() ? ledger.folded(closed) : ledger.with(closed);
      }
    }
    return ledger.numbered(change.uid(), ALL_NUMBERS);
  }

  /** It stays among the leases, so that a late report still finds it, until its node is forgotten. */
  private QuotaLedger writtenOff(LeaseId id) {
    Lease lease = leases.get(id);
    return lease == null ? this : with(lease.writeOff());
  }

  private QuotaLedger forgotten(String uid) {
    QuotaLedger ledger = this;
    for (Lease lease : leases.values()) {
      if (lease.id().uid().equals(uid)) {
        ledger = ledger.folded(lease);
      }
    }
    return ledger.without(uid);
  }

  private QuotaLedger without(String uid) {
    Map<String, Long> tops = new HashMap<>(top);
    tops.remove(uid);
    Map<String, Long> others = new HashMap<>(heard);
    others.remove(uid);
    return new QuotaLedger(lastAt, plan, leases, spent, tops, others, formerPaths);
  }

  private QuotaLedger with(Lease lease) {
    Map<LeaseId, Lease> next = new HashMap<>(leases);
    next.put(lease.id(), lease);
    return new QuotaLedger(lastAt, plan, next, spent, top, heard, formerPaths);
  }

  private QuotaLedger numbered(String uid, long no) {
    Map<String, Long> times = new HashMap<>(heard);
    times.put(uid, lastAt);
    Map<String, Long> tops = top;
    if (top.getOrDefault(uid, 0L) < no) {
      tops = new HashMap<>(top);
      tops.put(uid, no);
    }
    return new QuotaLedger(lastAt, plan, leases, spent, tops, times, formerPaths);
  }

  /** Nodes that have no lease, but for those written off, and were last heard of before this instant. */
  Set<String> silentSince(long at) {
    Set<String> silent = new TreeSet<>();
    heard.forEach((uid, last) -> {
      if (last < at) {
        silent.add(uid);
      }
    });
    if (!silent.isEmpty()) {
      leases.values().stream()
          .filter(lease -> !lease.isFinal())
          .forEach(lease -> silent.remove(lease.id().uid()));
    }
    return silent;
  }

  /** Moves what a final lease has used to what is spent, in every bucket of its path. */
  private QuotaLedger folded(Lease lease) {
    Map<LeaseId, Lease> open = new HashMap<>(leases);
    open.remove(lease.id());
    Map<String, Map<Long, Long>> next = new HashMap<>(spent);
    for (String id : bucketIds(lease.path())) {
      Bucket bucket = plan.buckets().get(id);
      if (bucket == null) {
        continue;
      }
      Map<Long, Long> amounts = new TreeMap<>(next.getOrDefault(bucket.id(), Map.of()));
      Window window = bucket.window();
      for (Line line : lease.lines()) {
        long key = window.sliding() ? lease.slotOf(line) : window.startOf(lease.grantedAt());
        amounts.merge(key, line.committed().of(bucket.unit()), Long::sum);
      }
      amounts.keySet().removeIf(key -> isPast(window, key));
      next.put(bucket.id(), amounts);
    }
    return new QuotaLedger(lastAt, plan, open, next, top, heard, formerPaths);
  }

  /** Whether what was spent then can never count again. One window more is kept than counts, for clock margins. */
  private boolean isPast(Window window, long key) {
    if (window.sliding()) {
      return key < lastAt - 2 * window.widthMillis();
    }
    return window.calendar() && window.endOf(window.endOf(key)) < lastAt;
  }

  public long topOf(String uid) {
    return top.getOrDefault(uid, 0L);
  }

  /**
   * What a bucket is charged with at an instant: what was used, what is held, and every lease not yet reported, in full.
   *
   * @param now entity time in milliseconds
   * @param marginMillis twice the error of the clock: slots age by that much later
   */
  public long charged(Bucket bucket, long now, long marginMillis) {
    return charges(bucket, now, marginMillis).all();
  }

  /**
   * The same in its parts. Of a lease that its node has not closed, a refund that we have not heard of may have been held
   * again in a later slot: so all of it counts while it could be used and a window longer, whatever slots we know of.
   */
  public Charges charges(Bucket bucket, long now, long marginMillis) {
    Window window = bucket.window();
    long oldest = now - window.widthMillis() - marginMillis;
    long start = window.startOf(now);
    long settled = 0;
    for (Map.Entry<Long, Long> amount :
        spent.getOrDefault(bucket.id(), Map.of()).entrySet()) {
      if (window.sliding() ? amount.getKey() > oldest : amount.getKey() == start) {
        settled += amount.getValue();
      }
    }
    long held = 0;
    long leased = 0;
    long unaccounted = 0;
    for (Lease lease : leases.values()) {
      if (!chargedTo(lease, bucket)
          || isOver(lease, bucket, now - marginMillis)
          || window.calendar() && window.startOf(lease.grantedAt()) != start) {
        continue;
      }
      boolean mayHoldAgain = !lease.closed() && lease.notAfter() > oldest;
      for (Line line : lease.lines()) {
        if (!window.sliding() || lease.slotOf(line) > oldest || mayHoldAgain) {
          settled += line.used().of(bucket.unit());
          held += line.open().of(bucket.unit());
        }
      }
      if (!window.sliding() || lease.notAfter() > oldest) {
        long unreported = lease.unreported().of(bucket.unit());
        leased += unreported;
        unaccounted += lease.notAfter() < now ? unreported : 0;
      }
    }
    return new Charges(settled, held, leased, unaccounted);
  }

  /** What settled requests have used of a sliding bucket, oldest slot first. */
  SortedMap<Long, Long> settledBySlot(Bucket bucket) {
    SortedMap<Long, Long> slots = new TreeMap<>(spent.getOrDefault(bucket.id(), Map.of()));
    for (Lease lease : leases.values()) {
      if (chargedTo(lease, bucket)) {
        for (Line line : lease.lines()) {
          long slot = lease.slotOf(line);
          long ages = lease.closed() ? slot : Math.max(slot, lease.notAfter());
          slots.merge(ages, line.used().of(bucket.unit()), Long::sum);
        }
      }
    }
    return slots;
  }

  /** Entity time of the newest charge to a sliding bucket; 0 if there is none. */
  long newestCharge(Bucket bucket) {
    SortedMap<Long, Long> slots = settledBySlot(bucket);
    long newest = slots.isEmpty() ? 0 : slots.lastKey();
    for (Lease lease : leases.values()) {
      if (chargedTo(lease, bucket) && !lease.isFinal()) {
        newest = Math.max(newest, lease.notAfter());
      }
    }
    return newest;
  }

  /** Whether nothing of a lease can be in flight any more, whatever became of its node (5.12). */
  private static boolean isOver(Lease lease, Bucket bucket, long at) {
    return bucket.unit() == Unit.IN_FLIGHT_REQUESTS && lease.overAt() != 0 && lease.overAt() < at;
  }

  boolean chargedTo(Lease lease, Bucket bucket) {
    return bucketIds(lease.path()).contains(bucket.id());
  }

  /** What a path is charged to; a path that was never planned is charged to the tenant as a whole. */
  private List<String> bucketIds(String path) {
    List<String> ids = plan.paths().get(path);
    if (ids == null) {
      ids = formerPaths.get(path);
    }
    return ids != null ? ids : plan.paths().getOrDefault(Plan.TENANT_PATH, List.of());
  }
}
