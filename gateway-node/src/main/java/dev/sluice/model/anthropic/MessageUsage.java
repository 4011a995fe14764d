package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.TokenUsage;

/** What Anthropic says a message came to: running figures, each of which replaces what was told of it before. */
final class MessageUsage {
  private long fresh;
  private long cacheRead;
  private long cacheWrite;
  private long output;
  private long reasoning;
  private boolean told;

  void read(JsonNode usage) {
    if (!usage.isObject()) {
      return;
    }
    told = true;
    fresh = value(usage, "input_tokens", fresh);
    cacheRead = value(usage, "cache_read_input_tokens", cacheRead);
    cacheWrite = value(usage, "cache_creation_input_tokens", cacheWrite);
    output = value(usage, "output_tokens", output);
    JsonNode details = usage.path("output_tokens_details");
    reasoning = value(details, "thinking_tokens", value(details, "reasoning_tokens", reasoning));
  }

  private static long value(JsonNode object, String field, long before) {
    JsonNode value = object.path(field);
    return value.isNumber() ? value.asLong() : before;
  }

  boolean told() {
    return told;
  }

  TokenUsage usage() {
    long thought = Math.max(0, Math.min(reasoning, output));
    return new TokenUsage(fresh, cacheRead, cacheWrite, output - thought, thought);
  }

  /** In Anthropic's words. */
  static void write(TokenUsage usage, ObjectNode into) {
    into.put("input_tokens", usage.freshInput())
        .put("cache_creation_input_tokens", usage.cacheWrite())
        .put("cache_read_input_tokens", usage.cacheRead())
        .put("output_tokens", usage.output());
  }
}
