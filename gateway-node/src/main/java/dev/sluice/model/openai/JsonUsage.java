package dev.sluice.model.openai;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import dev.sluice.model.chat.DocumentTap;
import dev.sluice.model.chat.TokenUsage;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the usage of an answer's JSON document in its bytes as they pass, in pieces of any size. Keeps nothing of the answer.
 * What is no JSON has no usage.
 */
final class JsonUsage extends DocumentTap {
  /** Where chat completions, embeddings, images and transcriptions have it. */
  static final Set<String> AT_TOP = Set.of("usage");

  /** Where the last event of a response has it. */
  static final Set<String> IN_RESPONSE = Set.of("response.usage");

  /** Where ranks have it, of servers that speak like Jina, vLLM or Cohere. */
  static final Set<String> OF_RANKS =
      Set.of("usage", "meta.tokens", "meta.billed_units", "meta.usage");

  private static final JsonFactory JSON = new JsonFactory();
  private final Set<String> places;
  private final JsonParser parser;
  private final ByteArrayFeeder feeder;
  private int depth;
  /** Depth of the fields of the usage that is being read; 0 if none is. */
  private int figures;

  private boolean broken;
  private String field = "";
  private String parent = "";
  private Usage reading = new Usage();
  private @Nullable TokenUsage found;

  JsonUsage() {
    this(AT_TOP);
  }

  /** @param places of an object with usage: its name, or that of the object it is in and its own, with a dot between */
  JsonUsage(Set<String> places) {
    this.places = places;
    try {
      parser = JSON.createNonBlockingByteArrayParser();
      feeder = (ByteArrayFeeder) parser.getNonBlockingInputFeeder();
    } catch (IOException e) {
      throw new IllegalStateException("a parser without input can't fail", e);
    }
  }

  @Override
  protected void read(byte[] bytes, int from, int to) {
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
    return broken ? null : found;
  }

  private void take(JsonToken token) throws IOException {
    if (token == JsonToken.FIELD_NAME) {
      field = parser.currentName();
    } else if (token.isStructStart()) {
      depth++;
      structBegins(token);
    } else if (token.isStructEnd()) {
      if (depth == figures) {
        TokenUsage read = reading.tokens();
        found = read == null ? found : read;
        figures = 0;
      }
      depth--;
    } else if (figures > 0 && token == JsonToken.VALUE_NUMBER_INT) {
      if (depth == figures) {
        reading.figure(field, parser.getLongValue());
      } else if (depth == figures + 1) {
        reading.detail(parent, field, parser.getLongValue());
      }
    }
  }

  private void structBegins(JsonToken token) {
    if (figures > 0) {
      parent = depth == figures + 1 ? field : parent;
      return;
    }
    boolean usage = token == JsonToken.START_OBJECT
        && (depth == 2 && places.contains(field)
            || depth == 3 && places.contains(parent + "." + field));
    if (usage) {
      figures = depth;
      reading = new Usage();
    } else if (depth == 2) {
      parent = token == JsonToken.START_OBJECT ? field : "";
    }
  }
}
