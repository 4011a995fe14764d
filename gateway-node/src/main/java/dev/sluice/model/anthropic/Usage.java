package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.TokenUsage;
import org.jspecify.annotations.Nullable;

/** What Anthropic's dialect says an answer came to. Its input tokens are those that no cache had part in. */
final class Usage {
  private static final String CACHE_WRITE = "cache_creation_input_tokens";
  private static final String CACHE_READ = "cache_read_input_tokens";
  private static final String INPUT = "input_tokens";
  private static final String OUTPUT = "output_tokens";

  private Usage() {}

  /**
   * What is known after more was told: what is told takes the place of what was known, the rest stays.
   *
   * @param told a {@code usage} object; if it is none, nothing was told
   */
  static @Nullable TokenUsage after(@Nullable TokenUsage known, @Nullable JsonNode told) {
    if (told == null || !told.isObject()) {
      return known;
    }
    TokenUsage before = known == null ? TokenUsage.NONE : known;
    long output = count(told.path(OUTPUT), before.output());
    long thought =
        count(told.path("output_tokens_details").path("thinking_tokens"), before.reasoning());
    long reasoning = Math.max(0, Math.min(output, thought));
    return new TokenUsage(
        count(told.path(INPUT), before.freshInput()),
        count(told.path(CACHE_READ), before.cacheRead()),
        count(told.path(CACHE_WRITE), written(told.path("cache_creation"), before.cacheWrite())),
        output - reasoning,
        reasoning);
  }

  /** What was written to the cache for each time that it is kept. */
  private static long written(JsonNode parts, long known) {
    if (!parts.isObject()) {
      return known;
    }
    return count(parts.path("ephemeral_5m_input_tokens"), 0)
        + count(parts.path("ephemeral_1h_input_tokens"), 0);
  }

  private static long count(JsonNode number, long otherwise) {
    return number.isIntegralNumber() && number.canConvertToLong() ? number.longValue() : otherwise;
  }

  /** As this dialect says it. */
  static ObjectNode json(TokenUsage usage) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put(INPUT, usage.freshInput());
    json.put(CACHE_WRITE, usage.cacheWrite());
    json.put(CACHE_READ, usage.cacheRead());
    json.put(OUTPUT, usage.output());
    if (usage.reasoning() > 0) {
      json.putObject("output_tokens_details").put("thinking_tokens", usage.reasoning());
    }
    return json;
  }
}
