package dev.sluice.ingress;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A ModelRoute (sluice.dev/v1alpha1): which models callers may ask for, and who answers.
 *
 * @param hosts lower case, as in an Ingress; empty for every host that nobody else claims
 * @param models names, exact or with {@code *}; at least one
 * @param when whose requests it takes
 * @param groups in the order they are tried; at least one
 * @param limits of a request and its answer
 * @param dropsUnsayable whether what a target's dialect has no words for is left out, rather than refused
 * @param cache how answers are kept; null for not at all
 * @param passthrough what is passed through as it is; null for nothing
 */
public record DeclaredModelRoute(
    ObjectKey key,
    DeclaredAt at,
    List<String> hosts,
    List<String> models,
    ModelCondition when,
    List<Group> groups,
    ModelFallback fallback,
    Limits limits,
    boolean dropsUnsayable,
    @Nullable ModelCache cache,
    @Nullable ModelPassthrough passthrough)
    implements Declaration {
  public static final int DEFAULT_MAX_OUTPUT_TOKENS = 4096;

  /**
   * What a request and its answer may come to.
   *
   * @param maxOutputTokens cap of an answer whose request has none, and of one that asks for more; at least 1
   * @param contextTokens the models' context window, which inputs are held at that their bytes don't bound; 0 if such
   *     inputs are refused
   * @param mostNanos most that a request may cost, in nano-dollars; 0 for any
   * @param whenOutOfQuota model that is asked for instead when the quota refuses this one; empty for none
   */
  public record Limits(
      int maxOutputTokens, int contextTokens, long mostNanos, String whenOutOfQuota) {}

  /** Targets of which one is chosen, by weight or load, before the next group is tried; at least one. */
  public record Group(ModelBalance balance, List<Target> targets) {}

  /**
   * Who answers.
   *
   * @param model name that the provider knows it by, a {@code *} standing for what the route's star stands for; empty if
   *     it is the one asked for
   * @param weight at least 0; a target of weight 0 is asked when no other is left
   * @param maxOutputTokens cap of its answers; 0 for the route's
   * @param contextTokens its context window: longer prompts go elsewhere; 0 if it is not known
   */
  public record Target(
      String field,
      String provider,
      String model,
      int weight,
      int maxOutputTokens,
      int contextTokens) {}

  /** All of all groups. */
  public List<Target> targets() {
    return groups.stream().flatMap(group -> group.targets().stream()).toList();
  }
}
