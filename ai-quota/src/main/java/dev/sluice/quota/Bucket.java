package dev.sluice.quota;

/**
 * One limit at one place of a tenant's tree.
 *
 * @param id never used again for another unit or window
 * @param name for people
 * @param limit at least 0
 */
public record Bucket(String id, String name, Unit unit, long limit, Window window) {
  /** A bucket whose id tells unit and window, so that a changed one is another bucket. */
  public static Bucket of(String name, Unit unit, long limit, Window window) {
    return new Bucket(
        name + "#" + unit + "/" + window.kind() + window.widthMillis() + window.zone(),
        name,
        unit,
        limit,
        window);
  }
}
