package dev.sluice.quota;

import java.util.Optional;

/** What the tenants' declarations say, as this node knows them. Safe for use by many threads. */
public interface Plans {
  /** The tenant's plan; empty if no such tenant is declared. The same instance as long as nothing has changed. */
  Optional<Plan> planOf(String tenant);
}
