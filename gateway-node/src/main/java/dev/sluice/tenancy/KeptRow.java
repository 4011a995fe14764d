package dev.sluice.tenancy;

/**
 * A row of the database as nodes read it. A dropped one is there no longer.
 *
 * @see "cluster-state: schema/3.sql"
 */
sealed interface KeptRow {
  /** Between places and the secrets that spend there: what has been read so far counts. */
  record PlacesRead() implements KeptRow {}

  /** @param limits as {@code TenantParts} writes them */
  record OfTenant(String name, String limits, boolean dropped) implements KeptRow {}

  record OfTeam(String tenant, String name, String limits, boolean dropped) implements KeptRow {}

  /**
   * A key, but for its secrets.
   *
   * @param team empty for a key without one
   * @param jwt as {@code TenantParts} writes it; empty for a key with secrets
   * @param expires milliseconds since 1970; 0 for never
   * @param created milliseconds since 1970
   */
  record OfKey(
      String tenant,
      String team,
      String name,
      String limits,
      String jwt,
      long expires,
      long created,
      boolean dropped)
      implements KeptRow {}

  record OfSecret(
      String sha256, String tenant, String team, String name, long expires, boolean dropped)
      implements KeptRow {}

  record OfTopUp(String tenant, String limit, String idempotencyKey, long amount)
      implements KeptRow {}
}
