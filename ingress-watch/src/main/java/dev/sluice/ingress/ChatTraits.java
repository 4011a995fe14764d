package dev.sluice.ingress;

import java.util.List;

/**
 * What a server that speaks OpenAI's chat completions does otherwise than OpenAI's own.
 *
 * @param seedField its field for a seed; empty if it has none
 * @param anyTool its word for a choice of any tool
 * @param with what it has that OpenAI's has not: {@code TOP_K}
 * @param without what it has not: {@code JSON_SCHEMA}
 */
public record ChatTraits(
    String seedField, String anyTool, List<String> with, List<String> without) {
  public static final ChatTraits OPENAI = new ChatTraits("seed", "required", List.of(), List.of());

  public ChatTraits {
    with = List.copyOf(with);
    without = List.copyOf(without);
  }

  /** As OpenAI's, with these beside. */
  public static ChatTraits ofOpenAi(String... with) {
    return new ChatTraits(OPENAI.seedField, OPENAI.anyTool, List.of(with), List.of());
  }
}
