package dev.sluice.admin;

import java.util.Set;

/**
 * Who asks.
 *
 * @param name of the token, or the subject of a JWT
 * @param tenants that it is limited to; empty for all, which a tenant-admin never is
 */
public record Caller(String name, Role role, Set<String> tenants) {
  /** Whoever reads without a token, where that is allowed. */
  static final Caller ANONYMOUS = new Caller("anonymous", Role.READ_ONLY, Set.of());

  public Caller {
    if (role == Role.TENANT_ADMIN && tenants.isEmpty()) {
      throw new IllegalArgumentException("a tenant-admin of no tenant: " + name);
    }
  }

  /** Whether it is limited to some tenants. */
  boolean isLimited() {
    return role != Role.ADMIN && !tenants.isEmpty();
  }

  boolean sees(String tenant) {
    return !isLimited() || tenants.contains(tenant);
  }
}
