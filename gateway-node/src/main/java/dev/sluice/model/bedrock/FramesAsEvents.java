package dev.sluice.model.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.anthropic.Errors;
import dev.sluice.model.chat.AnswerReader;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.ProviderError;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Turns an answer of Claude's that comes as Bedrock's frames into what a caller of Anthropic's dialect expects: the events in them go
 * on as they are, as server-sent events. A frame that can't be read is an error event, and the last one.
 */
public final class FramesAsEvents {
  private static final byte[] NOTHING = {};

  private final EventFrames frames = new EventFrames(AnswerReader.MOST_KEPT_BYTES);
  private boolean failed;

  /** Takes the next bytes, in pieces of any size, and returns the events that have come to their end. */
  public byte[] pass(byte[] bytes, int from, int to) {
    if (failed) {
      return NOTHING;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(to - from);
    frames.read(bytes, from, to, (fields, payload) -> frame(fields, payload, out));
    String failure = frames.failure();
    if (failure != null && !failed) {
      fail(Errors.unreadable(failure), out);
    }
    return out.toByteArray();
  }

  private void frame(Map<String, String> fields, byte[] payload, ByteArrayOutputStream out) {
    if (failed) {
      return;
    }
    if (!"event".equals(fields.get(":message-type"))) {
      fail(BedrockErrors.inStream(fields, payload), out);
      return;
    }
    byte[] bytes = InvokeEvents.bytes(payload);
    JsonNode event = bytes == null ? null : Json.tree(bytes);
    if (bytes != null && event != null && event.path("type").isTextual()) {
      event(event.path("type").textValue(), bytes, out);
    }
  }

  private void fail(ProviderError error, ByteArrayOutputStream out) {
    failed = true;
    byte[] json = Errors.json(error).toString().getBytes(StandardCharsets.UTF_8);
    event("error", json, out);
  }

  private static void event(String name, byte[] json, ByteArrayOutputStream out) {
    out.writeBytes(("event: " + name + "\ndata: ").getBytes(StandardCharsets.UTF_8));
    out.writeBytes(json);
    out.writeBytes("\n\n".getBytes(StandardCharsets.UTF_8));
  }
}
