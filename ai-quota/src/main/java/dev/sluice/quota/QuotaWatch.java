package dev.sluice.quota;

import java.util.List;

/** Is told now and then how tenants' buckets stand, by the entities that live on this node. Never blocks. */
public interface QuotaWatch {
  /** Looks at nothing. */
  QuotaWatch NONE = (tenant, now, balances) -> {};

  /** @param now entity time in milliseconds */
  void stood(String tenant, long now, List<Balance> balances);
}
