package dev.sluice.model.openai;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.TokenUsage;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an answer came to, in OpenAI's words and in those of servers that speak like it. Of chat completions ({@code
 * prompt_tokens}), responses and images ({@code input_tokens}), embeddings and ranks ({@code total_tokens} alone).
 *
 * <p>The whole of the answer is what is charged: where a server leaves thoughts out of its {@code completion_tokens}, as xAI and
 * Gemini do, its {@code total_tokens} shows them.
 */
final class Usage {
  /** Their names are few, and are not worth a table that all share. */
  private static final JsonFactory JSON =
      JsonFactory.builder().disable(JsonFactory.Feature.INTERN_FIELD_NAMES).build();

  private long input;
  private long cacheRead;
  private long cacheWrite;
  private long output;
  private long reasoning;
  private long total;
  private boolean any;

  /** The usage of a chat completion or of one of its chunks; null if it has none. */
  static @Nullable TokenUsage of(@Nullable JsonNode document) {
    return document == null ? null : in(document.path("usage"));
  }

  /** The same of its bytes. */
  static @Nullable TokenUsage of(byte[] figures) {
    Usage usage = new Usage();
    try (JsonParser parser = JSON.createParser(figures)) {
      String parent = "";
      int depth = 0;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token.isStructStart()) {
          depth++;
          parent = depth == 2 && parser.currentName() != null ? parser.currentName() : parent;
        } else if (token.isStructEnd()) {
          depth--;
        } else if (token == JsonToken.VALUE_NUMBER_INT && depth == 1) {
          usage.figure(parser.currentName(), parser.getLongValue());
        } else if (token == JsonToken.VALUE_NUMBER_INT && depth == 2) {
          usage.detail(parent, String.valueOf(parser.currentName()), parser.getLongValue());
        }
      }
    } catch (IOException e) {
      return null;
    }
    return usage.tokens();
  }

  /** What an object of figures says; null if it is none, or has none that are known. */
  static @Nullable TokenUsage in(JsonNode figures) {
    if (!figures.isObject()) {
      return null;
    }
    Usage usage = new Usage();
    for (Map.Entry<String, JsonNode> figure : figures.properties()) {
      JsonNode value = figure.getValue();
      if (value.isIntegralNumber()) {
        usage.figure(figure.getKey(), value.asLong());
      } else {
        for (Map.Entry<String, JsonNode> detail : value.properties()) {
          if (detail.getValue().isIntegralNumber()) {
            usage.detail(figure.getKey(), detail.getKey(), detail.getValue().asLong());
          }
        }
      }
    }
    return usage.tokens();
  }

  /** Takes a figure of the usage itself. */
  void figure(String name, long reported) {
    long tokens = Math.max(0, reported);
    switch (name) {
      case "prompt_tokens", "input_tokens" -> {
        input = tokens;
        any = true;
      }
      case "completion_tokens", "output_tokens" -> {
        output = tokens;
        any = true;
      }
      case "total_tokens" -> {
        total = tokens;
        any = true;
      }
      case "prompt_cache_hit_tokens", "cached_tokens", "cache_read_input_tokens" ->
        cacheRead = Math.max(cacheRead, tokens);
      case "cache_creation_input_tokens" -> cacheWrite = Math.max(cacheWrite, tokens);
      case "reasoning_tokens" -> reasoning = Math.max(reasoning, tokens);
      default -> {}
    }
  }

  /** Takes a figure of an object in the usage. */
  void detail(String parent, String name, long tokens) {
    switch (parent) {
      case "prompt_tokens_details", "input_tokens_details" -> {
        switch (name) {
          case "cached_tokens" -> cacheRead = Math.max(cacheRead, tokens);
          case "cache_write_tokens", "cache_creation_tokens" ->
            cacheWrite = Math.max(cacheWrite, tokens);
          default -> {}
        }
      }
      case "completion_tokens_details", "output_tokens_details" -> {
        if (name.equals("reasoning_tokens")) {
          reasoning = Math.max(reasoning, tokens);
        }
      }
      default -> {}
    }
  }

  /** What the figures come to; null if there were none. */
  @Nullable
  TokenUsage tokens() {
    if (!any) {
      return null;
    }
    long known = input + output;
    long unsaid = Math.max(0, total - known);
    if (known == 0) {
      return TokenUsage.of(unsaid, 0);
    }
    if (output == 0 && reasoning == 0) {
      return TokenUsage.ofWhole(input, cacheRead, cacheWrite, unsaid, 0);
    }
    return TokenUsage.ofWhole(
        input, cacheRead, cacheWrite, output + unsaid, Math.max(reasoning, unsaid));
  }

  /** As a chat completion says it. */
  static ObjectNode chat(TokenUsage usage) {
    return json(usage, "prompt", "completion");
  }

  /** As a response says it. */
  static ObjectNode response(TokenUsage usage) {
    return json(usage, "input", "output");
  }

  private static ObjectNode json(TokenUsage usage, String input, String output) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put(input + "_tokens", usage.input());
    json.put(output + "_tokens", usage.output());
    json.put("total_tokens", usage.total());
    json.putObject(input + "_tokens_details")
        .put("cached_tokens", usage.cacheRead())
        .put("cache_write_tokens", usage.cacheWrite());
    json.putObject(output + "_tokens_details").put("reasoning_tokens", usage.reasoning());
    return json;
  }
}
