package dev.sluice.wire;

import org.jspecify.annotations.Nullable;

/**
 * The time-outs of one worker: a wheel of coarse slots. Setting, moving and clearing a deadline costs no allocation,
 * and moving one later, as every byte on a connection does, costs two assignments.
 */
public final class Deadlines {
  /** A moment at which something is over. Reused: each connection owns one and moves it along. */
  public abstract static class Deadline {
    private @Nullable Deadline previous;
    private @Nullable Deadline next;
    private int slot = -1;
    private long slotTick;
    private long dueTick;

    /** The moment has come. Never called before it, and at most one slot late. */
    protected abstract void expired();
  }

  private static final int SLOTS = 1024;

  private final long tickNanos;
  private final @Nullable Deadline[] slots = new Deadline[SLOTS];
  private long tick;
  private final long startNanos;

  /**
   * @param tickNanos width of a slot, and how often {@link #advance} is called
   * @param nowNanos {@link System#nanoTime()}
   */
  public Deadlines(long tickNanos, long nowNanos) {
    this.tickNanos = tickNanos;
    this.startNanos = nowNanos;
  }

  /** Lets the deadline expire after this time, whatever was set before. */
  public void set(Deadline deadline, long nanos) {
    deadline.dueTick = tick + 1 + Math.max(1, (nanos + tickNanos - 1) / tickNanos);
    if (deadline.slot >= 0 && deadline.slotTick <= deadline.dueTick) {
      return;
    }
    unlink(deadline);
    link(deadline);
  }

  /** The deadline will not expire. */
  public void clear(Deadline deadline) {
    unlink(deadline);
  }

  public boolean isSet(Deadline deadline) {
    return deadline.slot >= 0;
  }

  /** Lets all deadlines expire whose time has come. */
  public void advance(long nowNanos) {
    long until = (nowNanos - startNanos) / tickNanos;
    while (tick < until) {
      tick++;
      turn((int) (tick % SLOTS));
    }
  }

  private void turn(int slot) {
    for (Deadline deadline = slots[slot]; deadline != null; deadline = slots[slot]) {
      unlink(deadline);
      if (deadline.dueTick > tick) {
        link(deadline);
      } else {
        deadline.expired();
      }
    }
  }

  private void link(Deadline deadline) {
    deadline.slotTick = Math.min(deadline.dueTick, tick + SLOTS - 1);
    deadline.slot = (int) (deadline.slotTick % SLOTS);
    deadline.previous = null;
    deadline.next = slots[deadline.slot];
    if (deadline.next != null) {
      deadline.next.previous = deadline;
    }
    slots[deadline.slot] = deadline;
  }

  private void unlink(Deadline deadline) {
    if (deadline.slot < 0) {
      return;
    }
    if (deadline.previous == null) {
      slots[deadline.slot] = deadline.next;
    } else {
      deadline.previous.next = deadline.next;
    }
    if (deadline.next != null) {
      deadline.next.previous = deadline.previous;
    }
    deadline.previous = null;
    deadline.next = null;
    deadline.slot = -1;
  }
}
