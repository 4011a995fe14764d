package dev.sluice.ingress;

import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A Tenant (sluice.dev/v1alpha1): who spends, and how much of what. Its id is its name, unique over namespaces. */
public record DeclaredTenant(ObjectKey key, DeclaredAt at, List<Key> keys, List<Limit> limits)
    implements Declaration {
  /**
   * An API key.
   *
   * @param secret where it is, or null if its hash is given
   * @param sha256 its SHA-256 in lower-case hex, or empty
   */
  public record Key(String field, String name, @Nullable SecretRef secret, String sha256) {}

  /**
   * How much of what may be spent in which time.
   *
   * @param amount at least 0
   * @param zone of a calendar window
   */
  public record Limit(
      String field, String name, Unit unit, long amount, Window window, ZoneId zone) {}

  public enum Unit {
    TOKENS
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
