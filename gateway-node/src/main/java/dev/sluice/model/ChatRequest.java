package dev.sluice.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.sluice.proxy.Refusal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The envelope of a chat completion request: what decides its way and its cost, and where in its bytes that stands, so
 * that the few fields we must set can be set and all else stays as it came.
 */
final class ChatRequest {
  /** What reading a request came to. */
  sealed interface Read {}

  record Good(ChatRequest request) implements Read {}

  record Bad(Refusal refusal) implements Read {}

  /** A field of the request that can't be taken. */
  private static final class BadFieldException extends Exception {
    private static final long serialVersionUID = 1L;
    private final String field;

    BadFieldException(String field, String message) {
      super(message, null, false, false);
      this.field = field;
    }
  }

  private record Span(int from, int to) {}

  private static final int MOST_CHOICES = 128;
  private static final int MOST_DEPTH = 200;
  private static final int TEMPLATE_TOKENS = 16;

  /** Two fields of one name could be read as one here and as the other upstream. */
  private static final JsonFactory JSON = JsonFactory.builder()
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .streamReadConstraints(StreamReadConstraints.builder()
          .maxNestingDepth(MOST_DEPTH)
          .maxStringLength(Integer.MAX_VALUE)
          .build())
      .build();

  private final byte[] body;
  private final Map<String, Span> spans = new TreeMap<>();
  private int firstField = -1;
  private String model = "";
  private boolean stream;
  private boolean includeUsage;
  private String streamOptions = "";
  private long choices = 1;
  private @Nullable Long maxTokens;
  private @Nullable Long maxCompletionTokens;
  private long textBytes;
  private long words;
  private int messages;
  private int tools;
  private long predictedTokens;
  private String lastUserText = "";
  private @Nullable String unboundedInput;

  private ChatRequest(byte[] body) {
    this.body = body;
  }

  /** @param body the whole JSON document */
  static Read read(byte[] body) {
    ChatRequest request = new ChatRequest(body);
    try (JsonParser parser = JSON.createParser(body)) {
      request.parse(parser);
      return new Good(request);
    } catch (BadFieldException e) {
      return new Bad(new Refusal.BadField(e.field, e.getMessage() == null ? "" : e.getMessage()));
    } catch (JsonParseException e) {
      return new Bad(new Refusal.BadField(
          "body",
          "the request body is not JSON: " + e.getOriginalMessage() + " (line "
              + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr() + ")"));
    } catch (IOException e) {
      return new Bad(
          new Refusal.BadField("body", "the request body can't be read: " + e.getMessage()));
    }
  }

  /** The model that is asked for. */
  String model() {
    return model;
  }

  boolean stream() {
    return stream;
  }

  /** Whether the caller wants a chunk with the usage at a stream's end. */
  boolean includeUsage() {
    return includeUsage;
  }

  /** How many answers are asked for. */
  long choices() {
    return choices;
  }

  /** The caller's own cap of each answer, the smaller if it sent two; null if none. */
  @Nullable
  Long outputCap() {
    if (maxTokens == null || maxCompletionTokens == null) {
      return maxTokens == null ? maxCompletionTokens : maxTokens;
    }
    return Math.min(maxTokens, maxCompletionTokens);
  }

  /** Blank-separated words of all message contents. */
  long words() {
    return words;
  }

  String lastUserText() {
    return lastUserText;
  }

  /**
   * Most tokens that the input can have under a vocabulary that has all single bytes: its bytes, and what a template may
   * add for each message and tool.
   */
  long inputTokensBound() {
    return textBytes + TEMPLATE_TOKENS * (2L + messages + tools);
  }

  /** Most tokens of an answer that may be charged above its cap: those that were predicted, and came out otherwise. */
  long predictedTokens() {
    return predictedTokens;
  }

  /** The first part of the input that its bytes don't bound, such as an image; null if there is none. */
  @Nullable
  String unboundedInput() {
    return unboundedInput;
  }

  /**
   * The body as it goes to a target.
   *
   * @param model name that the target knows the model by
   * @param outputCap largest answer that is held for; sent in the caller's own field, else in {@code capField}
   */
  byte[] bodyFor(String model, long outputCap, String capField) {
    Map<String, String> replaced = new TreeMap<>();
    if (!model.equals(this.model)) {
      replaced.put("model", Json.quoted(model));
    }
    if (maxTokens != null && maxTokens > outputCap) {
      replaced.put("max_tokens", Long.toString(outputCap));
    }
    if (maxCompletionTokens != null && maxCompletionTokens > outputCap) {
      replaced.put("max_completion_tokens", Long.toString(outputCap));
    }
    StringBuilder added = new StringBuilder();
    if (maxTokens == null && maxCompletionTokens == null && spans.containsKey(capField)) {
      replaced.put(capField, Long.toString(outputCap));
    } else if (maxTokens == null && maxCompletionTokens == null) {
      added.append('"').append(capField).append("\":").append(outputCap).append(',');
    }
    if (stream && !includeUsage) {
      if (spans.containsKey("stream_options")) {
        replaced.put("stream_options", Json.withIncludeUsage(streamOptions));
      } else {
        added.append("\"stream_options\":{\"include_usage\":true},");
      }
    }
    return edited(added.toString(), replaced);
  }

  /** The body with fields added in front, and the values of others replaced. */
  private byte[] edited(String added, Map<String, String> replaced) {
    if (added.isEmpty() && replaced.isEmpty()) {
      return body;
    }
    Map<Integer, String> byPlace = new TreeMap<>();
    replaced.forEach((field, value) -> byPlace.put(span(field).from(), field));
    ByteArrayOutputStream out = new ByteArrayOutputStream(body.length + added.length() + 64);
    out.write(body, 0, firstField);
    out.writeBytes(added.getBytes(StandardCharsets.UTF_8));
    int at = firstField;
    for (String field : byPlace.values()) {
      out.write(body, at, span(field).from() - at);
      out.writeBytes(replaced.getOrDefault(field, "").getBytes(StandardCharsets.UTF_8));
      at = span(field).to();
    }
    out.write(body, at, body.length - at);
    return out.toByteArray();
  }

  private Span span(String field) {
    return Objects.requireNonNull(spans.get(field), field);
  }

  private void parse(JsonParser json) throws IOException, BadFieldException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw new BadFieldException("body", "the request body is not a JSON object");
    }
    boolean anyMessages = false;
    while (json.nextToken() != JsonToken.END_OBJECT) {
      if (firstField < 0) {
        firstField = (int) json.currentTokenLocation().getByteOffset();
      }
      String field = json.currentName();
      JsonToken value = json.nextToken();
      int from = (int) json.currentTokenLocation().getByteOffset();
      switch (field) {
        case "model" -> model = text(json, value, field);
        case "messages" -> {
          messages(json, value);
          anyMessages = true;
        }
        case "stream" -> stream = flag(json, value, field);
        case "stream_options" -> streamOptions(json, value, from);
        case "n" ->
          choices = Objects.requireNonNullElse(number(json, value, field, 1, MOST_CHOICES), 1L);
        case "max_tokens" -> maxTokens = number(json, value, field, 0, Long.MAX_VALUE);
        case "max_completion_tokens" ->
          maxCompletionTokens = number(json, value, field, 0, Long.MAX_VALUE);
        case "tools" -> tools(json, value);
        case "functions" -> {
          tools += value == JsonToken.START_ARRAY ? 1 : 0;
          countAll(json);
        }
        case "response_format", "tool_choice", "function_call" -> countAll(json);
        case "prediction" -> {
          long before = textBytes;
          countAll(json);
          predictedTokens = textBytes - before;
        }
        case "web_search_options", "previous_response_id", "conversation" -> {
          if (value != JsonToken.VALUE_NULL) {
            unbounded(field);
          }
          json.skipChildren();
        }
        default -> json.skipChildren();
      }
      json.finishToken();
      spans.put(field, new Span(from, (int) json.currentLocation().getByteOffset()));
    }
    if (json.nextToken() != null) {
      throw new BadFieldException("body", "something stands behind the request's JSON object");
    }
    if (model.isEmpty()) {
      throw new BadFieldException("model", "you must name a model");
    }
    if (!anyMessages || messages == 0) {
      throw new BadFieldException("messages", "you must send at least one message");
    }
  }

  private void streamOptions(JsonParser json, JsonToken value, int from)
      throws IOException, BadFieldException {
    if (value == JsonToken.VALUE_NULL) {
      streamOptions = "null";
      return;
    }
    if (value != JsonToken.START_OBJECT) {
      throw new BadFieldException("stream_options", "stream_options must be an object");
    }
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String option = json.currentName();
      JsonToken set = json.nextToken();
      if (option.equals("include_usage")) {
        includeUsage = flag(json, set, "stream_options.include_usage");
      } else {
        json.skipChildren();
      }
    }
    int to = (int) json.currentLocation().getByteOffset();
    streamOptions = new String(body, from, to - from, StandardCharsets.UTF_8);
  }

  private void messages(JsonParser json, JsonToken value) throws IOException, BadFieldException {
    if (value != JsonToken.START_ARRAY) {
      throw new BadFieldException("messages", "messages must be a list");
    }
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() != JsonToken.START_OBJECT) {
        throw new BadFieldException("messages[" + messages + "]", "a message must be an object");
      }
      message(json);
      messages++;
    }
  }

  private void message(JsonParser json) throws IOException, BadFieldException {
    String role = "";
    StringBuilder content = new StringBuilder();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String field = json.currentName();
      JsonToken value = json.nextToken();
      if (field.equals("role") && value == JsonToken.VALUE_STRING) {
        role = json.getText();
      } else if (field.equals("content") && value == JsonToken.VALUE_STRING) {
        take(json.getText(), content);
      } else if (field.equals("content") && value == JsonToken.START_ARRAY) {
        for (int part = 0; json.nextToken() != JsonToken.END_ARRAY; part++) {
          part(json, "messages[" + messages + "].content[" + part + "]", content);
        }
      } else {
        if (field.equals("audio") && value != JsonToken.VALUE_NULL) {
          unbounded("messages[" + messages + "].audio");
        }
        countAll(json);
      }
    }
    if (role.equals("user")) {
      lastUserText = content.toString();
    }
  }

  private void part(JsonParser json, String path, StringBuilder content)
      throws IOException, BadFieldException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw new BadFieldException(path, "a part of a message's content must be an object");
    }
    String type = "";
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String field = json.currentName();
      JsonToken value = json.nextToken();
      if (field.equals("type") && value == JsonToken.VALUE_STRING) {
        type = json.getText();
      } else if (field.equals("text") && value == JsonToken.VALUE_STRING) {
        take(json.getText(), content);
      } else {
        countAll(json);
      }
    }
    if (!type.equals("text") && !type.equals("refusal")) {
      unbounded(path);
    }
  }

  private void unbounded(String path) {
    unboundedInput = unboundedInput == null ? path : unboundedInput;
  }

  /** Counts tools, and finds those that run at the provider: what they bring into the context no bytes here bound. */
  private void tools(JsonParser json, JsonToken value) throws IOException {
    if (value != JsonToken.START_ARRAY) {
      countAll(json);
      return;
    }
    for (int i = 0; json.nextToken() != JsonToken.END_ARRAY; i++) {
      tools++;
      if (json.currentToken() != JsonToken.START_OBJECT) {
        countAll(json);
        continue;
      }
      String type = "function";
      while (json.nextToken() != JsonToken.END_OBJECT) {
        boolean isType = json.currentName().equals("type");
        textBytes += utf8Bytes(json.currentName()) + 1;
        if (json.nextToken() == JsonToken.VALUE_STRING && isType) {
          type = json.getText();
        }
        countAll(json);
      }
      if (!type.equals("function") && !type.equals("custom")) {
        unbounded("tools[" + i + "]");
      }
    }
  }

  private void take(String text, StringBuilder content) {
    textBytes += utf8Bytes(text);
    words += Words.count(text);
    content.append(content.length() == 0 ? "" : " ").append(text);
  }

  /** Adds the bytes of all names and values below the current token. */
  private void countAll(JsonParser json) throws IOException {
    int depth = 0;
    JsonToken token = json.currentToken();
    while (true) {
      if (token.isStructStart()) {
        depth++;
      } else if (token.isStructEnd()) {
        depth--;
      } else {
        textBytes += utf8Bytes(json.getText()) + 1;
      }
      if (depth == 0) {
        return;
      }
      token = json.nextToken();
    }
  }

  private static String text(JsonParser json, JsonToken value, String field)
      throws IOException, BadFieldException {
    if (value != JsonToken.VALUE_STRING) {
      throw new BadFieldException(field, field + " must be a text");
    }
    return json.getText();
  }

  private static boolean flag(JsonParser json, JsonToken value, String field)
      throws IOException, BadFieldException {
    if (value == JsonToken.VALUE_NULL) {
      return false;
    }
    if (!value.isBoolean()) {
      throw new BadFieldException(field, field + " must be true or false");
    }
    return json.getBooleanValue();
  }

  private static @Nullable Long number(
      JsonParser json, JsonToken value, String field, long least, long most)
      throws IOException, BadFieldException {
    if (value == JsonToken.VALUE_NULL) {
      return null;
    }
    boolean whole = value == JsonToken.VALUE_NUMBER_INT
        && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
    if (!whole || json.getLongValue() < least || json.getLongValue() > most) {
      throw new BadFieldException(
          field,
          field + " must be a whole number of at least " + least
              + (most == Long.MAX_VALUE ? "" : " and at most " + most));
    }
    return json.getLongValue();
  }

  private static long utf8Bytes(String text) {
    long bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : Character.isSurrogate(c) ? 2 : 3;
    }
    return bytes;
  }
}
