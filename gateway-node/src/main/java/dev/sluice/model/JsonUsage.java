package dev.sluice.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Finds the usage of a chat completion in its bytes as they pass, in pieces of any size. Keeps nothing of the answer.
 * What is no JSON has no usage.
 */
final class JsonUsage {
  private static final JsonFactory JSON = new JsonFactory();

  private final JsonParser parser;
  private final ByteArrayFeeder feeder;
  private int depth;
  private boolean inUsage;
  private boolean found;
  private boolean broken;
  private String field = "";
  private boolean ofInput;
  private long input;
  private long cachedInput;
  private long output;

  JsonUsage() {
    try {
      parser = JSON.createNonBlockingByteArrayParser();
      feeder = (ByteArrayFeeder) parser.getNonBlockingInputFeeder();
    } catch (IOException e) {
      throw new IllegalStateException("a parser without input can't fail", e);
    }
  }

  void read(byte[] bytes, int from, int to) {
    if (broken || from == to) {
      return;
    }
    try {
      feeder.feedInput(bytes, from, to);
      for (JsonToken token = parser.nextToken();
          token != null && token != JsonToken.NOT_AVAILABLE; ) {
        take(token);
        token = parser.nextToken();
      }
    } catch (IOException e) {
      broken = true;
    }
  }

  /** The usage, once all bytes were read; null if there was none. */
  @Nullable
  TokenUsage usage() {
    return found && !broken ? TokenUsage.reported(input, cachedInput, output) : null;
  }

  private void take(JsonToken token) throws IOException {
    if (token == JsonToken.FIELD_NAME) {
      field = parser.currentName();
    } else if (token.isStructStart()) {
      depth++;
      if (depth == 2 && field.equals("usage") && token == JsonToken.START_OBJECT) {
        inUsage = true;
        found = true;
      } else if (inUsage && depth == 3) {
        ofInput = field.equals("prompt_tokens_details");
      }
    } else if (token.isStructEnd()) {
      inUsage &= depth > 2;
      depth--;
    } else if (inUsage && depth == 2 && token == JsonToken.VALUE_NUMBER_INT) {
      if (field.equals("prompt_tokens")) {
        input = parser.getLongValue();
      } else if (field.equals("completion_tokens")) {
        output = parser.getLongValue();
      }
    } else if (inUsage
        && depth == 3
        && ofInput
        && token == JsonToken.VALUE_NUMBER_INT
        && field.equals("cached_tokens")) {
      cachedInput = parser.getLongValue();
    }
  }
}
