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

/** Finds the usage of a message that passes whole. */
final class DocumentTap implements AnswerTap {
  private static final byte[] NOTHING = {};
  private static final String USAGE = "usage";
  private static final String DETAILS = "usage.output_tokens_details";

  private final ObjectNode usage = Json.MAPPER.createObjectNode();
  private final JsonScan scan = new JsonScan(this::value);

  private void value(String object, String field, JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
      return;
    }
    if (object.equals(USAGE)) {
      usage.put(field, parser.getLongValue());
    } else if (object.equals(DETAILS)) {
      usage.withObjectProperty("output_tokens_details").put(field, parser.getLongValue());
    }
  }

  @Override
  public byte[] pass(byte[] bytes, int from, int to) {
    scan.read(bytes, from, to);
    return copy(bytes, from, to);
  }

  static byte[] copy(byte[] bytes, int from, int to) {
    return from == 0 && to == bytes.length ? bytes : Arrays.copyOfRange(bytes, from, to);
  }

  @Override
  public byte[] rest() {
    return NOTHING;
  }

  @Override
  public boolean whole() {
    return true;
  }

  @Override
  public @Nullable TokenUsage usage() {
    if (usage.isEmpty()) {
      return null;
    }
    MessageUsage read = new MessageUsage();
    read.read(usage);
    return read.usage();
  }
}
