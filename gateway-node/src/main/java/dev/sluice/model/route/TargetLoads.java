package dev.sluice.model.route;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What this node knows of the load of its targets. Safe for use by many threads. */
public final class TargetLoads implements Loads {
  /** Share of the newest of all measurements, as a power of two: an eighth. */
  private static final int SHIFT = 3;

  private record Load(int inFlight, long firstTokenNanos) {
    static final Load NONE = new Load(0, 0);
  }

  private final Map<String, Load> loads = new ConcurrentHashMap<>();
  private final int mostKnown;

  /** @param mostKnown targets whose figures are kept; others count as idle */
  public TargetLoads(int mostKnown) {
    this.mostKnown = mostKnown;
  }

  @Override
  public int inFlight(String id) {
    return loads.getOrDefault(id, Load.NONE).inFlight();
  }

  @Override
  public long firstTokenNanos(String id) {
    return loads.getOrDefault(id, Load.NONE).firstTokenNanos();
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
