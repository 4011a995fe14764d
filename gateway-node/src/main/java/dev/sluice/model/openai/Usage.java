package dev.sluice.model.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.TokenUsage;
import org.jspecify.annotations.Nullable;

/** What OpenAI's dialect says an answer came to. */
final class Usage {
  private Usage() {}

  /** The usage of a chat completion or of one of its chunks; null if it has none. */
  static @Nullable TokenUsage of(@Nullable JsonNode document) {
    JsonNode usage = document == null ? null : document.get("usage");
    if (usage == null || !usage.isObject()) {
      return null;
    }
    JsonNode prompt = usage.path("prompt_tokens_details");
    return TokenUsage.ofWhole(
        usage.path("prompt_tokens").asLong(),
        prompt.path("cached_tokens").asLong(),
        prompt.path("cache_write_tokens").asLong(),
        usage.path("completion_tokens").asLong(),
        usage.path("completion_tokens_details").path("reasoning_tokens").asLong());
  }
}
