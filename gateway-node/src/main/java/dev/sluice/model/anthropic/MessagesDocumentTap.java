package dev.sluice.model.anthropic;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.JsonScan;
import dev.sluice.model.chat.TokenUsage;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Follows a message that passes whole. */
final class MessagesDocumentTap implements AnswerTap, JsonScan.Sink {
  private static final byte[] NOTHING = {};

  private final JsonScan scan = new JsonScan(this);
  private @Nullable ObjectNode told;

  @Override
  public byte[] pass(byte[] bytes, int from, int to) {
    scan.read(bytes, from, to);
    return from == 0 && to == bytes.length ? bytes : Arrays.copyOfRange(bytes, from, to);
  }

  @Override
  public byte[] rest() {
    return NOTHING;
  }

  /** A document has a length of its own: that it is cut, its connection tells. */
  @Override
  public boolean whole() {
    return true;
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
