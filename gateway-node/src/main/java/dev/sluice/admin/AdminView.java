package dev.sluice.admin;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What the admin API shows of its node. Objects are written as JSON. */
public interface AdminView {
  /** How this node stands. */
  Object status();

  /** Everything declared that can't be honoured. */
  Object problems();

  /** How answers differ from those of another gateway. */
  Object shadow();

  /**
   * Which route takes a request, and why.
   *
   * @param headers each as {@code Name: value}
   * @throws IllegalArgumentException that says what is wrong with the request
   */
  Object explain(String method, String url, List<String> headers);

  /** How a tenant's buckets stand; empty if there is no such tenant. Fails if its quota can't be reached. */
  Optional<CompletionStage<List<?>>> balances(String tenant);

  /**
   * Takes back what nodes that are gone have not reported of a tenant.
   *
   * @return how many leases; fails if its quota can't be reached
   */
  CompletionStage<Integer> writeOff(String tenant);
}
