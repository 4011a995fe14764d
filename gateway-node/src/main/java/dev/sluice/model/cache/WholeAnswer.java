package dev.sluice.model.cache;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.SseEvents;
import java.nio.charset.StandardCharsets;

/** Whether the bytes of an answer are one that can be told again: whole, and no error in the disguise of an answer. */
final class WholeAnswer {
  private static final String DONE = "[DONE]";

  private WholeAnswer() {}

  static boolean isGood(String contentType, byte[] body) {
    if (contentType.startsWith("text/event-stream")) {
      return areEvents(body);
    }
    if (contentType.startsWith("application/x-ndjson")) {
      return areLines(body);
    }
    return body.length > 0 && (!contentType.startsWith("application/json") || isAnswer(body));
  }

  private static boolean areEvents(byte[] body) {
    SseEvents events = new SseEvents(Math.max(1, body.length));
    boolean[] bad = new boolean[1];
    int[] seen = new int[1];
    events.read(body, 0, body.length, (name, data) -> {
      seen[0]++;
      bad[0] |= !data.equals(DONE) && !isAnswer(data.getBytes(StandardCharsets.UTF_8));
    });
    return seen[0] > 0 && !bad[0] && !events.tooLong();
  }

  private static boolean areLines(byte[] body) {
    String text = new String(body, StandardCharsets.UTF_8);
    return !text.isBlank()
        && text.lines()
            .filter(line -> !line.isBlank())
            .allMatch(line -> isAnswer(line.getBytes(StandardCharsets.UTF_8)));
  }

  private static boolean isAnswer(byte[] json) {
    JsonNode said = Json.tree(json);
    return said != null
        && (said.isArray()
            || said.isObject()
                && !said.hasNonNull("error")
                && !said.path("type").asText().equals("error")
                && !said.path("type").asText().equals("response.failed"));
  }
}
