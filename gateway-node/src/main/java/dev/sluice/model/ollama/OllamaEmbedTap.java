package dev.sluice.model.ollama;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sluice.model.chat.DocumentTap;
import dev.sluice.model.chat.JsonScan;
import dev.sluice.model.chat.TokenUsage;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Follows embeddings that pass. */
final class OllamaEmbedTap extends DocumentTap implements JsonScan.Sink {
  private final JsonScan scan = new JsonScan(this);
  private @Nullable TokenUsage usage;

  @Override
  protected void read(byte[] bytes, int from, int to) {
    scan.read(bytes, from, to);
  }

  @Override
  public @Nullable TokenUsage usage() {
    return usage;
  }

  @Override
  public void value(String object, String field, JsonParser parser) throws IOException {
    boolean told = object.isEmpty() && field.equals("prompt_eval_count");
    if (told && parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
      usage = TokenUsage.of(parser.getLongValue(), 0);
    }
  }
}
