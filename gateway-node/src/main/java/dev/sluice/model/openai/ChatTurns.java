package dev.sluice.model.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.CarriedThought;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.Turn;
import dev.sluice.model.chat.UnsayableException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the messages of a chat completion request. Signed thoughts are taken out of the ids of tool calls again. */
final class ChatTurns {
  /** Say nothing to the model. */
  private static final Set<String> HARMLESS = Set.of("id", "annotations", "phase", "status");

  private final List<Said<String>> beyond;
  private final List<Part.Text> system = new ArrayList<>();
  private final List<Turn> turns = new ArrayList<>();
  private final Map<String, String> namesById = new HashMap<>();
  private String lastFunctionCall = "";

  /** @param beyond takes what no other dialect has */
  ChatTurns(List<Said<String>> beyond) {
    this.beyond = beyond;
  }

  List<Part.Text> system() {
    return system;
  }

  List<Turn> turns() {
    return turns;
  }

  void read(Given messages) throws UnsayableException {
    for (Given message : messages.list()) {
      message.object();
      switch (message.of("role").text()) {
        case "system", "developer" -> system(message);
        case "user" -> user(message);
        case "assistant" -> assistant(message);
        case "tool" -> tool(message);
        case "function" -> function(message);
        default ->
          throw message.of("role").wrong("system, developer, user, assistant, tool or function");
      }
    }
  }

  private void system(Given message) throws UnsayableException {
    for (Part part : ChatParts.of(message.of("content"), beyond)) {
      if (!(part instanceof Part.Text text)) {
        throw new UnsayableException(part.at(), part.at() + " must be a text in instructions");
      }
      system.add(text);
    }
    othersBeyond(message, Set.of("role", "content"));
  }

  private void user(Given message) throws UnsayableException {
    List<Part> parts = ChatParts.of(message.of("content"), beyond);
    if (!message.of("content").said()) {
      throw message.of("content").wrong("a text or a list of parts");
    }
    if (parts.isEmpty()) {
      parts.add(new Part.Text(message.of("content").at(), ""));
    }
    turns.add(new Turn(Turn.Role.USER, parts));
    othersBeyond(message, Set.of("role", "content"));
  }

  private void assistant(Given message) throws UnsayableException {
    List<Part> parts = new ArrayList<>();
    List<Part> calls = calls(message, parts);
    boolean carried = !parts.isEmpty() || calls.stream().anyMatch(Part.Thought.class::isInstance);
    Given thought = message.of("reasoning_content").said()
        ? message.of("reasoning_content")
        : message.of("reasoning");
    if (!carried && thought.said() && !thought.text().isEmpty()) {
      parts.add(new Part.Thought(thought.at(), thought.text(), null));
    }
    parts.addAll(ChatParts.of(message.of("content"), beyond));
    Given refusal = message.of("refusal");
    if (refusal.said() && !refusal.text().isEmpty()) {
      parts.add(new Part.Text(refusal.at(), refusal.text()));
    }
    parts.addAll(calls);
    if (!parts.isEmpty()) {
      turns.add(new Turn(Turn.Role.ASSISTANT, parts));
    }
    othersBeyond(
        message,
        Set.of(
            "role",
            "content",
            "refusal",
            "tool_calls",
            "function_call",
            "reasoning_content",
            "reasoning",
            "reasoning_details"));
  }

  /** @param first takes the thoughts that came before all else that was said */
  private List<Part> calls(Given message, List<Part> first) throws UnsayableException {
    List<Part> calls = new ArrayList<>();
    for (Given call : message.of("tool_calls").list()) {
      Given type = call.of("type");
      if (type.said() && !type.text().equals("function")) {
        throw new UnsayableException(
            call.at(), "a call of a " + type.text() + " tool can't be said to this model");
      }
      String id = call.of("id").text();
      for (CarriedThought one : CarriedThought.of(id)) {
        (one.first() ? first : calls)
            .add(new Part.Thought(call.of("id").at(), one.text(), one.signature()));
      }
      calls.add(use(call.at(), CarriedThought.bare(id), call.of("function")));
    }
    Given old = message.of("function_call");
    if (old.said()) {
      lastFunctionCall = "call_" + turns.size();
      calls.add(use(old.at(), lastFunctionCall, old));
    }
    return calls;
  }

  private Part.ToolUse use(String at, String id, Given function) throws UnsayableException {
    String name = function.of("name").text();
    namesById.put(id, name);
    return new Part.ToolUse(at, id, name, arguments(function.of("arguments")));
  }

  /** Arguments are a JSON object in a text; an empty one stands for none. */
  static ObjectNode arguments(Given arguments) throws UnsayableException {
    String text = arguments.textOrNone();
    if (text.isBlank()) {
      return Json.MAPPER.createObjectNode();
    }
    JsonNode tree = Json.tree(text.getBytes(StandardCharsets.UTF_8));
    if (!(tree instanceof ObjectNode object)) {
      throw arguments.wrong("a JSON object, written as a text");
    }
    return object;
  }

  private void tool(Given message) throws UnsayableException {
    String id = CarriedThought.bare(message.of("tool_call_id").text());
    result(message, id, namesById.getOrDefault(id, ""));
    othersBeyond(message, Set.of("role", "content", "tool_call_id", "name"));
  }

  /** What the last function call gave: functions have no ids. */
  private void function(Given message) throws UnsayableException {
    if (lastFunctionCall.isEmpty()) {
      throw message.of("role").wrong("that of a message after a function_call");
    }
    result(message, lastFunctionCall, message.of("name").text());
    othersBeyond(message, Set.of("role", "content", "name"));
  }

  private void result(Given message, String id, String name) throws UnsayableException {
    List<Part> content = ChatParts.of(message.of("content"), beyond);
    turns.add(new Turn(
        Turn.Role.USER, List.of(new Part.ToolResult(message.at(), id, name, content, false))));
  }

  private void othersBeyond(Given message, Set<String> read) throws UnsayableException {
    for (Given field : message.fields()) {
      if (field.said() && !read.contains(field.name()) && !HARMLESS.contains(field.name())) {
        beyond.add(new Said<>(field.name(), field.at()));
      }
    }
  }
}
