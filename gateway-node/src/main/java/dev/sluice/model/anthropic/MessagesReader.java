package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Fields;
import dev.sluice.model.chat.Format;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.Reasoning;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.Sampling;
import dev.sluice.model.chat.Tool;
import dev.sluice.model.chat.ToolChoice;
import dev.sluice.model.chat.Turn;
import dev.sluice.model.chat.UnsayableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads a whole request for a message. */
final class MessagesReader {
  private final Fields whole;
  private final List<Said<String>> beyond = new ArrayList<>();
  private final List<Tool> tools = new ArrayList<>();
  private @Nullable Said<ToolChoice> choice;
  private @Nullable Said<Boolean> parallel;
  private @Nullable Said<Format> format;
  private @Nullable Said<Reasoning> reasoning;
  private @Nullable Said<String> user;

  MessagesReader(Fields whole) {
    this.whole = whole;
  }

  Conversation read() throws UnsayableException {
    boolean stream = whole.isTrue("stream");
    List<Part.Text> system = system();
    ContentBlocks blocks = new ContentBlocks(beyond);
    List<Turn> turns = new ArrayList<>();
    for (Fields message : whole.list("messages")) {
      turns.add(turn(message, blocks));
    }
    for (Fields tool : whole.list("tools")) {
      tool(tool);
    }
    toolChoice(whole.fields("tool_choice"));
    thinking(whole.fields("thinking"));
    output(whole.fields("output_config"));
    Fields metadata = whole.fields("metadata");
    user = metadata == null ? null : metadata.text("user_id");
    Said<List<String>> stop = whole.texts("stop_sequences");
    Sampling sampling = new Sampling(
        whole.number("temperature"),
        whole.number("top_p"),
        whole.whole("top_k"),
        null,
        null,
        null,
        stop == null || stop.value().isEmpty() ? null : stop);
    whole.pass("model", "max_tokens", "service_tier", "cache_control", "inference_geo");
    Said<JsonNode> servers = whole.take("mcp_servers");
    if (servers != null && !servers.value().isEmpty()) {
      beyond.add(new Said<>(servers.at(), servers.at()));
    }
    beyond.addAll(whole.rest());
    return new Conversation(
        system,
        turns,
        tools,
        choice,
        parallel,
        sampling,
        format,
        reasoning,
        new Said<>(1L, "n"),
        stream,
        user,
        beyond);
  }

  private List<Part.Text> system() throws UnsayableException {
    List<Part.Text> system = new ArrayList<>();
    if (whole.object().path("system").isTextual()) {
      system.add(new Part.Text("system", whole.textOrEmpty("system")));
      return system;
    }
    for (Fields block : whole.list("system")) {
      block.pass("citations");
      if (!block.textOrEmpty("type").equals("text")) {
        throw new UnsayableException(block.at("type"), "must be text");
      }
      boolean cached = block.take("cache_control") != null;
      system.add(new Part.Text(block.at("text"), block.textOrEmpty("text"), cached));
      beyond.addAll(block.rest());
    }
    return system;
  }

  private Turn turn(Fields message, ContentBlocks blocks) throws UnsayableException {
    String role = message.textOrEmpty("role");
    if (!role.equals("user") && !role.equals("assistant")) {
      throw new UnsayableException(message.at("role"), "must be user or assistant");
    }
    List<Part> parts = new ArrayList<>();
    if (message.object().path("content").isTextual()) {
      parts.add(new Part.Text(message.at("content"), message.textOrEmpty("content")));
    } else {
      for (Fields block : message.list("content")) {
        parts.add(blocks.part(block));
      }
    }
    beyond.addAll(message.rest());
    return new Turn(role.equals("user") ? Turn.Role.USER : Turn.Role.ASSISTANT, parts);
  }

  private void tool(Fields tool) throws UnsayableException {
    String type = tool.textOrEmpty("type");
    if (!type.isEmpty() && !type.equals("custom")) {
      beyond.add(new Said<>(tool.at(), tool.at()));
      return;
    }
    Said<String> name = tool.text("name");
    if (name == null) {
      throw new UnsayableException(tool.at("name"), "a tool must have a name");
    }
    String description = tool.textOrEmpty("description");
    Fields schema = tool.fields("input_schema");
    boolean strict = tool.isTrue("strict");
    tool.pass("cache_control", "eager_input_streaming", "input_examples");
    beyond.addAll(tool.rest());
    tools.add(new Tool(
        tool.at(),
        name.value(),
        description,
        schema == null ? Json.MAPPER.createObjectNode() : schema.object(),
        strict));
  }

  private void toolChoice(@Nullable Fields said) throws UnsayableException {
    if (said == null) {
      return;
    }
    String type = said.textOrEmpty("type");
    choice = new Said<>(
        switch (type) {
          case "auto" -> new ToolChoice.Auto();
          case "any" -> new ToolChoice.Any();
          case "none" -> new ToolChoice.None();
          case "tool" -> new ToolChoice.Named(said.textOrEmpty("name"));
          default ->
            throw new UnsayableException(said.at("type"), "must be auto, any, tool or none");
        },
        said.at());
    Said<Boolean> one = said.flag("disable_parallel_tool_use");
    parallel = one == null ? null : new Said<>(!one.value(), one.at());
    beyond.addAll(said.rest());
  }

  private void thinking(@Nullable Fields said) throws UnsayableException {
    if (said == null) {
      return;
    }
    Said<Long> budget = said.whole("budget_tokens");
    said.pass("display");
    String type = said.textOrEmpty("type");
    Reasoning wanted = switch (type) {
      case "disabled" -> new Reasoning.Off();
      case "adaptive" -> new Reasoning.Dynamic();
      case "enabled" -> {
        if (budget == null || budget.value() < 1) {
          throw new UnsayableException(said.at("budget_tokens"), "must be at least 1024");
        }
        yield new Reasoning.Budget(budget.value());
      }
      default ->
        throw new UnsayableException(said.at("type"), "must be enabled, adaptive or disabled");
    };
    reasoning = new Said<>(wanted, said.at());
    beyond.addAll(said.rest());
  }

  private void output(@Nullable Fields said) throws UnsayableException {
    if (said == null) {
      return;
    }
    Said<String> effort = said.text("effort");
    if (effort != null && !(reasoning != null && reasoning.value() instanceof Reasoning.Off)) {
      try {
        Reasoning.Level level = Reasoning.Level.valueOf(effort.value().toUpperCase(Locale.ROOT));
        reasoning = new Said<>(new Reasoning.Effort(level), effort.at());
      } catch (IllegalArgumentException e) {
        throw new UnsayableException(effort.at(), "must be low, medium, high, xhigh or max");
      }
    }
    Fields wanted = said.fields("format");
    beyond.addAll(said.rest());
    if (wanted == null) {
      return;
    }
    if (!wanted.textOrEmpty("type").equals("json_schema")) {
      throw new UnsayableException(wanted.at("type"), "must be json_schema");
    }
    Fields schema = wanted.fields("schema");
    String name = wanted.textOrEmpty("name");
    beyond.addAll(wanted.rest());
    format = new Said<>(
        schema == null ? new Format.AnyObject() : new Format.Schema(name, schema.object(), true),
        wanted.at());
  }
}
