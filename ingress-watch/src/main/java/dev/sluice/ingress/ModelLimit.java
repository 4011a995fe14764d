package dev.sluice.ingress;

import java.time.Duration;
import java.util.List;

/**
 * What a provider takes of us at a time, for all nodes, tenants and keys together. What is above it waits in a queue.
 *
 * @param models names that the provider knows them by, exact or ending in {@code *}; empty for all
 * @param inFlight most calls at one time; 0 for any number
 * @param requestsPerMinute most calls that begin in any minute; 0 for any number
 * @param tokensPerMinute most tokens in any minute, of prompts and answers together; 0 for any number
 */
public record ModelLimit(
    List<String> models, int inFlight, long requestsPerMinute, long tokensPerMinute, Queue queue) {
  /**
   * Who may wait for it.
   *
   * @param length most calls
   * @param perTenant most of one tenant
   * @param longest time that one waits
   */
  public record Queue(int length, int perTenant, Duration longest) {
    public static final Queue DEFAULT = new Queue(1000, 100, Duration.ofSeconds(30));
  }

  /** Whether calls of this model count. */
  public boolean takes(String model) {
    return models.isEmpty()
        || models.stream().anyMatch(one -> new ModelPattern(one).matches(model));
  }

  /**
   * Its name among all.
   *
   * @param provider {@code namespace/name}
   */
  public String id(String provider) {
    return provider + (models.isEmpty() ? "" : "/" + String.join(",", models));
  }

  /** Whether it is calls at one time alone that are limited. */
  public boolean timeless() {
    return requestsPerMinute == 0 && tokensPerMinute == 0;
  }
}
