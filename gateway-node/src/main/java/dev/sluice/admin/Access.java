package dev.sluice.admin;

/** What an operation asks of its caller. */
enum Access {
  /** Any role: shows only what the caller may see. */
  READ {
    @Override
    boolean allows(Caller caller, String tenant) {
      return tenant.isEmpty() || caller.sees(tenant);
    }
  },
  /** What concerns all tenants: none who is limited to some. */
  READ_ALL {
    @Override
    boolean allows(Caller caller, String tenant) {
      return !caller.isLimited();
    }
  },
  /** Changes inside a tenant. */
  MANAGE {
    @Override
    boolean allows(Caller caller, String tenant) {
      return caller.role() != Role.READ_ONLY && caller.sees(tenant);
    }
  },
  /** Changes of tenants, their limits and balances. */
  ADMIN {
    @Override
    boolean allows(Caller caller, String tenant) {
      return caller.role() == Role.ADMIN;
    }
  };

  /** @param tenant that the path names; empty if it names none, which everybody sees */
  abstract boolean allows(Caller caller, String tenant);
}
