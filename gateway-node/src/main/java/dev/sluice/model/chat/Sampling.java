package dev.sluice.model.chat;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the next token is chosen, and where the answer stops. Each null if nothing was said. */
public record Sampling(
    @Nullable Said<Double> temperature,
    @Nullable Said<Double> topP,
    @Nullable Said<Long> topK,
    @Nullable Said<Double> frequencyPenalty,
    @Nullable Said<Double> presencePenalty,
    @Nullable Said<Long> seed,
    @Nullable Said<List<String>> stop) {
  public static final Sampling UNSAID = new Sampling(null, null, null, null, null, null, null);
}
