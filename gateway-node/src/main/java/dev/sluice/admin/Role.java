package dev.sluice.admin;

import java.util.Locale;

/** What a caller may do. */
public enum Role {
  /** Everything. */
  ADMIN,
  /** Reads its tenants, and changes their teams and keys; not their own limits and balances. Adds no keys that tokens stand for. */
  TENANT_ADMIN,
  /** Reads: everything, or the tenants named. */
  READ_ONLY;

  /** As settings and the audit trail have it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
