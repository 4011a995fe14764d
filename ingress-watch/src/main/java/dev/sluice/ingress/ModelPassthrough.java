package dev.sluice.ingress;

import java.util.List;

/**
 * What a ModelRoute passes through to a provider as it is.
 *
 * @param field where it stands
 * @param paths each with all below it; at least one
 * @param provider name of the ModelProvider
 * @param byContext whether a request is charged as the model's whole context window; else as one request without tokens
 */
public record ModelPassthrough(
    String field, List<String> paths, String provider, boolean byContext) {
  public ModelPassthrough {
    paths = List.copyOf(paths);
  }
}
