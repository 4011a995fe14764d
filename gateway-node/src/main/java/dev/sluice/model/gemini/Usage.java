package dev.sluice.model.gemini;

import dev.sluice.model.chat.TokenUsage;

/**
 * What Gemini says an answer came to, its {@code usageMetadata}. The prompt includes what was read from a cache, and leaves out
 * what its own tools brought; the candidates leave out the thoughts; the total has all of them.
 */
final class Usage {
  private static final long UNSAID = -1;

  private long prompt;
  private long cached;
  private long toolPrompt;
  private long candidates = UNSAID;
  private long thoughts;
  private long total;

  /** @param value of a field of usageMetadata */
  void take(String field, long value) {
    switch (field) {
      case "promptTokenCount" -> prompt = value;
      case "cachedContentTokenCount" -> cached = value;
      case "toolUsePromptTokenCount" -> toolPrompt = value;
      case "candidatesTokenCount" -> candidates = value;
      case "thoughtsTokenCount" -> thoughts = value;
      case "totalTokenCount" -> total = value;
      default -> {}
    }
  }

  /** What the total has above its parts was thought, or, where the answer's part was not told, said. */
  TokenUsage counters() {
    long input = prompt + toolPrompt;
    long spoken = candidates == UNSAID ? Math.max(0, total - input - thoughts) : candidates;
    long thought = Math.max(thoughts, total - input - spoken);
    return TokenUsage.ofWhole(input, cached, 0, spoken + Math.max(0, thought), thought);
  }
}
