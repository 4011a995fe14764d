package dev.sluice.quota;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * One limit at one place of a tenant's tree.
 *
 * @param id never used again for another unit or window
 * @param name for people
 * @param limit at least 0, in the unit
 * @param observed it is counted, but refuses nothing
 */
public record Bucket(
    String id,
    String name,
    Unit unit,
    long limit,
    Window window,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean observed) {
  /** @throws IllegalArgumentException if requests in flight are to be counted in a window */
  public Bucket {
    if (unit == Unit.IN_FLIGHT_REQUESTS && window.kind() != Window.Kind.BALANCE) {
      throw new IllegalArgumentException(name + ": requests in flight have no window");
    }
  }

  /** A bucket whose id tells unit and window, so that a changed one is another bucket. */
  public static Bucket of(String name, Unit unit, long limit, Window window) {
    return new Bucket(
        name + "#" + unit + "/" + window.kind() + window.widthMillis() + window.zone(),
        name,
        unit,
        limit,
        window,
        false);
  }

  /** The same, but it refuses nothing. What was spent of it stays. */
  public Bucket asObserved() {
    return new Bucket(id, name, unit, limit, window, true);
  }
}
