package dev.sluice.admin;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What the admin API shows. Objects are written as JSON. */
public interface AdminView {
  /** How this node stands. */
  Object status();

  /** Everything declared that can't be honoured. */
  Object problems();

  /** How answers differ from those of another gateway. */
  Object shadow();

  /** Who may spend what. */
  Object tenants();

  /** How a tenant's buckets stand; empty if there is no such tenant. Fails if its quota can't be reached. */
  Optional<CompletionStage<Object>> balances(String tenant);
}
