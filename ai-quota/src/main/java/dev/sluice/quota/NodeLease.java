package dev.sluice.quota;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A lease as its node knows it. Guarded by the lock of its {@link TenantLeases}. */
final class NodeLease {
  /** Holds of one slot of time. */
  static final class Slot {
    private final long at;
    private Amounts used = Amounts.NONE;
    private Amounts open = Amounts.NONE;

    Slot(long at) {
      this.at = at;
    }
  }

  /** Bound of the drift between a node's monotonic clock and the entity's: one in a thousand. */
  private static final long DRIFT_PER = 1000;

  private static final long NANOS = 1_000_000;

  /** With less than one part of so many left, a lease is low. */
  private static final int LOW_PARTS = 4;

  private final ToNode.Granted granted;
  private final Amounts low;
  private final String path;
  private final long sentNanos;
  private final Map<Long, Slot> slots = new TreeMap<>();
  private @Nullable Slot newest;
  private Amounts room;
  private Amounts open = Amounts.NONE;
  private boolean closed;
  private boolean spent;
  private boolean closeReported;
  private boolean recalled;
  private long n;
  private long acked;
  private long changedNanos;
  private long usedNanos;
  private long reportedNanos = Long.MIN_VALUE;
  private int reports;

  /** @param sentNanos when the attempt that was answered was sent */
  NodeLease(ToNode.Granted granted, String path, long sentNanos, long nowNanos) {
    this.granted = granted;
    this.low = granted.size().dividedBy(LOW_PARTS);
    this.room = granted.size();
    this.path = path;
    this.sentNanos = sentNanos;
    this.usedNanos = nowNanos;
    this.changedNanos = nowNanos;
  }

  long no() {
    return granted.no();
  }

  String path() {
    return path;
  }

  boolean closed() {
    return closed;
  }

  boolean exact() {
    return granted.exact();
  }

  /** What can still be held; below zero of what was used above its hold. */
  Amounts room() {
    return room;
  }

  /** Whether so little is left, of this lease or in all, that another one is wanted. */
  boolean isLow(Amounts left) {
    return !left.covers(low);
  }

  boolean idle() {
    return open.isNone();
  }

  /** An upper bound of entity time: valid whatever the delays, because the ask was sent before it arrived (1.4). */
  long upperBound(long nowNanos) {
    long elapsed = nowNanos - sentNanos;
    return granted.arrived() + (elapsed + elapsed / DRIFT_PER + NANOS - 1) / NANOS + 1;
  }

  /** Whether a hold may be put on it now: tested on every hold, for a pause may lie between any two steps (4.1). */
  boolean usable(long nowNanos) {
    return !closed && upperBound(nowNanos) <= granted.notAfter();
  }

  boolean expired(long nowNanos) {
    return upperBound(nowNanos) > granted.notAfter();
  }

  /** Milliseconds of entity time that it was made for. */
  long lifeMillis() {
    return granted.notAfter() - granted.arrived();
  }

  long unusedNanos(long nowNanos) {
    return nowNanos - usedNanos;
  }

  Slot hold(Amounts amount, long nowNanos) {
    long width = granted.slotMillis();
    long at = width == 0 ? 0 : (upperBound(nowNanos) + width - 1) / width * width;
    Slot slot = newest;
    if (slot == null || slot.at != at) {
      slot = slots.computeIfAbsent(at, Slot::new);
      newest = slot;
    }
    slot.open = slot.open.plus(amount);
    open = open.plus(amount);
    room = room.minus(amount);
    usedNanos = nowNanos;
    changed(nowNanos);
    return slot;
  }

  void settle(Slot slot, Amounts hold, Amounts used, long nowNanos) {
    slot.open = slot.open.minus(hold);
    slot.used = slot.used.plus(used);
    open = open.minus(hold);
    room = room.plus(hold).minus(used);
    usedNanos = nowNanos;
    changed(nowNanos);
  }

  void close(long nowNanos) {
    if (!closed) {
      closed = true;
      changed(nowNanos);
    }
  }

  /** It is low, and another one has taken its place: closed, and nobody waits for the little that it gives back. */
  void spend(long nowNanos) {
    if (!exact() && !closed) {
      spent = true;
      close(nowNanos);
    }
  }

  /** Whether what becomes of it is reported with others, or after the interval. */
  boolean spent() {
    return spent;
  }

  /** It is closed, and what becomes of it is waited for. */
  void recall(long nowNanos) {
    recalled = true;
    spent = false;
    closed = true;
    changed(nowNanos);
  }

  /** Whether each settlement is to be reported at once: somebody may wait for what it frees. */
  boolean urgent() {
    return exact() || recalled;
  }

  /** Closed, and no hold is running on it. */
  boolean isOver() {
    return closed && open.isNone();
  }

  /** Whether the entity was told that it is closed. */
  boolean closeReported() {
    return closeReported;
  }

  private void changed(long nowNanos) {
    if (n == acked || reports == 0) {
      changedNanos = nowNanos;
    }
    n++;
    reports = 0;
  }

  /** Whether the entity does not know all of it yet. */
  boolean unacked() {
    return acked < n;
  }

  /** How long the entity has not known all of it. */
  long changedSinceNanos(long nowNanos) {
    return nowNanos - changedNanos;
  }

  /** Whether what is unacknowledged was reported as it stands, less than the back-off ago. */
  boolean reportedLately(long nowNanos, long resendNanos) {
    return reports > 0 && nowNanos - reportedNanos < resendNanos * Math.min(reports, 8);
  }

  ToEntity.Report report(String uid, long nowNanos) {
    reportedNanos = nowNanos;
    reports++;
    closeReported |= closed;
    List<Line> lines = new ArrayList<>();
    for (Slot slot : slots.values()) {
      lines.add(new Line(slot.at, slot.used, slot.open));
    }
    return new ToEntity.Report(uid, granted.no(), path, n, lines, closed);
  }

  void acked(long newest) {
    acked = Math.max(acked, Math.min(newest, n));
  }

  /** All is over and known: it can be forgotten. */
  boolean isFinal() {
    return isOver() && acked >= n;
  }
}
