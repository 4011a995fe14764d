package dev.sluice.model.embed;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An answer to a request for embeddings.
 *
 * @param vectors lists of numbers, as they came, in the order of the inputs
 * @param tokens of all inputs; null if the provider did not tell
 */
public record Vectors(List<ArrayNode> vectors, @Nullable Long tokens) {
  public Vectors {
    vectors = List.copyOf(vectors);
  }
}
