package dev.sluice.model.chat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/** Bytes that texts have in UTF-8: an upper bound of their tokens under a vocabulary that has all single bytes. */
public final class TextBytes {
  private TextBytes() {}

  public static long of(String text) {
    long bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : Character.isSurrogate(c) ? 2 : 3;
    }
    return bytes;
  }

  /** All names and values in a tree, and one for each, as what stands between them. */
  public static long ofAll(JsonNode node) {
    long bytes = 0;
    if (node.isObject()) {
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        bytes += of(field.getKey()) + 1 + ofAll(field.getValue());
      }
    } else if (node.isArray()) {
      for (JsonNode member : node) {
        bytes += ofAll(member);
      }
    } else {
      bytes += of(node.asText()) + 1;
    }
    return bytes;
  }
}
