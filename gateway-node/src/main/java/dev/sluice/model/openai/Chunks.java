package dev.sluice.model.openai;

import dev.sluice.model.chat.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** The events of a stream of chunks that end with {@code [DONE]}. */
final class Chunks {
  private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);

  private Chunks() {}

  /** What all chunks of an answer begin with. */
  static String head(String id, String object, long created, String model) {
    return "data: {\"id\":" + Json.quoted(id) + ",\"object\":" + Json.quoted(object)
        + ",\"created\":" + created + ",\"model\":"
        + Json.quoted(model);
  }

  static void event(ByteArrayOutputStream out, String json) {
    out.writeBytes((json + "\n\n").getBytes(StandardCharsets.UTF_8));
  }

  static void done(ByteArrayOutputStream out) {
    out.writeBytes(DONE);
  }
}
