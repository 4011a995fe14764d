package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Format;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.Sampling;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.Tool;
import dev.sluice.model.chat.ToolChoice;
import dev.sluice.model.chat.UnsayableException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says a conversation as a request for a message. */
final class MessagesRequest {
  private static final int LONGEST_USER = 256;
  private static final double LEAST_TOP_P_OF_THINKERS = 0.95;

  private final Platform platform;
  private final Conversation conversation;
  private final Terms terms;
  private final Losses losses;
  private final ClaudeModel model;
  private final ObjectNode body = Json.MAPPER.createObjectNode();

  MessagesRequest(Platform platform, Conversation conversation, Terms terms, Losses losses) {
    this.platform = platform;
    this.conversation = conversation;
    this.terms = terms;
    this.losses = losses;
    this.model = ClaudeModel.of(terms.model());
  }

  ObjectNode body() throws UnsayableException {
    for (Said<String> field : conversation.beyond()) {
      losses.drop(field, "Claude has no such field for other APIs' requests");
    }
    if (platform == Platform.ANTHROPIC) {
      body.put("model", terms.model());
    } else {
      body.put("anthropic_version", platform.version());
    }
    body.put("max_tokens", terms.outputCap());
    if (conversation.stream() && platform != Platform.BEDROCK) {
      body.put("stream", true);
    }
    if (conversation.choices().value() > 1) {
      losses.drop(conversation.choices(), "Claude gives one answer at a time");
    }
    messages();
    boolean thinks = ThinkingWords.put(conversation, model, terms.outputCap(), body);
    tools();
    format(thinks);
    choice(thinks);
    sampling(conversation.sampling(), thinks);
    Said<String> user = conversation.user();
    if (user != null && platform == Platform.ANTHROPIC && user.value().length() <= LONGEST_USER) {
      body.putObject("metadata").put("user_id", user.value());
    }
    return body;
  }

  /** Where there are only instructions, they are what the user says. */
  private void messages() throws UnsayableException {
    BlockWriter blocks = new BlockWriter(platform, losses);
    ArrayNode system = blocks.system(conversation.system());
    ArrayNode messages = blocks.messages(conversation);
    if (messages.isEmpty() && !system.isEmpty()) {
      messages.addObject().put("role", "user").set("content", system);
    } else if (messages.isEmpty()) {
      throw new UnsayableException("messages", "Claude needs a message that is not empty");
    } else if (!system.isEmpty()) {
      body.set("system", system);
    }
    body.set("messages", messages);
  }

  private void tools() throws UnsayableException {
    if (conversation.tools().isEmpty()) {
      return;
    }
    ArrayNode tools = body.putArray("tools");
    for (Tool tool : conversation.tools()) {
      ObjectNode said = tools.addObject().put("name", tool.name());
      if (!tool.description().isEmpty()) {
        said.put("description", tool.description());
      }
      boolean strict = tool.strict() && model.keepsToSchemas();
      if (tool.strict() && !strict) {
        losses.drop(tool.at() + ".strict", "this model can't be held to the schema of a tool");
      }
      ObjectNode schema = tool.parameters();
      said.set(
          "input_schema",
          ofObject(strict ? new StrictSchema(losses).of(schema, tool.at()) : schema));
      if (strict) {
        said.put("strict", true);
      }
    }
  }

  /** A tool's input is always an object. */
  private static ObjectNode ofObject(ObjectNode schema) {
    return schema.has("type") ? schema : schema.deepCopy().put("type", "object");
  }

  /** JSON that must keep to a schema is said so; where that can't be, it is what a tool is called with. */
  private void format(boolean thinks) throws UnsayableException {
    Said<Format> said = conversation.format();
    if (said == null) {
      return;
    }
    if (said.value() instanceof Format.Schema schema
        && model.keepsToSchemas()
        && (schema.strict() || thinks)) {
      ObjectNode strict =
          new StrictSchema(schema.strict() ? losses : null).of(schema.schema(), said.at());
      ObjectNode format = body.withObject("/output_config").putObject("format");
      format.put("type", "json_schema").set("schema", strict);
      return;
    }
    if (said.value() instanceof Format.Schema schema && schema.strict()) {
      losses.drop(said.at(), "this model can't be held to a schema");
    }
    if (thinks) {
      losses.drop(said, "Claude can't both think and be made to answer in any JSON");
      return;
    }
    answerTool(said.value());
  }

  private void answerTool(Format format) {
    ObjectNode tool = body.withArray("/tools").addObject();
    tool.put("name", AnswerTool.NAME).put("description", AnswerTool.DESCRIPTION);
    ObjectNode schema =
        format instanceof Format.Schema said ? said.schema() : Json.MAPPER.createObjectNode();
    tool.set("input_schema", ofObject(schema));
    ToolChoice choice = chosen();
    ObjectNode must = body.putObject("tool_choice");
    if (conversation.tools().isEmpty() || choice instanceof ToolChoice.None) {
      must.put("type", "tool").put("name", AnswerTool.NAME);
    } else if (choice instanceof ToolChoice.Named named) {
      must.put("type", "tool").put("name", named.name());
    } else {
      must.put("type", "any");
    }
    parallel(must);
  }

  private @Nullable ToolChoice chosen() {
    Said<ToolChoice> choice = conversation.toolChoice();
    return choice == null ? null : choice.value();
  }

  private void choice(boolean thinks) throws UnsayableException {
    if (conversation.tools().isEmpty() || body.has("tool_choice")) {
      return;
    }
    Said<ToolChoice> said = conversation.toolChoice();
    ToolChoice choice = said == null ? null : said.value();
    boolean must = choice instanceof ToolChoice.Any || choice instanceof ToolChoice.Named;
    if (must && thinks) {
      losses.drop(said, "Claude can't both think and be made to call a tool");
      choice = new ToolChoice.Auto();
    }
    Said<Boolean> parallel = conversation.parallelTools();
    if (choice == null && (parallel == null || parallel.value())) {
      return;
    }
    ObjectNode json = body.putObject("tool_choice");
    if (choice instanceof ToolChoice.Named named) {
      json.put("type", "tool").put("name", named.name());
    } else if (choice instanceof ToolChoice.Any) {
      json.put("type", "any");
    } else {
      json.put("type", choice instanceof ToolChoice.None ? "none" : "auto");
    }
    parallel(json);
  }

  private void parallel(ObjectNode choice) {
    Said<Boolean> parallel = conversation.parallelTools();
    if (parallel != null && !parallel.value() && !choice.path("type").asText().equals("none")) {
      choice.put("disable_parallel_tool_use", true);
    }
  }

  /**
   * Values that are the provider's own anyway are not said: newer models refuse all others, older ones the two together.
   * Temperatures above 1, which other APIs have, are 1.
   */
  private void sampling(Sampling said, boolean thinks) throws UnsayableException {
    String none = thinks
        ? "Claude can't both think and be told how to choose tokens"
        : model.samples() ? "" : "this model can't be told how to choose tokens";
    Said<Double> temperature = said.temperature();
    if (temperature != null && temperature.value() < 1) {
      drop(none, temperature, () -> body.put("temperature", Math.max(0, temperature.value())));
    }
    Said<Double> topP = said.topP();
    if (topP != null && topP.value() < 1) {
      boolean taken = thinks && model.samples() && topP.value() >= LEAST_TOP_P_OF_THINKERS;
      drop(taken ? "" : none, topP, () -> body.put("top_p", topP.value()));
    }
    Said<Long> topK = said.topK();
    if (topK != null) {
      drop(none, topK, () -> body.put("top_k", topK.value()));
    }
    losses.drop(said.frequencyPenalty(), "Claude has no frequency penalty");
    losses.drop(said.presencePenalty(), "Claude has no presence penalty");
    losses.drop(said.seed(), "Claude has no seed");
    Said<List<String>> stop = said.stop();
    if (stop != null) {
      stops(stop);
    }
  }

  private void drop(String why, Said<?> said, Runnable otherwise) throws UnsayableException {
    if (why.isEmpty()) {
      otherwise.run();
    } else {
      losses.drop(said, why);
    }
  }

  private void stops(Said<List<String>> said) throws UnsayableException {
    ArrayNode stops = Json.MAPPER.createArrayNode();
    for (String stop : said.value()) {
      if (stop.isBlank()) {
        losses.drop(said, "Claude takes no blank stop sequence");
      } else {
        stops.add(stop);
      }
    }
    if (!stops.isEmpty()) {
      body.set("stop_sequences", stops);
    }
  }
}
