package dev.sluice.ingress;

import java.util.Map;
import java.util.Optional;

/** Who may spend: tenants by name, and their keys by hash. An immutable value, replaced whole. */
public final class TenantTable {
  public static final TenantTable EMPTY = new TenantTable(Map.of(), Map.of());

  /** @param tree its limits; all of a path apply at once */
  public record Tenant(String name, SpendingTree tree) {}

  /**
   * The leaf that an API key stands for.
   *
   * @param key its name, with its team's name before it: {@code k} or {@code t/k}
   * @param place where it spends
   */
  public record Spender(String tenant, String key, SpendingTree.Place place) {}

  private final Map<String, Tenant> tenants;
  private final Map<String, Spender> keys;

  /** @param keys by SHA-256 in lower-case hex */
  TenantTable(Map<String, Tenant> tenants, Map<String, Spender> keys) {
    this.tenants = Map.copyOf(tenants);
    this.keys = Map.copyOf(keys);
  }

  public Map<String, Tenant> tenants() {
    return tenants;
  }

  /** Whose key has this hash. */
  public Optional<Spender> spender(String sha256) {
    return Optional.ofNullable(keys.get(sha256));
  }

  public int keyCount() {
    return keys.size();
  }
}
