package dev.sluice.model.anthropic;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.DocumentTap;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.JsonScan;
import dev.sluice.model.chat.TokenUsage;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Follows a message that passes whole. */
final class MessagesDocumentTap extends DocumentTap implements JsonScan.Sink {
  private final JsonScan scan = new JsonScan(this);
  private @Nullable ObjectNode told;

  @Override
  protected void read(byte[] bytes, int from, int to) {
    scan.read(bytes, from, to);
  }

  @Override
  public @Nullable TokenUsage usage() {
    return scan.atEnd() ? Usage.after(null, told) : null;
  }

  @Override
  public void begins(String path) {
    if (path.equals("usage") && told == null) {
      told = Json.MAPPER.createObjectNode();
    }
  }

  @Override
  public void value(String object, String field, JsonParser parser) throws IOException {
    ObjectNode usage = told;
    if (usage == null || parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
      return;
    }
    long tokens = parser.getLongValue();
    switch (object) {
      case "usage" -> usage.put(field, tokens);
      case "usage.cache_creation" -> usage.withObject("/cache_creation").put(field, tokens);
      case "usage.output_tokens_details" ->
        usage.withObject("/output_tokens_details").put(field, tokens);
      default -> {}
    }
  }
}
