package dev.sluice.model.bedrock;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.anthropic.AnswerTool;
import dev.sluice.model.anthropic.ClaudeModel;
import dev.sluice.model.anthropic.StrictSchema;
import dev.sluice.model.anthropic.ThinkingWords;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Format;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.Reasoning;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.Sampling;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.Tool;
import dev.sluice.model.chat.ToolChoice;
import dev.sluice.model.chat.UnsayableException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Says a conversation as a request to Converse. What only some models know goes into the fields that Bedrock hands on to the model:
 * of Claude, of Nova and of OpenAI's open models.
 */
final class ConverseRequest {
  private final Conversation conversation;
  private final Terms terms;
  private final Losses losses;
  private final boolean claude;
  private final ClaudeModel model;
  private final ObjectNode body = Json.MAPPER.createObjectNode();
  private final ObjectNode additional = Json.MAPPER.createObjectNode();

  ConverseRequest(Conversation conversation, Terms terms, Losses losses) {
    this.conversation = conversation;
    this.terms = terms;
    this.losses = losses;
    this.claude = terms.model().contains("claude");
    this.model = ClaudeModel.of(terms.model());
  }

  ObjectNode body() throws UnsayableException {
    for (Said<String> field : conversation.beyond()) {
      losses.drop(field, "Bedrock has no such field");
    }
    if (conversation.choices().value() > 1) {
      losses.drop(conversation.choices(), "Bedrock gives one answer at a time");
    }
    ConverseBlocks blocks = new ConverseBlocks(claude, losses);
    messages(blocks);
    boolean thinks = thinking();
    tools(blocks, thinks);
    sampling(conversation.sampling(), thinks);
    if (!additional.isEmpty()) {
      body.set("additionalModelRequestFields", additional);
    }
    return body;
  }

  /** Where there are only instructions, they are what the user says. */
  private void messages(ConverseBlocks blocks) throws UnsayableException {
    ArrayNode system = blocks.system(conversation.system());
    ArrayNode messages = blocks.messages(conversation);
    if (messages.isEmpty() && !system.isEmpty()) {
      messages.addObject().put("role", "user").set("content", system);
    } else if (messages.isEmpty()) {
      throw new UnsayableException("messages", "Bedrock needs a message that is not blank");
    } else if (!system.isEmpty()) {
      body.set("system", system);
    }
    body.set("messages", messages);
  }

  private boolean thinking() throws UnsayableException {
    Said<Reasoning> said = conversation.reasoning();
    if (said == null) {
      return false;
    }
    if (claude) {
      return ThinkingWords.put(conversation, model, terms.outputCap(), additional);
    }
    if (terms.model().contains("openai.") && said.value() instanceof Reasoning.Effort effort) {
      additional.put("reasoning_effort", openAiEffort(effort.level()));
    } else {
      losses.drop(said, "this model can't be told how much to think");
    }
    return false;
  }

  private static String openAiEffort(Reasoning.Level level) {
    return switch (level) {
      case MINIMAL -> "low";
      case XHIGH, MAX -> "high";
      default -> level.name().toLowerCase(Locale.ROOT);
    };
  }

  private void tools(ConverseBlocks blocks, boolean thinks) throws UnsayableException {
    Said<ToolChoice> said = conversation.toolChoice();
    ToolChoice choice = said == null ? new ToolChoice.Auto() : said.value();
    ArrayNode tools = Json.MAPPER.createArrayNode();
    Set<String> offered = new HashSet<>();
    boolean none = choice instanceof ToolChoice.None;
    if (none && !blocks.called().isEmpty()) {
      losses.drop(said, "Bedrock can't be told to call no tool once one was called");
      none = false;
    }
    if (!none) {
      for (Tool tool : conversation.tools()) {
        tool(tool, tools);
        offered.add(tool.name());
      }
    }
    for (String name : blocks.calledBut(offered)) {
      spec(tools, name, "", Json.MAPPER.createObjectNode());
    }
    boolean answers = format(thinks, tools);
    if (tools.isEmpty()) {
      return;
    }
    ObjectNode config = body.putObject("toolConfig");
    config.set("tools", tools);
    choice(choice, answers, offered.isEmpty(), thinks, config);
    parallel(offered.isEmpty());
  }

  private void tool(Tool tool, ArrayNode tools) throws UnsayableException {
    boolean strict = tool.strict() && claude && model.keepsToSchemas();
    if (tool.strict() && !strict) {
      losses.drop(tool.at() + ".strict", "this model can't be held to the schema of a tool");
    }
    ObjectNode schema =
        strict ? new StrictSchema(losses).of(tool.parameters(), tool.at()) : tool.parameters();
    ObjectNode spec = spec(tools, tool.name(), tool.description(), schema);
    if (strict) {
      spec.put("strict", true);
    }
  }

  private static ObjectNode spec(
      ArrayNode tools, String name, String description, ObjectNode schema) {
    ObjectNode spec = tools.addObject().putObject("toolSpec").put("name", name);
    if (!description.isBlank()) {
      spec.put("description", description);
    }
    spec.putObject("inputSchema")
        .set("json", schema.has("type") ? schema : schema.deepCopy().put("type", "object"));
    return spec;
  }

  /**
   * JSON that must keep to a schema is said so; where that can't be, it is what a tool is called with.
   *
   * @return whether the answer is a call of that tool
   */
  private boolean format(boolean thinks, ArrayNode tools) throws UnsayableException {
    Said<Format> said = conversation.format();
    if (said == null) {
      return false;
    }
    boolean keeps = claude && model.keepsToSchemas();
    if (said.value() instanceof Format.Schema schema && keeps && (schema.strict() || thinks)) {
      StrictSchema strict = new StrictSchema(schema.strict() ? losses : null);
      ObjectNode text = body.putObject("outputConfig").putObject("textFormat");
      ObjectNode json =
          text.put("type", "json_schema").putObject("structure").putObject("jsonSchema");
      json.put("schema", strict.of(schema.schema(), said.at()).toString());
      if (!schema.name().isEmpty()) {
        json.put("name", schema.name());
      }
      return false;
    }
    if (said.value() instanceof Format.Schema schema && schema.strict()) {
      losses.drop(said.at(), "this model can't be held to a schema");
    }
    if (thinks) {
      losses.drop(said, "Claude can't both think and be made to answer in any JSON");
      return false;
    }
    ObjectNode schema =
        said.value() instanceof Format.Schema one ? one.schema() : Json.MAPPER.createObjectNode();
    spec(tools, AnswerTool.NAME, AnswerTool.DESCRIPTION, schema);
    return true;
  }

  private void choice(
      ToolChoice choice, boolean answers, boolean noneOffered, boolean thinks, ObjectNode config)
      throws UnsayableException {
    boolean must = choice instanceof ToolChoice.Any || choice instanceof ToolChoice.Named;
    if (must && thinks) {
      losses.drop(conversation.toolChoice(), "Claude can't both think and be made to call a tool");
    } else if (choice instanceof ToolChoice.Named named && !noneOffered) {
      config.putObject("toolChoice").putObject("tool").put("name", named.name());
    } else if (answers && noneOffered) {
      config.putObject("toolChoice").putObject("tool").put("name", AnswerTool.NAME);
    } else if (answers || choice instanceof ToolChoice.Any) {
      config.putObject("toolChoice").putObject("any");
    }
  }

  /** Only Claude can be told so, and only where it may choose. */
  private void parallel(boolean noneOffered) throws UnsayableException {
    Said<Boolean> parallel = conversation.parallelTools();
    if (noneOffered || parallel == null || parallel.value()) {
      return;
    }
    if (claude && !body.path("toolConfig").has("toolChoice")) {
      additional
          .putObject("tool_choice")
          .put("type", "auto")
          .put("disable_parallel_tool_use", true);
    } else {
      losses.drop(parallel, "Bedrock can't be told to call one tool at a time");
    }
  }

  /** Of Claude, values that are its own anyway are not said: newer models refuse all others. Temperatures above 1 are 1. */
  private void sampling(Sampling said, boolean thinks) throws UnsayableException {
    ObjectNode inference = body.putObject("inferenceConfig").put("maxTokens", terms.outputCap());
    String none = thinks
        ? "Claude can't both think and be told how to choose tokens"
        : claude && !model.samples() ? "this model can't be told how to choose tokens" : "";
    Said<Double> temperature = said.temperature();
    if (temperature != null && !(claude && temperature.value() >= 1)) {
      drop(
          none,
          temperature,
          () -> inference.put("temperature", Math.max(0, Math.min(1, temperature.value()))));
    }
    Said<Double> topP = said.topP();
    if (topP != null && !(claude && topP.value() >= 1)) {
      drop(none, topP, () -> inference.put("topP", topP.value()));
    }
    Said<Long> topK = said.topK();
    if (topK != null && claude) {
      drop(none, topK, () -> additional.put("top_k", topK.value()));
    } else if (topK != null && terms.model().contains("nova")) {
      additional.putObject("inferenceConfig").put("topK", topK.value());
    } else {
      losses.drop(topK, "Bedrock has no top-k of this model");
    }
    losses.drop(said.frequencyPenalty(), "Bedrock has no frequency penalty");
    losses.drop(said.presencePenalty(), "Bedrock has no presence penalty");
    losses.drop(said.seed(), "Bedrock has no seed");
    Said<List<String>> stop = said.stop();
    if (stop != null) {
      stops(stop, inference);
    }
  }

  private void drop(String why, Said<?> said, Runnable otherwise) throws UnsayableException {
    if (why.isEmpty()) {
      otherwise.run();
    } else {
      losses.drop(said, why);
    }
  }

  /** Claude tells which of them it met, if it is asked. */
  private void stops(Said<List<String>> said, ObjectNode inference) throws UnsayableException {
    ArrayNode stops = Json.MAPPER.createArrayNode();
    for (String stop : said.value()) {
      if (stop.isBlank() && claude || stop.isEmpty()) {
        losses.drop(said, "this model takes no blank stop sequence");
      } else {
        stops.add(stop);
      }
    }
    if (!stops.isEmpty()) {
      inference.set("stopSequences", stops);
      if (claude) {
        body.putArray("additionalModelResponseFieldPaths").add("/stop_sequence");
      }
    }
  }
}
