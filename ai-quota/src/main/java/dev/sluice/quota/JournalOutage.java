package dev.sluice.quota;

import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of the journal's outages, as this node's entities meet them: in one line when one begins and in one when it is
 * over, however many tenants there are. Safe for use by many threads.
 */
final class JournalOutage {
  private static final Logger LOG = LoggerFactory.getLogger(JournalOutage.class);

  private final AtomicBoolean going = new AtomicBoolean();

  /** An entity could not read its events, or append to them. */
  void failed(String tenant, Throwable failure) {
    if (going.compareAndSet(false, true)) {
      LOG.warn(
          "the journal of quotas can't be used: {}; requests are admitted from leases, and answered 503 after those",
          why(failure));
    }
    LOG.debug("tenant {}", tenant, failure);
  }

  /** An entity has read its events, or appended to them. */
  void over() {
    if (going.get() && going.compareAndSet(true, false)) {
      LOG.info("the journal of quotas can be used again");
    }
  }

  private static String why(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.toString() : root.getMessage();
  }
}
