package dev.sluice.quota;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a node knows of one path. Guarded by the lock of its {@link TenantLeases}. */
final class PathLeases {
  /** A hold that waits for a lease. */
  record Waiter(Amounts need, long sinceNanos, long untilNanos, Consumer<Admission> answer) {}

  /** An ask that is out. */
  static final class OutAsk {
    private final PathLeases path;
    private final boolean prefetch;
    private final List<Long> sentNanos = new ArrayList<>();
    private final Deque<Waiter> waiters = new ArrayDeque<>();

    OutAsk(PathLeases path, boolean prefetch) {
      this.path = path;
      this.prefetch = prefetch;
    }

    PathLeases path() {
      return path;
    }

    /** Whether it names no hold. */
    boolean prefetch() {
      return prefetch;
    }

    /** When its attempts were sent, oldest first. */
    List<Long> sentNanos() {
      return sentNanos;
    }

    Deque<Waiter> waiters() {
      return waiters;
    }
  }

  /** A refusal that is repeated for a moment. */
  record Lately(ToNode.Refused refusal, long untilNanos) {}

  private final String name;
  private final Demand demand = new Demand();
  private final List<NodeLease> open = new ArrayList<>();
  private List<ToNode.Room> rooms = List.of();
  private @Nullable OutAsk out;
  private @Nullable Lately lately;
  private long usedNanos;

  PathLeases(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  Demand demand() {
    return demand;
  }

  @Nullable
  OutAsk out() {
    return out;
  }

  void out(@Nullable OutAsk ask) {
    out = ask;
  }

  @Nullable
  Lately lately() {
    return lately;
  }

  void lately(@Nullable Lately refusal) {
    lately = refusal;
  }

  void granted(NodeLease lease, List<ToNode.Room> all) {
    open.add(lease);
    rooms = all;
    lately = null;
  }

  void used(long nowNanos) {
    usedNanos = nowNanos;
  }

  /** Nothing is leased or asked for, and nobody has wanted any for this long. */
  boolean quiet(long nowNanos, long forNanos) {
    open.removeIf(NodeLease::closed);
    return open.isEmpty() && out == null && nowNanos - usedNanos > forNanos;
  }

  /** The lease that such a hold can be put on; null if there is none. Leases before it that are low are spent. */
  @Nullable
  NodeLease leaseFor(Amounts need, long nowNanos) {
    for (int i = 0; i < open.size(); i++) {
      NodeLease lease = open.get(i);
      if (lease.usable(nowNanos) && lease.room().covers(need)) {
        if (i > 0) {
          spend(i, nowNanos);
        }
        return lease;
      }
    }
    open.removeIf(NodeLease::closed);
    return null;
  }

  private void spend(int before, long nowNanos) {
    for (NodeLease lease : open.subList(0, before)) {
      if (lease.isLow(lease.room())) {
        lease.spend(nowNanos);
      }
    }
    open.removeIf(NodeLease::closed);
  }

  void closeAll(long nowNanos) {
    open.forEach(lease -> lease.close(nowNanos));
    open.clear();
  }

  /** What can still be held of all its leases together. */
  Amounts left() {
    Amounts left = Amounts.NONE;
    for (NodeLease lease : open) {
      if (!lease.closed()) {
        left = left.plus(Amounts.NONE.max(lease.room()));
      }
    }
    return left;
  }

  /**
   * What is known of the buckets: what was free at the last grant, and what is left of the leases since.
   *
   * @param left of all leases together
   */
  List<ToNode.Room> room(Amounts left) {
    List<ToNode.Room> now = new ArrayList<>(rooms.size());
    for (ToNode.Room room : rooms) {
      long free = (room.observed() ? room.free() : Math.max(0, room.free())) + left.of(room.unit());
      now.add(new ToNode.Room(
          room.bucket(), room.unit(), room.limit(), free, room.resetInMillis(), room.observed()));
    }
    return now;
  }

  /** Those that are only observed, and are above their limits now. */
  static List<ToNode.Room> exceeded(List<ToNode.Room> rooms) {
    List<ToNode.Room> exceeded = List.of();
    for (ToNode.Room room : rooms) {
      if (room.observed() && room.free() < 0) {
        exceeded = exceeded.isEmpty() ? new ArrayList<>() : exceeded;
        exceeded.add(room);
      }
    }
    return exceeded;
  }
}
