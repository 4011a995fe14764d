package dev.sluice.model.route;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What this node knows of the load of its targets. Safe for use by many threads. */
public final class TargetLoads implements Loads {
  /** Share of the newest of all measurements, as a power of two: an eighth. */
  private static final int SHIFT = 3;

  private record Load(int inFlight, long firstTokenNanos) {
    static final Load NONE = new Load(0, 0);
  }

  /** @param inFlight answers of this node that were under way then */
  private record Told(Backlog backlog, int inFlight, long nanos) {}

  private final Map<String, Told> backlogs = new ConcurrentHashMap<>();
  private final Map<String, Load> loads = new ConcurrentHashMap<>();
  private final int mostKnown;
  private final LongSupplier clock;
  private final Rooms rooms;
  private final long backlogNanos;

  /**
   * @param mostKnown targets whose figures are kept; others count as idle
   * @param clock monotonic, in nanoseconds
   */
  public TargetLoads(int mostKnown, LongSupplier clock, Lasts lasts) {
    this.mostKnown = mostKnown;
    this.clock = clock;
    this.rooms = new Rooms(mostKnown, lasts.room(), lasts.longestRoom());
    this.backlogNanos = lasts.backlog().toNanos();
  }

  @Override
  public int inFlight(String id) {
    return loads.getOrDefault(id, Load.NONE).inFlight();
  }

  @Override
  public long firstTokenNanos(String id) {
    return loads.getOrDefault(id, Load.NONE).firstTokenNanos();
  }

  @Override
  public double room(String id, String pairId) {
    return rooms.room(pairId, inFlight(id), clock.getAsLong());
  }

  /** An answer has said what its provider's limits leave to the key with the model. */
  public void left(String pairId, List<LimitFields.Left> said) {
    rooms.told(pairId, said, clock.getAsLong());
  }

  @Override
  public @Nullable Backlog backlog(String id) {
    Told told = backlogs.get(id);
    return told == null || clock.getAsLong() - told.nanos() >= backlogNanos
        ? null
        : told.backlog().plus(Math.max(0, inFlight(id) - told.inFlight()));
  }

  /** Its server has said what it has to do. */
  public void told(String id, Backlog backlog) {
    if (backlogs.size() < mostKnown || backlogs.containsKey(id)) {
      backlogs.put(id, new Told(backlog, inFlight(id), clock.getAsLong()));
    }
  }

  /** Nobody asks its server any more. */
  public void forgetBacklog(String id) {
    backlogs.remove(id);
  }

  /** A target is asked. @return whether that was counted, so that {@link #over} must follow */
  public boolean begun(String id) {
    if (loads.size() >= mostKnown && !loads.containsKey(id)) {
      return false;
    }
    loads.merge(
        id, new Load(1, 0), (old, one) -> new Load(old.inFlight() + 1, old.firstTokenNanos()));
    return true;
  }

  /** An answer that was counted is over. */
  public void over(String id) {
    loads.computeIfPresent(
        id,
        (same, old) -> old.inFlight() <= 1 && old.firstTokenNanos() == 0
            ? null
            : new Load(Math.max(0, old.inFlight() - 1), old.firstTokenNanos()));
  }

  /** The first token of an answer that was counted has come. */
  public void firstToken(String id, long nanos) {
    loads.computeIfPresent(
        id,
        (same, old) -> new Load(
            old.inFlight(),
            old.firstTokenNanos() == 0
                ? Math.max(1, nanos)
                : Math.max(1, old.firstTokenNanos() + ((nanos - old.firstTokenNanos()) >> SHIFT))));
  }
}
