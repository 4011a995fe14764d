package dev.sluice.model.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.DocumentTap;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.TokenUsage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the usage of an answer's JSON document in its bytes as they pass, in pieces of any size. Keeps nothing of the answer but
 * the usage: the rest is only followed as far as it takes to know which object a byte stands in. What is no JSON has no usage.
 */
final class JsonUsage extends DocumentTap {
  /** Where chat completions, embeddings, images and transcriptions have it. */
  static final Set<String> AT_TOP = Set.of("usage");

  /** Where the last event of a response has it. */
  static final Set<String> IN_RESPONSE = Set.of("response.usage");

  /** Where ranks have it, of servers that speak like Jina, vLLM or Cohere. */
  static final Set<String> OF_RANKS =
      Set.of("usage", "meta.tokens", "meta.billed_units", "meta.usage");

  /** Names are read down to this depth. */
  private static final int DEEPEST = 2;

  /** Longer names are none of those that are looked for. */
  private static final int MOST_NAME = 32;

  private static final int MOST_USAGE_BYTES = 1 << 16;

  private final Set<String> places;
  private final boolean nested;
  /** At each depth, whether it is an object rather than a list, and the name of its field that is being read. */
  private final boolean[] objects = new boolean[DEEPEST + 1];

  private final byte[][] names = new byte[DEEPEST + 1][MOST_NAME];
  private final int[] lengths = new int[DEEPEST + 1];
  private int depth;
  private boolean inText;
  private boolean escaped;
  /** Whether the next text is the name of a field, or the one that is being read. */
  private boolean naming;

  private boolean broken;
  /** The usage as far as it has come; null while none is being read. */
  private @Nullable ByteArrayOutputStream reading;
  /** Depth that its object stands in. */
  private int around;

  private @Nullable TokenUsage found;

  JsonUsage() {
    this(AT_TOP);
  }

  /** @param places of an object with usage: its name, or that of the object it is in and its own, with a dot between */
  JsonUsage(Set<String> places) {
    this.places = places;
    this.nested = places.stream().anyMatch(place -> place.indexOf('.') > 0);
  }

  @Override
  protected void read(byte[] bytes, int from, int to) {
    int kept = from;
    for (int i = from; i < to && !broken; i++) {
      if (inText && !naming && !escaped) {
        i = textEnd(bytes, i, to);
        if (i == to) {
          break;
        }
      }
      byte next = bytes[i];
      if (inText) {
        text(next);
      } else if (next == '"') {
        inText = true;
        broken = depth == 0;
        if (naming) {
          lengths[depth] = 0;
        }
      } else if (next == '{' || next == '[') {
        if (reading == null && next == '{' && isPlace()) {
          reading = new ByteArrayOutputStream();
          around = depth;
          kept = i;
        }
        begins(next == '{');
      } else if (next == '}' || next == ']') {
        ends();
        if (reading != null && depth == around) {
          reading.write(bytes, kept, i + 1 - kept);
          take(reading.toByteArray());
        }
      } else if (next == ',') {
        naming = depth <= DEEPEST && objects[depth];
      } else if (depth == 0 && next > ' ') {
        broken = true;
      }
    }
    if (reading != null && !broken) {
      reading.write(bytes, kept, to - kept);
      broken = reading.size() > MOST_USAGE_BYTES;
    }
  }

  /** The next byte of a text that means something, or the end of the piece. */
  private static int textEnd(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && bytes[at] != '"' && bytes[at] != '\\') {
      at++;
    }
    return at;
  }

  private void text(byte next) {
    if (escaped) {
      escaped = false;
    } else if (next == '\\') {
      escaped = true;
    } else if (next == '"') {
      inText = false;
      naming = false;
      return;
    }
    if (naming) {
      if (lengths[depth] < MOST_NAME) {
        names[depth][lengths[depth]] = next;
      }
      lengths[depth]++;
    }
  }

  private void begins(boolean object) {
    depth++;
    naming = object && depth <= DEEPEST;
    if (depth <= DEEPEST) {
      objects[depth] = object;
      lengths[depth] = 0;
    }
  }

  private void ends() {
    depth--;
    naming = false;
    broken = depth < 0;
  }

  /** Whether the object that begins here is the usage. */
  private boolean isPlace() {
    if (depth == 1) {
      return objects[1] && places.contains(name(1));
    }
    return nested
        && depth == 2
        && objects[1]
        && objects[2]
        && places.contains(name(1) + "." + name(2));
  }

  private String name(int at) {
    return lengths[at] > MOST_NAME
        ? ""
        : new String(names[at], 0, lengths[at], StandardCharsets.UTF_8);
  }

  private void take(byte[] usage) {
    reading = null;
    JsonNode figures = Json.tree(usage);
    TokenUsage read = figures == null ? null : Usage.in(figures);
    found = read == null ? found : read;
  }

  /** The usage, once all bytes were read; null if there was none. */
  @Override
  public @Nullable TokenUsage usage() {
    return broken ? null : found;
  }
}
