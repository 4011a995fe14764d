package dev.sluice.model.chat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Follows a document that passes, of a call that has input and no output: one number in it may tell how many tokens that had. */
public final class InputTap extends DocumentTap implements JsonScan.Sink {
  private final JsonScan scan = new JsonScan(this);
  private final String object;
  private final String field;
  private @Nullable TokenUsage usage;

  /**
   * @param object path of the object with the number; empty for the document itself
   * @param field of the number
   * @param untold what was used if the document does not say; null if that is not known
   */
  public InputTap(String object, String field, @Nullable TokenUsage untold) {
    this.object = object;
    this.field = field;
    this.usage = untold;
  }

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
    boolean told = object.equals(this.object) && field.equals(this.field);
    if (told && parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
      usage = TokenUsage.of(parser.getLongValue(), 0);
    }
  }
}
