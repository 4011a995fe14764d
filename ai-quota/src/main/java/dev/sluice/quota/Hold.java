package dev.sluice.quota;

/** What one request has put aside before it runs. To be settled once, however the request ends. */
public final class Hold {
  private final TenantLeases leases;
  private final NodeLease lease;
  private final NodeLease.Slot slot;
  private final Amounts amount;
  private final long atMillis;
  private boolean settled;

  Hold(TenantLeases leases, NodeLease lease, NodeLease.Slot slot, Amounts amount, long atMillis) {
    this.leases = leases;
    this.lease = lease;
    this.slot = slot;
    this.amount = amount;
    this.atMillis = atMillis;
  }

  public Amounts amount() {
    return amount;
  }

  /** Entity time at which it was put aside at the latest, in milliseconds: it is charged to the window of that instant. */
  public long atMillis() {
    return atMillis;
  }

  TenantLeases leases() {
    return leases;
  }

  NodeLease lease() {
    return lease;
  }

  NodeLease.Slot slot() {
    return slot;
  }

  /** True the first time. */
  boolean settle() {
    boolean first = !settled;
    settled = true;
    return first;
  }
}
