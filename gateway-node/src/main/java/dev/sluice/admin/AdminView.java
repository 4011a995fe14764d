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

  /**
   * A call of a model that is asked about.
   *
   * @param tenant whose call it is; empty for the one that is declared with the key, or for nobody
   * @param key with its team's name before it; may be empty
   * @param host may be empty
   * @param path may be empty
   * @param headers each as {@code Name: value}
   */
  record AskedModel(
      String model, String tenant, String key, String host, String path, List<String> headers) {}

  /**
   * Which ModelRoute takes a call of a model, who would be asked, and whose limits count.
   *
   * @throws IllegalArgumentException that says what is wrong with the request
   */
  CompletionStage<Object> explainModel(AskedModel asked);

  /** How a tenant's buckets stand; empty if there is no such tenant. Fails if its quota can't be reached. */
  Optional<CompletionStage<List<?>>> balances(String tenant);

  /**
   * Takes back what nodes that are gone have not reported of a tenant.
   *
   * @return how many leases; fails if its quota can't be reached
   */
  CompletionStage<Integer> writeOff(String tenant);
}
