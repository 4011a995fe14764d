package dev.sluice.model.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.Json;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Claude's own events, in the frames of a stream that was invoked. */
final class InvokeEvents {
  private InvokeEvents() {}

  /** The bytes in a frame of the type {@code chunk}; null if there are none. */
  static byte @Nullable [] bytes(byte[] payload) {
    JsonNode chunk = Json.tree(payload);
    JsonNode base64 = chunk == null ? null : chunk.get("bytes");
    if (base64 == null || !base64.isTextual()) {
      return null;
    }
    try {
      return Base64.getDecoder().decode(base64.textValue());
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
