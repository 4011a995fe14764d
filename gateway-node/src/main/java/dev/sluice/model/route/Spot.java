package dev.sluice.model.route;

import java.util.List;

/**
 * A target among those of a call.
 *
 * @param index in the list of the call's targets
 */
public record Spot(int index, int weight, TargetIds ids) {
  /** For health and load. */
  public String id() {
    return ids.target();
  }

  public List<TargetIds.Key> keys() {
    return ids.keys();
  }
}
