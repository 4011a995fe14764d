package dev.sluice.model.chat;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The little JSON that all dialects need. */
public final class Json {
  /** For trees; shared, and safe to share. */
  public static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}

  public static String quoted(String text) {
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }

  /** Reads bytes as a JSON document; null if they are none. */
  public static @Nullable JsonNode tree(byte[] bytes) {
    return tree(bytes, 0, bytes.length);
  }

  /** Reads bytes as a JSON document; null if they are none. */
  public static @Nullable JsonNode tree(byte[] bytes, int from, int to) {
    try {
      return MAPPER.readTree(bytes, from, to - from);
    } catch (IOException e) {
      return null;
    }
  }

  /**
   * Index behind the JSON value that begins at {@code from}, or -1 if it does not end before {@code to}. For values that
   * are known to be well-formed.
   */
  public static int valueEnd(byte[] json, int from, int to) {
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
