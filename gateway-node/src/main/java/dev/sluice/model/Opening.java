package dev.sluice.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.Credentials;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.SseEvents;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the beginning of a stream that passes in its caller's dialect, until it says something that the caller can use, or
 * proves to be no answer: events of whichever dialect, each a JSON object, or lines that are.
 */
final class Opening {
  private static final int MOST_EVENT_BYTES = 1 << 20;
  private static final String END = "[DONE]";

  /** Types of events that come before anything is said. */
  private static final Set<String> PREFACE = Set.of(
      "message_start", "ping", "response.created", "response.queued", "response.in_progress");

  private final boolean lines;
  private final SseEvents events = new SseEvents(MOST_EVENT_BYTES);
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private boolean usable;
  private boolean malformed;
  private @Nullable ProviderError failure;

  /** @param lines whether it is a JSON object a line, rather than server-sent events */
  Opening(boolean lines) {
    this.lines = lines;
  }

  void read(byte[] bytes, int from, int to) {
    if (!lines) {
      events.read(bytes, from, to, (name, data) -> event(data));
      malformed |= events.tooLong();
      return;
    }
    for (int i = from; i < to; i++) {
      if (bytes[i] != '\n') {
        line.write(bytes[i]);
      } else if (line.size() > 0) {
        event(line.toString(StandardCharsets.UTF_8));
        line.reset();
      }
    }
    malformed |= line.size() > MOST_EVENT_BYTES;
  }

  /** Whether something that the caller can use has come. */
  boolean usable() {
    return usable;
  }

  /** Whether what has come is no answer. */
  boolean malformed() {
    return malformed;
  }

  /** What the answer says went wrong; null if nothing. */
  @Nullable
  ProviderError failure() {
    return failure;
  }

  private void event(String data) {
    if (usable || malformed || failure != null) {
      return;
    }
    if (data.equals(END)) {
      usable = true;
      return;
    }
    JsonNode said = Json.tree(data.getBytes(StandardCharsets.UTF_8));
    if (said == null || !said.isObject()) {
      malformed = true;
    } else if (said.hasNonNull("error") || said.path("type").asText().equals("error")) {
      failure = failed(said.path("error"));
    } else {
      usable = !PREFACE.contains(said.path("type").asText()) && !isRoleOnly(said.path("choices"));
    }
  }

  private static ProviderError failed(JsonNode error) {
    String type = error.path("type").asText() + error.path("code").asText();
    ProviderError.Kind kind = type.contains("overloaded")
        ? ProviderError.Kind.OVERLOADED
        : type.contains("rate_limit") ? ProviderError.Kind.RATE_LIMITED : ProviderError.Kind.FAILED;
    String message = error.isTextual() ? error.asText() : error.path("message").asText();
    return new ProviderError(
        kind == ProviderError.Kind.RATE_LIMITED ? 429 : 502, kind, Credentials.masked(message));
  }

  /** OpenAI's first chunk, which only says who speaks. */
  private static boolean isRoleOnly(JsonNode choices) {
    if (!choices.isArray() || choices.isEmpty()) {
      return false;
    }
    for (JsonNode choice : choices) {
      JsonNode delta = choice.path("delta");
      if (!delta.has("role") || choice.hasNonNull("finish_reason")) {
        return false;
      }
      for (Map.Entry<String, JsonNode> field : delta.properties()) {
        JsonNode value = field.getValue();
        boolean silent = value.isNull() || value.isTextual() && value.asText().isEmpty();
        if (!silent && !field.getKey().equals("role")) {
          return false;
        }
      }
    }
    return true;
  }
}
