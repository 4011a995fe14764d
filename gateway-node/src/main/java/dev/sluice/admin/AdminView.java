package dev.sluice.admin;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What the admin API shows. Objects are written as JSON. */
public interface AdminView {
  /** How this node stands. */
  Object status();

  /** Everything declared that can't be honoured. */
  Object problems();

  /** Who may spend what. */
  Object tenants();

  /**
   * Which route takes a request, and why.
   *
   * @param headers each as {@code Name: value}
   * @throws IllegalArgumentException that says what is wrong with the request
   */
  Object explain(String method, String url, List<String> headers);

  /** How a tenant's buckets stand; empty if there is no such tenant. Fails if its quota can't be reached. */
  Optional<CompletionStage<Object>> balances(String tenant);
}
