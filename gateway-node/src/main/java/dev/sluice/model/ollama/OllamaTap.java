package dev.sluice.model.ollama;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.JsonScan;
import dev.sluice.model.chat.TokenUsage;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Follows an answer of Ollama's: its last line is done, and has the usage. */
final class OllamaTap implements AnswerTap, JsonScan.Sink {
  private static final byte[] NOTHING = {};

  private final boolean stream;
  private final JsonScan scan = new JsonScan(this);
  private boolean done;
  private boolean failed;
  private @Nullable Long prompt;
  private long answer;

  OllamaTap(boolean stream) {
    this.stream = stream;
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

  /** A document has a length of its own: that it is cut, its connection tells. */
  @Override
  public boolean whole() {
    return !stream || done && !failed && scan.atEnd();
  }

  /** Null also where the prompt's part is missing, as it was found in a cache: it is not nothing. */
  @Override
  public @Nullable TokenUsage usage() {
    return prompt == null ? null : TokenUsage.of(prompt, answer);
  }

  @Override
  public void value(String object, String field, JsonParser parser) throws IOException {
    if (!object.isEmpty()) {
      return;
    }
    JsonToken token = parser.currentToken();
    if (field.equals("done")) {
      done |= token == JsonToken.VALUE_TRUE;
    } else if (field.equals("error")) {
      failed |= token == JsonToken.VALUE_STRING;
    } else if (token == JsonToken.VALUE_NUMBER_INT && field.equals("prompt_eval_count")) {
      prompt = parser.getLongValue();
    } else if (token == JsonToken.VALUE_NUMBER_INT && field.equals("eval_count")) {
      answer = parser.getLongValue();
    }
  }
}
