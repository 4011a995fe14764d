package dev.sluice.model.openai;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/** Counts what a prompt's bytes come to, as a bound of its tokens. */
final class Texts {
  /** What a template may add for each message and tool, and twice for the whole. */
  static final int TEMPLATE_TOKENS = 16;

  private Texts() {}

  /** UTF-8 bytes of all names and values, and one for each. */
  static long bytes(JsonNode json) {
    if (json.isObject()) {
      long bytes = 0;
      for (Map.Entry<String, JsonNode> field : json.properties()) {
        bytes += bytes(field.getKey()) + 1 + bytes(field.getValue());
      }
      return bytes;
    }
    if (json.isArray()) {
      long bytes = 0;
      for (JsonNode one : json) {
        bytes += bytes(one);
      }
      return bytes;
    }
    return json.isMissingNode() ? 0 : bytes(json.asText()) + 1;
  }

  static long bytes(String text) {
    long bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : Character.isSurrogate(c) ? 2 : 3;
    }
    return bytes;
  }
}
