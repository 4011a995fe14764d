package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Format;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.Reasoning;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.Sampling;
import dev.sluice.model.chat.Tool;
import dev.sluice.model.chat.ToolChoice;
import dev.sluice.model.chat.Turn;
import dev.sluice.model.chat.Turn.Role;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A conversation in the making. */
public final class Asking {
  private final List<Part.Text> system = new ArrayList<>();
  private final List<Turn> turns = new ArrayList<>();
  private final List<Tool> tools = new ArrayList<>();
  private final List<Said<String>> beyond = new ArrayList<>();
  private Said<ToolChoice> choice;
  private Said<Boolean> parallel;
  private Said<Format> format;
  private Said<Reasoning> reasoning;
  private Sampling sampling = Sampling.UNSAID;
  private long choices = 1;
  private boolean stream;

  public static ObjectNode object(String json) {
    return (ObjectNode) Json.tree(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  public Asking system(String text) {
    system.add(new Part.Text("messages[0]", text));
    return this;
  }

  public Asking user(Part... parts) {
    turns.add(new Turn(Role.USER, List.of(parts)));
    return this;
  }

  public Asking user(String text) {
    return user(new Part.Text("messages[1].content", text));
  }

  public Asking assistant(Part... parts) {
    turns.add(new Turn(Role.ASSISTANT, List.of(parts)));
    return this;
  }

  public Asking tool(String name, String schema, boolean strict) {
    tools.add(new Tool("tools[" + tools.size() + "].function", name, "d", object(schema), strict));
    return this;
  }

  public Asking choice(ToolChoice wanted) {
    choice = new Said<>(wanted, "tool_choice");
    return this;
  }

  public Asking oneToolAtATime() {
    parallel = new Said<>(false, "parallel_tool_calls");
    return this;
  }

  public Asking format(Format wanted) {
    format = new Said<>(wanted, "response_format");
    return this;
  }

  public Asking think(Reasoning wanted) {
    reasoning = new Said<>(wanted, "reasoning_effort");
    return this;
  }

  public Asking sampling(Sampling wanted) {
    sampling = wanted;
    return this;
  }

  public Asking temperature(double value) {
    return sampling(
        new Sampling(new Said<>(value, "temperature"), null, null, null, null, null, null));
  }

  public Asking choices(long wanted) {
    choices = wanted;
    return this;
  }

  public Asking beyond(String field) {
    beyond.add(new Said<>(field, field));
    return this;
  }

  public Asking stream() {
    stream = true;
    return this;
  }

  public Conversation done() {
    return new Conversation(
        system,
        turns,
        tools,
        choice,
        parallel,
        sampling,
        format,
        reasoning,
        new Said<>(choices, "n"),
        stream,
        new Said<>("user-1", "user"),
        beyond);
  }
}
