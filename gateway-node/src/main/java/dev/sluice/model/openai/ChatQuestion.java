package dev.sluice.model.openai;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.CarriedThought;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Envelope;
import dev.sluice.model.chat.FieldNames;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.JsonBody;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.Surcharge;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.UnsayableException;
import dev.sluice.model.chat.Words;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The envelope of a chat completion request: what decides its way and its cost, and where in its bytes that stands, so
 * that the few fields we must set can be set and all else stays as it came.
 */
final class ChatQuestion implements Question {
  private record Span(int from, int to) implements Comparable<Span> {
    @Override
    public int compareTo(Span other) {
      return Integer.compare(from, other.from);
    }
  }

  private static final int MOST_CHOICES = 128;
  private static final int TEMPLATE_TOKENS = 16;

  private final byte[] body;
  /** Of the values of fields. */
  private final Map<String, Span> spans = new HashMap<>();
  /** The ids of tool calls that have thoughts in them, as the provider gave them. */
  private final Map<Span, String> bareIds = new HashMap<>();
  /** What the caller lets an answer have, by OpenAI's two names for it. */
  private final Map<String, Long> caps = new HashMap<>();
  /** Of those fields, each with its name. */
  private final Map<String, Span> capFields = new HashMap<>();
  /** The same in fields of others; what stands for no cap is above all. */
  private final Map<String, Long> otherCaps = new HashMap<>();

  private int firstField = -1;
  private String model = "";
  private boolean stream;
  private boolean includeUsage;
  private String streamOptions = "";
  private long choices = 1;
  private long textBytes;
  private long words;
  private int messages;
  private int tools;
  private boolean functions;
  private long predictedTokens;
  private String lastUserText = "";
  private @Nullable String unboundedInput;
  private @Nullable String dearer;
  private @Nullable Envelope envelope;

  private ChatQuestion(byte[] body) {
    this.body = body;
  }

  /** @param body the whole JSON document */
  static QuestionRead read(byte[] body) {
    ChatQuestion request = new ChatQuestion(body);
    try (JsonParser parser = JsonBody.STRICT.createParser(body)) {
      request.parse(parser);
      return new QuestionRead.Good(request);
    } catch (UnsayableException e) {
      return new QuestionRead.Bad(e.field(), e.why());
    } catch (JsonParseException e) {
      return new QuestionRead.Bad(
          "body",
          "the request body is not JSON: " + e.getOriginalMessage() + " (line "
              + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr() + ")");
    } catch (IOException e) {
      return new QuestionRead.Bad("body", "the request body can't be read: " + e.getMessage());
    }
  }

  /** Its input is bounded by its bytes, and what a template may add for each message and tool. */
  @Override
  public Envelope envelope() {
    Envelope known = envelope;
    if (known == null) {
      known = sealed();
      envelope = known;
    }
    return known;
  }

  private Envelope sealed() {
    return new Envelope(
            model,
            stream,
            choices,
            outputCap(),
            textBytes + TEMPLATE_TOKENS * (2L + messages + tools),
            predictedTokens,
            unboundedInput,
            words,
            lastUserText,
            tools > 0 || spans.containsKey("response_format"))
        .dearerBy(dearer);
  }

  @Override
  public boolean hidesUsage() {
    return !includeUsage;
  }

  /** Whether it calls its tools functions, as it was done once, and looks for such calls in the answer. */
  boolean oldFunctions() {
    return functions && tools == 1;
  }

  /** The smaller cap if it sent two. */
  private @Nullable Long outputCap() {
    return caps.isEmpty() ? null : Collections.min(caps.values());
  }

  /** Thoughts that travel in the ids of tool calls are of other providers' models, and are left out. */
  @Override
  public byte[] bodyFor(Terms terms) {
    SortedMap<Span, String> replaced = new TreeMap<>(bareIds);
    StringBuilder added = new StringBuilder();
    if (!terms.model().equals(model)) {
      replaced.put(span("model"), Json.quoted(terms.model()));
    }
    cap(terms, replaced, added);
    if (stream && !includeUsage && terms.asksUsage()) {
      if (spans.containsKey("stream_options")) {
        replaced.put(span("stream_options"), withIncludeUsage(streamOptions));
      } else {
        added.append("\"stream_options\":{\"include_usage\":true},");
      }
    }
    return edited(added.toString(), replaced);
  }

  /** In the provider's own field, whichever the caller has used: it may not know the other. */
  private void cap(Terms terms, Map<Span, String> replaced, StringBuilder added) {
    long most = terms.outputCap();
    String field = terms.capField();
    Long own = outputCap();
    String cap = Long.toString(own == null ? most : Math.min(own, most));
    lower(caps, most, replaced);
    lower(otherCaps, most, replaced);
    if (caps.containsKey(field)) {
      return;
    }
    if (spans.containsKey(field)) {
      caps.keySet().forEach(name -> replaced.put(span(name), "null"));
      replaced.put(span(field), cap);
    } else if (own == null) {
      added.append('"').append(field).append("\":").append(cap).append(',');
    } else {
      String name = caps.keySet().iterator().next();
      replaced.remove(span(name));
      replaced.put(Objects.requireNonNull(capFields.get(name), name), "\"" + field + "\":" + cap);
    }
  }

  private void lower(Map<String, Long> own, long most, Map<Span, String> replaced) {
    own.forEach((name, tokens) -> {
      if (tokens > most) {
        replaced.put(span(name), Long.toString(most));
      }
    });
  }

  @Override
  public Conversation conversation() throws UnsayableException {
    return ChatReader.read(JsonBody.read(body));
  }

  /** Stream options that were checked to be an object or null, with the usage asked for. */
  private static String withIncludeUsage(String options) {
    JsonNode node = Json.tree(options.getBytes(StandardCharsets.UTF_8));
    ObjectNode object = node instanceof ObjectNode given ? given : Json.MAPPER.createObjectNode();
    return object.put("include_usage", true).toString();
  }

  /** The body with fields added in front, and parts of it replaced. */
  private byte[] edited(String added, SortedMap<Span, String> replaced) {
    if (added.isEmpty() && replaced.isEmpty()) {
      return body;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(body.length + added.length() + 64);
    out.write(body, 0, firstField);
    out.writeBytes(added.getBytes(StandardCharsets.UTF_8));
    int at = firstField;
    for (Map.Entry<Span, String> one : replaced.entrySet()) {
      out.write(body, at, one.getKey().from() - at);
      out.writeBytes(one.getValue().getBytes(StandardCharsets.UTF_8));
      at = one.getKey().to();
    }
    out.write(body, at, body.length - at);
    return out.toByteArray();
  }

  private Span span(String field) {
    return Objects.requireNonNull(spans.get(field), field);
  }

  private void parse(JsonParser json) throws IOException, UnsayableException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw new UnsayableException("body", "the request body is not a JSON object");
    }
    boolean anyMessages = false;
    while (json.nextToken() != JsonToken.END_OBJECT) {
      if (firstField < 0) {
        firstField = (int) json.currentTokenLocation().getByteOffset();
      }
      String field = json.currentName();
      FieldNames.check(field);
      int name = (int) json.currentTokenLocation().getByteOffset();
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
        case "n", "best_of", "n_cmpl" ->
          choices = Math.max(
              choices, Objects.requireNonNullElse(number(json, value, field, 1, MOST_CHOICES), 1L));
        case "max_tokens", "max_completion_tokens" -> {
          Long cap = number(json, value, field, 1, Long.MAX_VALUE);
          if (cap != null) {
            caps.put(field, cap);
          }
        }
        case "tools" -> tools(json, value);
        case "functions" -> {
          functions = value == JsonToken.START_ARRAY;
          tools += value == JsonToken.START_ARRAY ? 1 : 0;
          countAll(json);
        }
        case "response_format", "tool_choice", "function_call" -> countAll(json);
        case "prediction" -> {
          long before = textBytes;
          countAll(json);
          predictedTokens = textBytes - before;
        }
        case "service_tier" -> {
          if (value == JsonToken.VALUE_STRING && Surcharge.isIn(field, json.getText())) {
            dearer = field;
          }
          json.skipChildren();
        }
        case "models" -> {
          if (value != JsonToken.VALUE_NULL) {
            throw new UnsayableException(
                field,
                "models can't be sent: name one in model; who answers in its place is declared with routes");
          }
        }
        default -> other(json, value, field);
      }
      json.finishToken();
      int to = (int) json.currentLocation().getByteOffset();
      spans.put(field, new Span(from, to));
      if (caps.containsKey(field)) {
        capFields.put(field, new Span(name, to));
      }
    }
    if (json.nextToken() != null) {
      throw new UnsayableException("body", "something stands behind the request's JSON object");
    }
    if (model.isEmpty()) {
      throw new UnsayableException("model", "you must name a model");
    }
    if (!anyMessages || messages == 0) {
      throw new UnsayableException("messages", "you must send at least one message");
    }
  }

  /** A field that not every server knows. What may become part of the prompt is counted. */
  private void other(JsonParser json, JsonToken value, String field) throws IOException {
    if (VendorFields.isCap(field) && value != JsonToken.VALUE_NULL) {
      boolean cap = value == JsonToken.VALUE_NUMBER_INT
          && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER
          && json.getLongValue() > 0;
      otherCaps.put(field, cap ? json.getLongValue() : Long.MAX_VALUE);
      json.skipChildren();
    } else if (VendorFields.isUnbounded(field)) {
      if (value != JsonToken.VALUE_NULL && value != JsonToken.VALUE_FALSE) {
        unbounded(field);
      }
      json.skipChildren();
    } else if (value.isScalarValue() && value != JsonToken.VALUE_STRING
        || VendorFields.isNoInput(field)) {
      json.skipChildren();
    } else {
      countAll(json);
    }
  }

  private void streamOptions(JsonParser json, JsonToken value, int from)
      throws IOException, UnsayableException {
    if (value == JsonToken.VALUE_NULL) {
      streamOptions = "null";
      return;
    }
    if (value != JsonToken.START_OBJECT) {
      throw new UnsayableException("stream_options", "stream_options must be an object");
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

  private void messages(JsonParser json, JsonToken value) throws IOException, UnsayableException {
    if (value != JsonToken.START_ARRAY) {
      throw new UnsayableException("messages", "messages must be a list");
    }
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() != JsonToken.START_OBJECT) {
        throw new UnsayableException("messages[" + messages + "]", "a message must be an object");
      }
      message(json);
      messages++;
    }
  }

  private void message(JsonParser json) throws IOException, UnsayableException {
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
      } else if (field.equals("tool_call_id") && value == JsonToken.VALUE_STRING) {
        id(json);
        textBytes += utf8Bytes(CarriedThought.bare(json.getText()));
      } else if (field.equals("tool_calls") && value == JsonToken.START_ARRAY) {
        toolCalls(json);
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

  /** The thoughts in an id are counted: they are shown to the model that made them. */
  private void toolCalls(JsonParser json) throws IOException {
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() != JsonToken.START_OBJECT) {
        countAll(json);
        continue;
      }
      while (json.nextToken() != JsonToken.END_OBJECT) {
        boolean isId = json.currentName().equals("id");
        textBytes += utf8Bytes(json.currentName()) + 1;
        if (json.nextToken() == JsonToken.VALUE_STRING && isId) {
          id(json);
        }
        countAll(json);
      }
    }
  }

  private void id(JsonParser json) throws IOException {
    String id = json.getText();
    if (CarriedThought.mayBeIn(id)) {
      int from = (int) json.currentTokenLocation().getByteOffset();
      json.finishToken();
      Span place = new Span(from, (int) json.currentLocation().getByteOffset());
      bareIds.put(place, Json.quoted(CarriedThought.bare(id)));
    }
  }

  private void part(JsonParser json, String path, StringBuilder content)
      throws IOException, UnsayableException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw new UnsayableException(path, "a part of a message's content must be an object");
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
      throws IOException, UnsayableException {
    if (value != JsonToken.VALUE_STRING) {
      throw new UnsayableException(field, field + " must be a text");
    }
    return json.getText();
  }

  private static boolean flag(JsonParser json, JsonToken value, String field)
      throws IOException, UnsayableException {
    if (value == JsonToken.VALUE_NULL) {
      return false;
    }
    if (!value.isBoolean()) {
      throw new UnsayableException(field, field + " must be true or false");
    }
    return json.getBooleanValue();
  }

  private static @Nullable Long number(
      JsonParser json, JsonToken value, String field, long least, long most)
      throws IOException, UnsayableException {
    if (value == JsonToken.VALUE_NULL) {
      return null;
    }
    boolean whole = value == JsonToken.VALUE_NUMBER_INT
        && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
    if (!whole || json.getLongValue() < least || json.getLongValue() > most) {
      throw new UnsayableException(
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
