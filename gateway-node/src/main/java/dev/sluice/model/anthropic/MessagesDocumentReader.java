package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerReader;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.ProviderError;
import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;

/** Reads a whole message. */
final class MessagesDocumentReader implements AnswerReader {
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private boolean failed;

  @Override
  public void read(byte[] bytes, int from, int to, Consumer<AnswerEvent> out) {
    if (failed) {
      return;
    }
    if (body.size() + (to - from) > MOST_KEPT_BYTES) {
      fail("it is longer than " + MOST_KEPT_BYTES + " bytes", out);
    } else {
      body.write(bytes, from, to - from);
    }
  }

  private void fail(String why, Consumer<AnswerEvent> out) {
    failed = true;
    out.accept(new AnswerEvent.Failed(new ProviderError(
        502, ProviderError.Kind.FAILED, "the provider's answer can't be read: " + why)));
  }

  @Override
  public boolean end(Consumer<AnswerEvent> out) {
    if (failed) {
      return false;
    }
    JsonNode message = Json.tree(body.toByteArray());
    if (message == null || !message.path("content").isArray()) {
      fail("it is no message", out);
      return false;
    }
    out.accept(new AnswerEvent.Began(message.path("id").asText("")));
    MessageParts parts = new MessageParts();
    int index = 0;
    for (JsonNode block : message.path("content")) {
      parts.begins(index, block, out);
      parts.ends(index++, out);
    }
    String reason = message.path("stop_reason").asText("");
    String sequence =
        reason.equals("stop_sequence") ? message.path("stop_sequence").asText("") : "";
    out.accept(new AnswerEvent.Ended(0, StopReasons.read(reason), sequence));
    if (message.path("usage").isObject()) {
      MessageUsage usage = new MessageUsage();
      usage.read(message.path("usage"));
      out.accept(new AnswerEvent.Used(usage.usage()));
    }
    return true;
  }
}
