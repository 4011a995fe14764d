package dev.sluice.quota;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of the journal's outages, as this node's entities meet them: in one line when one begins and in one when it is
 * over, however many tenants there are; and of what it has lost. Outlives cluster systems. Safe for use by many threads.
 */
public final class JournalOutage {
  private static final Logger LOG = LoggerFactory.getLogger(JournalOutage.class);

  /** It may be so for thousands of tenants at once. */
  private static final Duration LOST_AGAIN = Duration.ofMinutes(1);

  private final AtomicBoolean going = new AtomicBoolean();
  private final AtomicLong lostNanos = new AtomicLong();
  private final AtomicLong lostLeases = new AtomicLong();

  /** An entity could not read its events, or append to them. */
  void failed(String tenant, Throwable failure) {
    if (going.compareAndSet(false, true)) {
      LOG.warn(
          "the journal of quotas can't be used: {}; requests are admitted from leases, and answered 503 after those",
          why(failure));
    }
    LOG.debug("tenant {}", tenant, failure);
  }

  /**
   * Nodes report leases that the journal has never heard of. They are charged; what else the journal has lost, such as what
   * was spent before, nobody knows.
   */
  void lost(String tenant, int leases) {
    lostLeases.addAndGet(leases);
    long now = System.nanoTime();
    long last = lostNanos.get();
    if ((last == 0 || now - last > LOST_AGAIN.toNanos()) && lostNanos.compareAndSet(last, now)) {
      LOG.error(
          "the journal of quotas does not know a lease that it granted for tenant {}: the database stands before what it had"
              + " acknowledged. Was an older backup restored, or a standby promoted that was behind? Quotas have forgotten"
              + " what was spent since",
          tenant);
    } else {
      LOG.debug("the journal does not know a lease of tenant {}", tenant);
    }
  }

  /** Leases that nodes held and the journal did not know, as entities of this node have met them since it has started. */
  public long lostLeases() {
    return lostLeases.get();
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
