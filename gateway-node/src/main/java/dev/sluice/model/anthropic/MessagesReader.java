package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import dev.sluice.model.chat.Turn.Role;
import dev.sluice.model.chat.UnsayableException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a whole request. Instructions that stand between messages are said before them. */
final class MessagesReader {
  private final boolean counts;
  private final List<Said<String>> beyond = new ArrayList<>();
  private final BlockReader blocks = new BlockReader(beyond);
  private final List<Part.Text> system = new ArrayList<>();
  private @Nullable Said<Boolean> parallelTools;
  private @Nullable Said<Format> format;

  /** @param counts whether it asks only for the number of its tokens */
  MessagesReader(boolean counts) {
    this.counts = counts;
  }

  Conversation read(ObjectNode request) throws UnsayableException {
    Fields body = Fields.of(request, "");
    body.pass("model", "max_tokens");
    if (!counts && request.path("max_tokens").asLong() == 0) {
      throw new UnsayableException(
          "max_tokens",
          "must be at least 1 here: elsewhere than with Anthropic, 0 may stand for no cap");
    }
    body.pass("service_tier", "cache_control", "speed", "diagnostics");
    body.pass("user_profile_id", "workspace_id");
    system.addAll(blocks.texts(body.take("system")));
    List<Turn> turns = turns(body.list("messages"));
    List<Tool> tools = tools(body.list("tools"));
    Said<ToolChoice> choice = choice(body.fields("tool_choice"));
    Said<Reasoning> reasoning = reasoning(body.fields("thinking"), body.fields("output_config"));
    Fields metadata = body.fields("metadata");
    boolean stream = body.isTrue("stream");
    Sampling sampling = new Sampling(
        body.number("temperature"),
        body.number("top_p"),
        body.whole("top_k"),
        null,
        null,
        null,
        stops(body.texts("stop_sequences")));
    beyond.addAll(body.rest());
    return new Conversation(
        system,
        turns,
        tools,
        choice,
        parallelTools,
        sampling,
        format,
        reasoning,
        new Said<>(1L, "messages"),
        stream && !counts,
        metadata == null ? null : metadata.text("user_id"),
        beyond);
  }

  private static @Nullable Said<List<String>> stops(@Nullable Said<List<String>> stops) {
    return stops == null || stops.value().isEmpty() ? null : stops;
  }

  private List<Turn> turns(List<Fields> messages) throws UnsayableException {
    List<Turn> turns = new ArrayList<>();
    for (Fields message : messages) {
      String role = BlockReader.needed(message, "role");
      Said<JsonNode> content = message.take("content");
      switch (role) {
        case "user" -> turns.add(new Turn(Role.USER, blocks.content(content)));
        case "assistant" -> turns.add(new Turn(Role.ASSISTANT, blocks.content(content)));
        case "system" -> system.addAll(blocks.texts(content));
        default ->
          throw new UnsayableException(message.at("role"), "must be user, assistant or system");
      }
      beyond.addAll(message.rest());
    }
    return turns;
  }

  private List<Tool> tools(List<Fields> all) throws UnsayableException {
    List<Tool> tools = new ArrayList<>();
    for (Fields tool : all) {
      String type = tool.textOrEmpty("type");
      if (!type.isEmpty() && !type.equals("custom")) {
        beyond.add(new Said<>(type, tool.at()));
        continue;
      }
      Said<JsonNode> schema = tool.take("input_schema");
      if (schema != null && !schema.value().isObject()) {
        throw new UnsayableException(schema.at(), "must be an object");
      }
      tools.add(new Tool(
          tool.at(),
          BlockReader.needed(tool, "name"),
          tool.textOrEmpty("description"),
          schema == null ? Json.MAPPER.createObjectNode() : (ObjectNode) schema.value(),
          tool.isTrue("strict")));
      tool.pass("cache_control", "eager_input_streaming", "allowed_callers");
      if (!tool.isTrue("defer_loading")) {
        beyond.addAll(tool.rest());
      } else {
        beyond.add(new Said<>("defer_loading", tool.at("defer_loading")));
      }
    }
    return tools;
  }

  private @Nullable Said<ToolChoice> choice(@Nullable Fields choice) throws UnsayableException {
    if (choice == null) {
      return null;
    }
    Said<Boolean> single = choice.flag("disable_parallel_tool_use");
    parallelTools = single == null ? null : new Said<>(!single.value(), single.at());
    String type = BlockReader.needed(choice, "type");
    ToolChoice said = switch (type) {
      case "auto" -> new ToolChoice.Auto();
      case "any" -> new ToolChoice.Any();
      case "none" -> new ToolChoice.None();
      case "tool" -> new ToolChoice.Named(BlockReader.needed(choice, "name"));
      default -> throw new UnsayableException(choice.at("type"), "must be auto, any, tool or none");
    };
    return new Said<>(said, choice.at());
  }

  /** How much effort is wanted says more than that the model may think as it likes. */
  private @Nullable Said<Reasoning> reasoning(@Nullable Fields thinking, @Nullable Fields output)
      throws UnsayableException {
    Said<Reasoning> effort = null;
    if (output != null) {
      Said<String> level = output.text("effort");
      effort = level == null ? null : new Said<>(new Reasoning.Effort(level(level)), level.at());
      format(output.fields("format"));
      beyond.addAll(output.rest());
    }
    if (thinking == null) {
      return effort;
    }
    String type = BlockReader.needed(thinking, "type");
    thinking.pass("display");
    switch (type) {
      case "adaptive" -> {
        return effort == null ? new Said<>(new Reasoning.Dynamic(), thinking.at()) : effort;
      }
      case "enabled" -> {
        Said<Long> budget = thinking.whole("budget_tokens");
        if (budget == null || budget.value() < 1) {
          throw new UnsayableException(
              thinking.at("budget_tokens"), "must be a whole number of at least 1024");
        }
        onlyHere(effort);
        return new Said<>(new Reasoning.Budget(budget.value()), budget.at());
      }
      case "disabled" -> {
        onlyHere(effort);
        return new Said<>(new Reasoning.Off(), thinking.at());
      }
      default -> {
        onlyHere(effort);
        beyond.add(new Said<>(type, thinking.at("type")));
        return null;
      }
    }
  }

  /** An effort beside other words about thinking is something that no other dialect can say. */
  private void onlyHere(@Nullable Said<Reasoning> effort) {
    if (effort != null) {
      beyond.add(new Said<>("effort", effort.at()));
    }
  }

  private static Reasoning.Level level(Said<String> effort) throws UnsayableException {
    return switch (effort.value()) {
      case "low" -> Reasoning.Level.LOW;
      case "medium" -> Reasoning.Level.MEDIUM;
      case "high" -> Reasoning.Level.HIGH;
      case "xhigh" -> Reasoning.Level.XHIGH;
      case "max" -> Reasoning.Level.MAX;
      default ->
        throw new UnsayableException(effort.at(), "must be low, medium, high, xhigh or max");
    };
  }

  private void format(@Nullable Fields said) throws UnsayableException {
    if (said == null) {
      return;
    }
    Fields schema = said.fields("schema");
    if (!BlockReader.needed(said, "type").equals("json_schema") || schema == null) {
      throw new UnsayableException(said.at(), "must be a json_schema with its schema");
    }
    format = new Said<>(new Format.Schema("", schema.object(), true), said.at());
    beyond.addAll(said.rest());
  }
}
