package dev.sluice.model.gate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who comes next. Tenants share alike: next is one of the tenant that has fewest calls inside, if it is calls inside that are
 * limited, and among equals of the one that has had least so far; of one tenant whoever came first. So a tenant that wants less
 * than its share gets all it wants, and the others share the rest. Pure: knows no clock.
 */
final class FairQueue {
  /**
   * A call that waits.
   *
   * @param cost what it takes of what is shared, above 0
   * @param untilNanos when it has waited too long
   * @param patient whether it waits at all, rather than for the answer whether it would have to
   */
  record Waiting(CallId id, String tenant, long cost, long untilNanos, boolean patient) {}

  /** A tenant's calls. Kept while it has any, here or inside. */
  private static final class Lane {
    private final Map<CallId, Waiting> waiting = new LinkedHashMap<>();
    private int inside;
    /** What it has had, counted from the moment it came at what others had had by then. */
    private double had;

    private @Nullable Waiting first() {
      return waiting.isEmpty() ? null : waiting.values().iterator().next();
    }
  }

  private final Map<String, Lane> lanes = new LinkedHashMap<>();
  private final Map<CallId, String> tenants = new HashMap<>();
  /** What whoever came in last had had before. */
  private double floor;

  private int inside;

  void add(Waiting one) {
    Lane lane = lane(one.tenant());
    if (lane.waiting.isEmpty() && lane.inside == 0) {
      lane.had = Math.max(lane.had, floor);
    }
    lane.waiting.put(one.id(), one);
    tenants.put(one.id(), one.tenant());
  }

  private Lane lane(String tenant) {
    return lanes.computeIfAbsent(tenant, name -> {
      Lane lane = new Lane();
      lane.had = floor;
      return lane;
    });
  }

  boolean contains(CallId id) {
    return tenants.containsKey(id);
  }

  /** It waits no more. @return whether it did */
  boolean remove(CallId id) {
    String tenant = tenants.remove(id);
    if (tenant == null) {
      return false;
    }
    lane(tenant).waiting.remove(id);
    forgetIdle(tenant);
    return true;
  }

  /**
   * Whose turn it is; null if nobody waits.
   *
   * @param byInside whether calls inside are what is shared
   */
  @Nullable
  Waiting next(boolean byInside) {
    Lane best = null;
    for (Lane lane : lanes.values()) {
      if (!lane.waiting.isEmpty() && (best == null || isBefore(lane, best, byInside))) {
        best = lane;
      }
    }
    return best == null ? null : best.first();
  }

  private static boolean isBefore(Lane one, Lane other, boolean byInside) {
    if (byInside && one.inside != other.inside) {
      return one.inside < other.inside;
    }
    return one.had < other.had;
  }

  /** One that waited, or came by without, goes in. */
  void enter(CallId id, String tenant, long cost) {
    Lane lane = lane(tenant);
    lane.waiting.remove(id);
    tenants.remove(id);
    lane.inside++;
    inside++;
    floor = Math.max(floor, lane.had);
    lane.had += cost;
  }

  /** One that was inside has gone. */
  void leave(String tenant) {
    lane(tenant).inside--;
    inside--;
    forgetIdle(tenant);
  }

  private void forgetIdle(String tenant) {
    Lane lane = lane(tenant);
    if (inside == 0 && tenants.isEmpty()) {
      lanes.clear();
      floor = 0;
    } else if (lane.waiting.isEmpty() && lane.inside == 0 && lane.had <= floor) {
      // One that has had more than others does not get rid of that by going for a moment.
      lanes.remove(tenant);
    }
  }

  int inside() {
    return inside;
  }

  int size() {
    return tenants.size();
  }

  /** Of one that waits; 0 if it does not. */
  long cost(CallId id) {
    String tenant = tenants.get(id);
    Waiting one = tenant == null ? null : lane(tenant).waiting.get(id);
    return one == null ? 0 : one.cost();
  }

  int sizeOf(String tenant) {
    Lane lane = lanes.get(tenant);
    return lane == null ? 0 : lane.waiting.size();
  }

  /** All that wait, in no order that matters. */
  List<Waiting> all() {
    List<Waiting> all = new ArrayList<>();
    lanes.values().forEach(lane -> all.addAll(lane.waiting.values()));
    return all;
  }

  /** How many come in up to this one, itself included, if nobody else comes and tenants take turns; 0 if it does not wait. */
  int position(CallId id) {
    String tenant = tenants.get(id);
    if (tenant == null) {
      return 0;
    }
    int own = 0;
    for (CallId one : lane(tenant).waiting.keySet()) {
      own++;
      if (one.equals(id)) {
        break;
      }
    }
    int before = own;
    for (Map.Entry<String, Lane> other : lanes.entrySet()) {
      if (!other.getKey().equals(tenant)) {
        before += Math.min(own, other.getValue().waiting.size());
      }
    }
    return before;
  }
}
