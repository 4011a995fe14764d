package dev.sluice.model.chat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Goes through JSON documents that come one behind the other, in pieces of any size, and shows their values. Keeps nothing of
 * them. What is no JSON ends it in silence.
 */
public final class JsonScan {
  /** Sees what passes. */
  public interface Sink {
    /**
     * A text, number, truth value or null.
     *
     * @param object the names on the way to the object it stands in, joined by dots, lists left out: {@code usage.details};
     *     empty in the document itself
     * @param parser stands on the value
     */
    void value(String object, String field, JsonParser parser) throws IOException;

    /** An object begins that stands there, or in a list there. */
    default void begins(String path) {}

    /** An object ends that stands there, or in a list there. */
    default void ends(String path) {}
  }

  private static final JsonFactory JSON = new JsonFactory();

  private final Sink sink;
  private final JsonParser parser;
  private final ByteArrayFeeder feeder;
  private final Deque<String> paths = new ArrayDeque<>();
  private String field = "";
  private boolean broken;

  public JsonScan(Sink sink) {
    this.sink = sink;
    try {
      parser = JSON.createNonBlockingByteArrayParser();
      feeder = (ByteArrayFeeder) parser.getNonBlockingInputFeeder();
    } catch (IOException e) {
      throw new IllegalStateException("a parser without input can't fail", e);
    }
  }

  public void read(byte[] bytes, int from, int to) {
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

  /** Whether all documents have come to their end. */
  public boolean atEnd() {
    return !broken && paths.isEmpty();
  }

  private void take(JsonToken token) throws IOException {
    if (token == JsonToken.FIELD_NAME) {
      field = parser.currentName();
    } else if (token.isStructStart()) {
      String in = here();
      String path = field.isEmpty() ? in : in.isEmpty() ? field : in + "." + field;
      paths.push(path);
      field = "";
      if (token == JsonToken.START_OBJECT) {
        sink.begins(path);
      }
    } else if (token.isStructEnd()) {
      field = "";
      String path = paths.pop();
      if (token == JsonToken.END_OBJECT) {
        sink.ends(path);
      }
    } else {
      sink.value(here(), field, parser);
    }
  }

  private String here() {
    String in = paths.peek();
    return in == null ? "" : in;
  }
}
