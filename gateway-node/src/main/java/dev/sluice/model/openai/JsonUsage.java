package dev.sluice.model.openai;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.TokenUsage;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds the usage of a chat completion in its bytes as they pass, in pieces of any size. Keeps nothing of the answer.
 * What is no JSON has no usage.
 */
final class JsonUsage implements AnswerTap {
  private static final JsonFactory JSON = new JsonFactory();
  private static final byte[] NOTHING = {};

  private final JsonParser parser;
  private final ByteArrayFeeder feeder;
  private int depth;
  private boolean inUsage;
  private boolean found;
  private boolean broken;
  private String field = "";
  private String details = "";
  private long input;
  private long cacheRead;
  private long cacheWrite;
  private long output;
  private long reasoning;

  JsonUsage() {
    try {
      parser = JSON.createNonBlockingByteArrayParser();
      feeder = (ByteArrayFeeder) parser.getNonBlockingInputFeeder();
    } catch (IOException e) {
      throw new IllegalStateException("a parser without input can't fail", e);
    }
  }

  @Override
  public byte[] pass(byte[] bytes, int from, int to) {
    read(bytes, from, to);
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

  private void read(byte[] bytes, int from, int to) {
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
  @Override
  public @Nullable TokenUsage usage() {
    return found && !broken
        ? TokenUsage.ofWhole(input, cacheRead, cacheWrite, output, reasoning)
        : null;
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
        details = field;
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
    } else if (inUsage && depth == 3 && token == JsonToken.VALUE_NUMBER_INT) {
      detail(parser.getLongValue());
    }
  }

  private void detail(long tokens) {
    switch (details + "." + field) {
      case "prompt_tokens_details.cached_tokens" -> cacheRead = tokens;
      case "prompt_tokens_details.cache_write_tokens" -> cacheWrite = tokens;
      case "completion_tokens_details.reasoning_tokens" -> reasoning = tokens;
      default -> {}
    }
  }
}
