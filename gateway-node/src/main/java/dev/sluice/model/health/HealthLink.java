package dev.sluice.model.health;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The way from a node to those who decide for all nodes. Never waits; what is lost is said again by the next attempt. */
interface HealthLink {
  /** There is no cluster: each node decides for itself. */
  HealthLink NONE = new HealthLink() {
    @Override
    public void tell(String id, Sign sign, @Nullable Duration retryAfter) {}

    @Override
    public void wantsTrial(String id) {}
  };

  void tell(String id, Sign sign, @Nullable Duration retryAfter);

  /** This node has a request for one that has cooled down. */
  void wantsTrial(String id);
}
