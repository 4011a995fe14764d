package dev.sluice.model.gate;

import dev.sluice.ingress.ModelLimit;

/**
 * A limit as a node has it.
 *
 * @param inFlight most calls inside; 0 for any number
 * @param requestsPerMinute 0 for any number, as for tokens
 * @param length most calls that wait
 * @param perTenant most of one tenant
 */
record GateRule(
    int inFlight, long requestsPerMinute, long tokensPerMinute, int length, int perTenant) {
  static GateRule of(ModelLimit limit) {
    return new GateRule(
        limit.inFlight(),
        limit.requestsPerMinute(),
        limit.tokensPerMinute(),
        limit.queue().length(),
        limit.queue().perTenant());
  }

  /** Both at once: while nodes have heard of different ones, the lower counts. */
  GateRule and(GateRule other) {
    return new GateRule(
        (int) lower(inFlight, other.inFlight),
        lower(requestsPerMinute, other.requestsPerMinute),
        lower(tokensPerMinute, other.tokensPerMinute),
        Math.min(length, other.length),
        Math.min(perTenant, other.perTenant));
  }

  GateRule withRates(long requests, long tokens) {
    return new GateRule(inFlight, requests, tokens, length, perTenant);
  }

  boolean rated() {
    return requestsPerMinute > 0 || tokensPerMinute > 0;
  }

  private static long lower(long one, long other) {
    return one == 0 || other != 0 && other < one ? other : one;
  }
}
