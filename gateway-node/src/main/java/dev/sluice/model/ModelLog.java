package dev.sluice.model;

import dev.sluice.ingress.TenantTable;
import dev.sluice.model.chat.TokenUsage;

/** Counts what model calls come to. Called on any worker; never blocks. */
public interface ModelLog {
  /** How the figures of a call were come by. */
  enum Source {
    /** As the provider reported them. */
    PROVIDER,
    /** Nobody reported them: counted by the words of prompt and answer. */
    ESTIMATED,
    /** Nobody reported them, and words don't tell: charged as they were held. */
    HELD
  }

  /** A call was settled. */
  void settled(String tenant, String model, TokenUsage usage, Source source);

  /**
   * The same for the ledger.
   *
   * @param model as it was asked for
   * @param nanos what it has cost, in nano-dollars; 0 where no price is known
   */
  void spent(
      TenantTable.Spender spender,
      String model,
      String target,
      TokenUsage usage,
      Source source,
      long nanos);

  /** How the cache of a route stood to a call. */
  enum Cached {
    /** It had the answer. */
    HIT,
    /** It had not, or no longer. */
    MISS,
    /** It was not asked: the caller wanted that, or what is asked for is not said in JSON. */
    BYPASS
  }

  /** A call of a route with a cache has come. */
  void cached(String tenant, Cached how);

  /**
   * An answer came out of the cache.
   *
   * @param saved what asking its target would have used, as far as that is known
   */
  void saved(String tenant, String model, TokenUsage saved);

  /**
   * A call goes to a target that takes only so much.
   *
   * @param limit id of the limit
   * @param nanos that it has waited for its turn
   */
  void queued(String limit, long nanos);

  /** A call was refused for want of quota. */
  void refused(String tenant, String bucket);

  /** A call would have been refused, were the bucket not only observed. */
  void observed(String tenant, String bucket);
}
