package dev.sluice.ingress;

import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Tenant (sluice.dev/v1alpha1): who spends, and how much of what. Its id is its name, unique over namespaces.
 *
 * @param keys those that belong to no team
 * @param limits of all that its keys and teams spend
 */
public record DeclaredTenant(
    ObjectKey key, DeclaredAt at, List<Key> keys, List<Limit> limits, List<Team> teams)
    implements Declaration {
  /**
   * A part of a tenant.
   *
   * @param name unique in the tenant
   * @param limits of all that its keys spend
   */
  public record Team(String name, List<Key> keys, List<Limit> limits) {}

  /**
   * An API key.
   *
   * @param name unique in its team, or among the keys without one
   * @param secret where it is, or null if its hash is given
   * @param sha256 its SHA-256 in lower-case hex, or empty
   * @param rule which tokens stand for it, or null if it is known by a secret
   * @param limits of what it spends itself
   */
  public record Key(
      String field,
      String name,
      @Nullable SecretRef secret,
      String sha256,
      @Nullable ClaimRule rule,
      List<Limit> limits) {}

  /**
   * How much of what may be spent in which time.
   *
   * @param name unique at its place
   * @param amount at least 0, in the unit
   * @param zone of a calendar window
   * @param models those that count, exact or ending in {@code *}; empty for all
   * @param observed whether it refuses nothing
   */
  public record Limit(
      String field,
      String name,
      Unit unit,
      long amount,
      Window window,
      ZoneId zone,
      List<String> models,
      boolean observed) {}

  public enum Unit {
    /** Of input and output together. */
    TOKENS,
    INPUT_TOKENS,
    OUTPUT_TOKENS,
    REQUESTS,
    /** Requests that run at the same time. */
    IN_FLIGHT_REQUESTS,
    /** In nano-dollars. */
    COST
  }

  public enum Window {
    SECOND,
    MINUTE,
    HOUR,
    DAY,
    MONTH,
    /** No window: a balance. */
    NONE
  }
}
