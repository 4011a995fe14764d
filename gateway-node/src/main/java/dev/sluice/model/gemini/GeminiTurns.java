package dev.sluice.model.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.Fields;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.Turn;
import dev.sluice.model.chat.UnsayableException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/**
 * Reads the contents of a request as turns. Neighbours of one role are one turn: callers that streamed an answer send back each
 * of its chunks. Calls without an id get one, and their results find it by the function's name, in order.
 */
final class GeminiTurns {
  private record Call(String id, String name) {}

  private final List<Turn> turns = new ArrayList<>();
  private final Deque<Call> open = new ArrayDeque<>();
  private Turn.Role role = Turn.Role.USER;
  private List<Part> parts = new ArrayList<>();
  private int calls;

  /** Reads the next content. What has no place in a conversation is added to {@code beyond}. */
  void add(Fields content, List<Said<String>> beyond) throws UnsayableException {
    Turn.Role speaks = role(content);
    if (speaks != role) {
      end();
      role = speaks;
    }
    for (Fields part : content.oneOrMore("parts")) {
      part(part, beyond);
    }
    beyond.addAll(content.rest());
  }

  List<Turn> turns() {
    end();
    return turns;
  }

  private void end() {
    if (!parts.isEmpty()) {
      turns.add(new Turn(role, parts));
      parts = new ArrayList<>();
    }
  }

  private static Turn.Role role(Fields content) throws UnsayableException {
    return switch (content.textOrEmpty("role")) {
      case "", "user", "function" -> Turn.Role.USER;
      case "model" -> Turn.Role.ASSISTANT;
      default -> throw new UnsayableException(content.at("role"), "must be user or model");
    };
  }

  private void part(Fields part, List<Said<String>> beyond) throws UnsayableException {
    boolean thought = part.isTrue("thought");
    String signature = part.textOrEmpty("thoughtSignature", "thought_signature");
    Said<String> text = part.text("text");
    Fields call = part.fields("functionCall", "function_call");
    Fields result = part.fields("functionResponse", "function_response");
    Fields inline = part.fields("inlineData", "inline_data");
    Fields file = part.fields("fileData", "file_data");
    part.pass("partMetadata", "part_metadata");
    if (text != null && thought) {
      think(part.at(), text.value());
    }
    if (!signature.isEmpty()) {
      parts.add(GeminiSignature.read(part.at(), signature, unsignedThought()));
    }
    if (text != null && !thought && !text.value().isEmpty()) {
      parts.add(new Part.Text(part.at(), text.value()));
    }
    if (call != null) {
      parts.add(call(call));
    }
    if (result != null) {
      parts.add(result(result));
    }
    if (inline != null) {
      parts.add(blob(part.at(), inline));
    }
    if (file != null) {
      parts.add(file(part.at(), file));
    }
    beyond.addAll(part.rest());
  }

  /** Adds to the thought that has no signature yet. */
  private void think(String at, String text) {
    parts.add(new Part.Thought(at, unsignedThought() + text, null));
  }

  /** Takes the last part off if it is a thought without a signature. */
  private String unsignedThought() {
    if (!parts.isEmpty()
        && parts.get(parts.size() - 1) instanceof Part.Thought thought
        && thought.signature() == null) {
      parts.remove(parts.size() - 1);
      return thought.text();
    }
    return "";
  }

  private Part call(Fields call) throws UnsayableException {
    String id = call.textOrEmpty("id");
    Said<String> name = call.text("name");
    Fields arguments = call.fields("args");
    if (name == null) {
      throw new UnsayableException(call.at("name"), "a call must name its function");
    }
    Call made = new Call(id.isEmpty() ? "call_" + calls : id, name.value());
    calls++;
    open.add(made);
    ObjectNode given = arguments == null ? Json.MAPPER.createObjectNode() : arguments.object();
    return new Part.ToolUse(call.at(), made.id(), made.name(), given);
  }

  private Part result(Fields result) throws UnsayableException {
    String id = result.textOrEmpty("id");
    Said<String> name = result.text("name");
    Fields response = result.fields("response");
    if (name == null) {
      throw new UnsayableException(result.at("name"), "a result must name its function");
    }
    List<Part> content = new ArrayList<>();
    JsonNode said = response == null ? Json.MAPPER.createObjectNode() : response.object();
    content.add(new Part.Text(result.at("response"), said.toString()));
    for (Fields part : result.oneOrMore("parts")) {
      Fields inline = part.fields("inlineData", "inline_data");
      if (inline == null) {
        throw new UnsayableException(part.at(), "must be inlineData");
      }
      content.add(blob(part.at(), inline));
    }
    boolean error = said.size() == 1 && said.has("error");
    return new Part.ToolResult(
        result.at(), answered(id, name.value()), name.value(), content, error);
  }

  /** The id of the call that a result answers. */
  private String answered(String id, String name) {
    for (Iterator<Call> calls = open.iterator(); calls.hasNext(); ) {
      Call call = calls.next();
      if (id.isEmpty() ? call.name().equals(name) : call.id().equals(id)) {
        calls.remove();
        return call.id();
      }
    }
    return id.isEmpty() ? "call_of_" + name : id;
  }

  private static Part blob(String at, Fields inline) throws UnsayableException {
    Said<String> type = inline.text("mimeType", "mime_type");
    Said<String> data = inline.text("data");
    if (type == null || data == null) {
      throw new UnsayableException(inline.at(), "needs mimeType and data");
    }
    String base64 = data.value().replace('-', '+').replace('_', '/');
    String padded = base64 + "=".repeat((4 - base64.length() % 4) % 4);
    String name = inline.textOrEmpty("displayName", "display_name");
    return media(at, type.value(), new Part.Source.Bytes(type.value(), padded), name);
  }

  private static Part file(String at, Fields file) throws UnsayableException {
    Said<String> uri = file.text("fileUri", "file_uri");
    String type = file.textOrEmpty("mimeType", "mime_type");
    if (uri == null) {
      throw new UnsayableException(file.at("fileUri"), "must name a file");
    }
    String name = file.textOrEmpty("displayName", "display_name");
    return media(at, type, new Part.Source.Url(type, uri.value()), name);
  }

  private static Part media(String at, String mediaType, Part.Source source, String name)
      throws UnsayableException {
    String type = mediaType.toLowerCase(Locale.ROOT);
    if (type.startsWith("image/") || type.isEmpty()) {
      return new Part.Image(at, source, "");
    }
    if (type.startsWith("audio/")) {
      return new Part.Audio(at, source);
    }
    if (type.startsWith("application/") || type.startsWith("text/")) {
      return new Part.Document(at, source, name);
    }
    throw new UnsayableException(
        at, "media of the type " + mediaType + " can't be carried to another API");
  }
}
