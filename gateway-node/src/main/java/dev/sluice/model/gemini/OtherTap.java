package dev.sluice.model.gemini;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.JsonScan;
import dev.sluice.model.chat.TokenUsage;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Follows counts of tokens, which cost nothing, and embeddings, whose usage some versions of the API tell. */
final class OtherTap implements AnswerTap, JsonScan.Sink {
  private static final byte[] NOTHING = {};

  private final JsonScan scan = new JsonScan(this);
  private @Nullable TokenUsage usage;

  /** @param free whether it costs nothing */
  OtherTap(boolean free) {
    this.usage = free ? TokenUsage.NONE : null;
  }

  @Override
  public byte[] pass(byte[] bytes, int from, int to) {
    scan.read(bytes, from, to);
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
    return usage;
  }

  @Override
  public void value(String object, String field, JsonParser parser) throws IOException {
    boolean told = object.equals("usageMetadata") && field.equals("promptTokenCount");
    if (told && parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
      usage = TokenUsage.of(parser.getLongValue(), 0);
    }
  }
}
