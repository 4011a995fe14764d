package dev.sluice.model.embed;

import dev.sluice.model.chat.Said;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request for embeddings.
 *
 * @param model that is asked for
 * @param inputs the texts; at least one
 * @param dimensions of each vector; null if it is not said
 * @param task what they are for, in Gemini's words; null if it is not said
 * @param base64 whether vectors shall come as base64 of little-endian floats of four bytes
 * @param single whether one text was sent by itself, so that one vector is answered by itself where the dialect tells them apart
 * @param beyond the fields that have no place here
 */
public record Embedding(
    String model,
    List<String> inputs,
    @Nullable Said<Long> dimensions,
    @Nullable Said<String> task,
    boolean base64,
    boolean single,
    List<Said<String>> beyond) {
  public Embedding {
    inputs = List.copyOf(inputs);
    beyond = List.copyOf(beyond);
  }
}
