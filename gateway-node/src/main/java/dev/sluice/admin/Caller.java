package dev.sluice.admin;

import java.util.Set;

/**
 * Who asks.
 *
 * @param name of the token, or the subject of a JWT
 * @param tenants that it is limited to; empty for all: so with an admin always, with a tenant-admin never
 */
public record Caller(String name, Role role, Set<String> tenants) {
  /** Whoever reads without a token, where that is allowed. */
  static final Caller ANONYMOUS = new Caller("anonymous", Role.READ_ONLY, Set.of());

  public Caller {
    if (role == Role.TENANT_ADMIN && tenants.isEmpty()) {
      throw new IllegalArgumentException("a tenant-admin of no tenant: " + name);
    }
    if (role == Role.ADMIN && !tenants.isEmpty()) {
      throw new IllegalArgumentException("an admin of some tenants only: " + name);
    }
  }

  /** Whether it is limited to some tenants. */
  boolean isLimited() {
    return !tenants.isEmpty();
  }

  boolean sees(String tenant) {
    return !isLimited() || tenants.contains(tenant);
  }
}
