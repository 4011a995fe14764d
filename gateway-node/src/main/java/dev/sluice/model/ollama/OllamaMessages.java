package dev.sluice.model.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.CarriedThought;
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

/**
 * Reads messages as turns. Signed thoughts come back in the ids of calls, where callers keep them. Calls without an id get one; a result finds its call by id, else by the tool's name, else in order.
 */
final class OllamaMessages {
  private record Call(String id, String name) {}

  private final List<Part.Text> system;
  private final List<Turn> turns;
  private final List<Said<String>> beyond;
  private final Deque<Call> open = new ArrayDeque<>();
  private int calls;

  OllamaMessages(List<Part.Text> system, List<Turn> turns, List<Said<String>> beyond) {
    this.system = system;
    this.turns = turns;
    this.beyond = beyond;
  }

  void add(Fields message) throws UnsayableException {
    String content = message.textOrEmpty("content");
    String at = message.at("content");
    switch (message.textOrEmpty("role")) {
      case "system" -> system.add(new Part.Text(at, content));
      case "user" -> turn(Turn.Role.USER, said(message, content));
      case "assistant" -> turn(Turn.Role.ASSISTANT, answered(message, content));
      case "tool" -> turn(Turn.Role.USER, List.of(result(message, content)));
      default ->
        throw new UnsayableException(message.at("role"), "must be system, user, assistant or tool");
    }
    message.pass("name");
    for (Said<String> other : message.rest()) {
      String field = other.value().substring(other.value().lastIndexOf('.') + 1);
      if (!OllamaReader.isEmpty(message.object().path(field))) {
        beyond.add(other);
      }
    }
  }

  private void turn(Turn.Role role, List<Part> parts) {
    if (!parts.isEmpty()) {
      turns.add(new Turn(role, parts));
    }
  }

  private static List<Part> said(Fields message, String content) throws UnsayableException {
    List<Part> parts = new ArrayList<>(images(message));
    if (!content.isEmpty()) {
      parts.add(new Part.Text(message.at("content"), content));
    }
    return parts;
  }

  private List<Part> answered(Fields message, String content) throws UnsayableException {
    List<Part> parts = new ArrayList<>();
    String thinking = message.textOrEmpty("thinking");
    List<Part> calls = new ArrayList<>();
    for (Fields call : message.list("tool_calls")) {
      for (CarriedThought one : CarriedThought.of(call.textOrEmpty("id"))) {
        Part thought = new Part.Thought(call.at("id"), one.text(), one.signature());
        (one.first() ? parts : calls).add(thought);
      }
      calls.add(call(call));
    }
    boolean carried = !parts.isEmpty() || calls.stream().anyMatch(Part.Thought.class::isInstance);
    if (!thinking.isEmpty() && !carried) {
      parts.add(new Part.Thought(message.at("thinking"), thinking, null));
    }
    parts.addAll(said(message, content));
    parts.addAll(calls);
    return parts;
  }

  private Part call(Fields call) throws UnsayableException {
    Fields function = call.fields("function");
    Said<String> name = function == null ? null : function.text("name");
    if (function == null || name == null) {
      throw new UnsayableException(call.at("function.name"), "a call must name its function");
    }
    String id = CarriedThought.bare(call.textOrEmpty("id"));
    Fields arguments = function.fields("arguments");
    Call made = new Call(id.isEmpty() ? "call_" + calls : id, name.value());
    calls++;
    open.add(made);
    JsonNode given = arguments == null ? Json.MAPPER.createObjectNode() : arguments.object();
    return new Part.ToolUse(call.at(), made.id(), made.name(), given);
  }

  private Part result(Fields message, String content) throws UnsayableException {
    String id = CarriedThought.bare(message.textOrEmpty("tool_call_id"));
    String name = message.textOrEmpty("tool_name");
    name = name.isEmpty() ? message.textOrEmpty("name") : name;
    List<Part> parts = new ArrayList<>();
    parts.add(new Part.Text(message.at("content"), content));
    parts.addAll(images(message));
    for (Iterator<Call> calls = open.iterator(); calls.hasNext(); ) {
      Call call = calls.next();
      boolean same =
          id.isEmpty() ? name.isEmpty() || call.name().equals(name) : call.id().equals(id);
      if (same) {
        calls.remove();
        return new Part.ToolResult(message.at(), call.id(), call.name(), parts, false);
      }
    }
    return new Part.ToolResult(
        message.at(), id.isEmpty() ? "call_of_" + name : id, name, parts, false);
  }

  /** Images have no type of their own here; their first bytes tell. */
  static List<Part> images(Fields fields) throws UnsayableException {
    Said<List<String>> images = fields.texts("images");
    List<Part> parts = new ArrayList<>();
    if (images == null) {
      return parts;
    }
    for (String base64 : images.value()) {
      String at = images.at() + "[" + parts.size() + "]";
      parts.add(new Part.Image(at, new Part.Source.Bytes(typeOf(base64, at), base64), ""));
    }
    return parts;
  }

  private static String typeOf(String base64, String at) throws UnsayableException {
    if (base64.startsWith("/9j/")) {
      return "image/jpeg";
    } else if (base64.startsWith("iVBORw0KGgo")) {
      return "image/png";
    } else if (base64.startsWith("R0lGOD")) {
      return "image/gif";
    } else if (base64.startsWith("UklGR")) {
      return "image/webp";
    }
    throw new UnsayableException(at, "must be a JPEG, PNG, GIF or WebP image in base64");
  }
}
