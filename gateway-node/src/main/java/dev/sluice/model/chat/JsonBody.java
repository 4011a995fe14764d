package dev.sluice.model.chat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The body of a request: a JSON object, and where in its bytes its fields stand, so that the few that must be set can be set and
 * all else stays as it came.
 */
public final class JsonBody {
  private static final int MOST_DEPTH = 200;

  /** Two fields of one name could be read as one here and as the other upstream. */
  public static final JsonFactory STRICT = JsonFactory.builder()
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .streamReadConstraints(StreamReadConstraints.builder()
          .maxNestingDepth(MOST_DEPTH)
          .maxStringLength(Integer.MAX_VALUE)
          .build())
      .build();

  private static final ObjectMapper MAPPER = new ObjectMapper(STRICT);

  private record Span(int from, int to) {}

  /** @param to the first byte behind what the text takes the place of */
  private record Edit(String text, int to) {}

  private final byte[] bytes;
  private final ObjectNode tree;
  private final Map<String, Span> values = new HashMap<>();
  /** Where a field can be added in front: of the whole (""), and of each object in it. */
  private final Map<String, Integer> insides = new HashMap<>();
  /** The fields of the whole, in order, each with its name and its value. */
  private final List<Span> fields = new ArrayList<>();

  private JsonBody(byte[] bytes, ObjectNode tree) {
    this.bytes = bytes;
    this.tree = tree;
  }

  /** @throws UnsayableException if it is no JSON object */
  public static JsonBody read(byte[] bytes) throws UnsayableException {
    try (JsonParser parser = STRICT.createParser(bytes)) {
      if (!(MAPPER.readTree(bytes) instanceof ObjectNode tree)) {
        throw new UnsayableException("body", "the request body is not a JSON object");
      }
      JsonBody body = new JsonBody(bytes, tree);
      parser.nextToken();
      body.scan(parser, "", true);
      if (parser.nextToken() != null) {
        throw new UnsayableException(
            "body", "something follows the JSON object of the request body");
      }
      return body;
    } catch (JsonParseException e) {
      throw new UnsayableException(
          "body",
          "the request body is not JSON: " + e.getOriginalMessage() + " (line "
              + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr() + ")");
    } catch (IOException e) {
      throw new UnsayableException("body", "the request body can't be read: " + e.getMessage());
    }
  }

  /** The whole, to read from. */
  public ObjectNode tree() {
    return tree;
  }

  public JsonNode path(String field) {
    return tree.path(field);
  }

  private void scan(JsonParser json, String parent, boolean deeper) throws IOException {
    insides.put(parent, (int) json.currentTokenLocation().getByteOffset() + 1);
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String at = parent.isEmpty() ? json.currentName() : parent + "." + json.currentName();
      boolean known = !parent.isEmpty() || isPlain(json.currentName());
      int name = (int) json.currentTokenLocation().getByteOffset();
      JsonToken value = json.nextToken();
      int from = (int) json.currentTokenLocation().getByteOffset();
      if (!known) {
        json.skipChildren();
      } else if (deeper && value == JsonToken.START_OBJECT) {
        scan(json, at, false);
      } else {
        json.skipChildren();
      }
      json.finishToken();
      int to = (int) json.currentLocation().getByteOffset();
      if (parent.isEmpty()) {
        fields.add(new Span(name, to));
      }
      if (known) {
        values.put(at, new Span(from, to));
      }
    }
  }

  /** Whether a field of the whole can't be taken for one of an object in it, or for the whole. */
  private static boolean isPlain(String name) {
    return !name.isEmpty() && name.indexOf('.') < 0;
  }

  /**
   * The bytes with some fields set.
   *
   * @param set field, or {@code object.field}, to its value in JSON
   */
  public byte[] with(Map<String, String> set) {
    if (set.isEmpty()) {
      return bytes;
    }
    TreeMap<Integer, Edit> edits = new TreeMap<>();
    Map<String, List<String>> added = new LinkedHashMap<>();
    Map<String, List<String>> newObjects = new LinkedHashMap<>();
    set.forEach((at, value) -> {
      Span span = values.get(at);
      int dot = at.indexOf('.');
      String parent = dot < 0 ? "" : at.substring(0, dot);
      if (span != null) {
        edits.put(span.from(), new Edit(value, span.to()));
      } else {
        (insides.containsKey(parent) ? added : newObjects)
            .computeIfAbsent(parent, none -> new ArrayList<>())
            .add(Json.quoted(at.substring(dot + 1)) + ":" + value);
      }
    });
    newObjects.forEach((parent, fields) -> {
      String object = "{" + String.join(",", fields) + "}";
      Span there = values.get(parent);
      if (there != null) {
        edits.put(there.from(), new Edit(object, there.to()));
      } else {
        added
            .computeIfAbsent("", none -> new ArrayList<>())
            .add(Json.quoted(parent) + ":" + object);
      }
    });
    added.forEach((parent, fields) -> {
      int place = Objects.requireNonNull(insides.get(parent), parent);
      boolean empty = (parent.isEmpty() ? tree : tree.path(parent)).isEmpty();
      edits.put(place, new Edit(String.join(",", fields) + (empty ? "" : ","), place));
    });
    return edited(edits);
  }

  /**
   * The bytes with some fields of the whole set, and without others. What stands between fields is not kept.
   *
   * @param set field to its value in JSON
   */
  public byte[] with(Map<String, String> set, Collection<String> without) {
    List<String> gone = new ArrayList<>(without);
    gone.addAll(set.keySet());
    List<Span> left = new ArrayList<>(fields);
    for (String field : gone) {
      Span value = values.get(field);
      if (value != null) {
        left.removeIf(one -> one.to() == value.to());
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + 256);
    out.write('{');
    set.forEach((field, value) -> {
      out.writeBytes((out.size() == 1 ? "" : ",").getBytes(StandardCharsets.UTF_8));
      out.writeBytes((Json.quoted(field) + ":" + value).getBytes(StandardCharsets.UTF_8));
    });
    for (Span field : left) {
      out.writeBytes((out.size() == 1 ? "" : ",").getBytes(StandardCharsets.UTF_8));
      out.write(bytes, field.from(), field.to() - field.from());
    }
    out.write('}');
    return out.toByteArray();
  }

  /** @param edits by the place where each begins */
  private byte[] edited(SortedMap<Integer, Edit> edits) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + 256);
    int at = 0;
    for (Map.Entry<Integer, Edit> one : edits.entrySet()) {
      out.write(bytes, at, one.getKey() - at);
      out.writeBytes(one.getValue().text().getBytes(StandardCharsets.UTF_8));
      at = one.getValue().to();
    }
    out.write(bytes, at, bytes.length - at);
    return out.toByteArray();
  }
}
