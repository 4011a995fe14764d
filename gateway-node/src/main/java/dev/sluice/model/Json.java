package dev.sluice.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The little JSON that model calls need beyond their envelope. */
final class Json {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}

  static String quoted(String text) {
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }

  /** Stream options that were checked to be an object or null, with the usage asked for. */
  static String withIncludeUsage(String options) {
    try {
      JsonNode node = MAPPER.readTree(options);
      ObjectNode object = node instanceof ObjectNode given ? given : MAPPER.createObjectNode();
      return MAPPER.writeValueAsString(object.put("include_usage", true));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("stream_options were read before", e);
    }
  }

  /** Reads bytes as a JSON document; null if they are none. */
  static @Nullable JsonNode tree(byte[] bytes, int from, int to) {
    try {
      return MAPPER.readTree(bytes, from, to - from);
    } catch (IOException e) {
      return null;
    }
  }

  /** The usage of a chat completion or of one of its chunks; null if it has none. */
  static @Nullable TokenUsage usage(@Nullable JsonNode document) {
    JsonNode usage = document == null ? null : document.get("usage");
    if (usage == null || !usage.isObject()) {
      return null;
    }
    return TokenUsage.reported(
        usage.path("prompt_tokens").asLong(),
        usage.path("prompt_tokens_details").path("cached_tokens").asLong(),
        usage.path("completion_tokens").asLong());
  }

  /**
   * Index behind the JSON value that begins at {@code from}, or -1 if it does not end before {@code to}. For values that
   * are known to be well-formed.
   */
  static int valueEnd(byte[] json, int from, int to) {
    int depth = 0;
    for (int i = from; i < to; i++) {
      byte b = json[i];
      if (b == '"') {
        for (i++; i < to && json[i] != '"'; i++) {
          i += json[i] == '\\' ? 1 : 0;
        }
      } else if (b == '{' || b == '[') {
        depth++;
      } else if (b == '}' || b == ']') {
        depth--;
      }
      boolean ends = i + 1 < to && (json[i + 1] == ',' || json[i + 1] == '}' || json[i + 1] == ']');
      if (depth == 0 && ends) {
        return i + 1;
      }
    }
    return -1;
  }
}
