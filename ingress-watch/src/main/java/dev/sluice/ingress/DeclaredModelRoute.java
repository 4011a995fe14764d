package dev.sluice.ingress;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A ModelRoute (sluice.dev/v1alpha1): which models callers may ask for, and who answers.
 *
 * @param hosts lower case, as in an Ingress; empty for every host that nobody else claims
 * @param models names, exact or ending in {@code *}; at least one
 * @param targets in the order they are tried; at least one
 * @param maxOutputTokens cap of an answer whose request has none, and of one that asks for more; at least 1
 * @param dropsUnsayable whether what a target's dialect has no words for is left out, rather than refused
 * @param contextTokens the models' context window, which inputs are held at that their bytes don't bound; 0 if such
 *     inputs are refused
 * @param passthrough what is passed through as it is; null for nothing
 */
public record DeclaredModelRoute(
    ObjectKey key,
    DeclaredAt at,
    List<String> hosts,
    List<String> models,
    List<Target> targets,
    int maxOutputTokens,
    int contextTokens,
    boolean dropsUnsayable,
    @Nullable ModelPassthrough passthrough)
    implements Declaration {
  public static final int DEFAULT_MAX_OUTPUT_TOKENS = 4096;

  /** @param model name that the provider knows it by; empty if it is the one asked for */
  public record Target(String field, String provider, String model) {}
}
