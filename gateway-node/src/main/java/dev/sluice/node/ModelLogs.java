package dev.sluice.node;

import dev.sluice.ingress.TenantTable;
import dev.sluice.model.ModelLog;
import dev.sluice.model.chat.TokenUsage;
import dev.sluice.usage.Spent;
import dev.sluice.usage.UsageLedger;

/** Tells metrics and the usage ledger what model calls come to. */
record ModelLogs(Metrics metrics, UsageLedger usage) implements ModelLog {
  @Override
  public void settled(String tenant, String model, TokenUsage used, Source source) {
    metrics.settled(tenant, model, used, source);
  }

  @Override
  public void spent(
      TenantTable.Spender spender,
      String model,
      String target,
      TokenUsage used,
      Source source,
      long nanos) {
    int slash = spender.key().indexOf('/');
    usage.add(new Spent(
        spender.tenant(),
        slash < 0 ? "" : spender.key().substring(0, slash),
        spender.key().substring(slash + 1),
        model,
        target,
        switch (source) {
          case PROVIDER -> Spent.Source.PROVIDER;
          case ESTIMATED -> Spent.Source.ESTIMATED;
          case HELD -> Spent.Source.PARTIAL;
        },
        used.freshInput(),
        used.cacheRead(),
        used.cacheWrite(),
        used.spoken(),
        used.reasoning(),
        nanos));
  }

  @Override
  public void cached(String tenant, Cached how) {
    metrics.cached(tenant, how);
  }

  @Override
  public void saved(String tenant, String model, TokenUsage saved) {
    metrics.saved(tenant, model, saved);
  }

  @Override
  public void queued(String limit, long nanos) {
    metrics.queued(limit, nanos);
  }

  @Override
  public void refused(String tenant, String bucket) {
    metrics.refused(tenant, bucket);
  }

  @Override
  public void observed(String tenant, String bucket) {
    metrics.observed(tenant, bucket);
  }
}
