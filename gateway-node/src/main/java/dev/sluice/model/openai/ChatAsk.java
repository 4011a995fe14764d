package dev.sluice.model.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import dev.sluice.model.openai.ChatOptions.Feature;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Says a conversation as a chat completion request. */
final class ChatAsk {
  private static final int MOST_STOPS = 4;
  private static final String NO_FIELD = "this provider's API has no such field";

  private final ChatOptions options;
  private final Conversation conversation;
  private final Losses losses;
  private final ObjectNode body = Json.MAPPER.createObjectNode();

  ChatAsk(ChatOptions options, Conversation conversation, Losses losses) {
    this.options = options;
    this.conversation = conversation;
    this.losses = losses;
  }

  ObjectNode body(Terms terms) throws UnsayableException {
    for (Said<String> field : conversation.beyond()) {
      losses.drop(field, NO_FIELD);
    }
    body.put("model", terms.model());
    body.set("messages", new ChatMessages(options, losses).of(conversation));
    body.put(terms.capField(), terms.outputCap());
    if (conversation.stream()) {
      body.put("stream", true);
      if (options.has(Feature.STREAM_OPTIONS)) {
        body.putObject("stream_options").put("include_usage", true);
      }
    }
    if (conversation.choices().value() > 1) {
      if (options.has(Feature.CHOICES)) {
        body.put("n", conversation.choices().value());
      } else {
        losses.drop(conversation.choices(), "this provider gives one answer at a time");
      }
    }
    tools();
    sampling(conversation.sampling());
    format();
    reasoning();
    Said<String> user = conversation.user();
    if (user != null && options.has(Feature.USER)) {
      body.put("user", user.value());
    }
    return body;
  }

  private void tools() throws UnsayableException {
    if (conversation.tools().isEmpty()) {
      return;
    }
    ArrayNode tools = body.putArray("tools");
    for (Tool tool : conversation.tools()) {
      ObjectNode function =
          tools.addObject().put("type", "function").putObject("function").put("name", tool.name());
      if (!tool.description().isEmpty()) {
        function.put("description", tool.description());
      }
      if (!tool.parameters().isEmpty()) {
        function.set("parameters", tool.parameters());
      }
      if (tool.strict() && options.has(Feature.STRICT)) {
        function.put("strict", true);
      }
    }
    Said<ToolChoice> choice = conversation.toolChoice();
    if (choice != null) {
      choice(choice.value());
    }
    Said<Boolean> parallel = conversation.parallelTools();
    if (parallel != null && options.has(Feature.PARALLEL_TOOL_CALLS)) {
      body.put("parallel_tool_calls", parallel.value());
    } else if (parallel != null && !parallel.value()) {
      losses.drop(parallel, "this provider can't be told to call one tool at a time");
    }
  }

  private void choice(ToolChoice choice) {
    if (choice instanceof ToolChoice.Auto) {
      body.put("tool_choice", "auto");
    } else if (choice instanceof ToolChoice.None) {
      body.put("tool_choice", "none");
    } else if (choice instanceof ToolChoice.Any) {
      body.put("tool_choice", options.anyToolWord());
    } else if (choice instanceof ToolChoice.Named named) {
      body.putObject("tool_choice")
          .put("type", "function")
          .putObject("function")
          .put("name", named.name());
    }
  }

  private void sampling(Sampling said) throws UnsayableException {
    if (said.temperature() != null) {
      body.put("temperature", said.temperature().value());
    }
    if (said.topP() != null) {
      body.put("top_p", said.topP().value());
    }
    if (said.topK() != null && options.has(Feature.TOP_K)) {
      body.put("top_k", said.topK().value());
    } else {
      losses.drop(said.topK(), NO_FIELD);
    }
    penalty("frequency_penalty", said.frequencyPenalty());
    penalty("presence_penalty", said.presencePenalty());
    if (said.seed() != null && !options.seedField().isEmpty()) {
      body.put(options.seedField(), said.seed().value());
    } else {
      losses.drop(said.seed(), NO_FIELD);
    }
    stop(said.stop());
  }

  private void penalty(String field, @Nullable Said<Double> penalty) throws UnsayableException {
    if (penalty == null) {
      return;
    }
    if (options.has(Feature.PENALTIES)) {
      body.put(field, penalty.value());
    } else if (penalty.value() != 0) {
      losses.drop(penalty, NO_FIELD);
    }
  }

  private void stop(@Nullable Said<List<String>> stop) throws UnsayableException {
    if (stop == null || stop.value().isEmpty()) {
      return;
    }
    if (stop.value().size() > MOST_STOPS) {
      losses.drop(stop, "this provider stops at no more than " + MOST_STOPS + " texts");
    }
    ArrayNode all = body.putArray("stop");
    stop.value().stream().limit(MOST_STOPS).forEach(all::add);
  }

  private void format() throws UnsayableException {
    Said<Format> said = conversation.format();
    if (said == null) {
      return;
    }
    if (said.value() instanceof Format.AnyObject) {
      body.putObject("response_format").put("type", "json_object");
    } else if (!options.has(Feature.JSON_SCHEMA)) {
      losses.drop(said, "this provider can't be held to a JSON schema");
    } else if (said.value() instanceof Format.Schema format) {
      ObjectNode schema = body.putObject("response_format")
          .put("type", "json_schema")
          .putObject("json_schema")
          .put("name", format.name().isEmpty() ? "answer" : format.name());
      schema.set("schema", format.schema());
      if (format.strict() && options.has(Feature.STRICT)) {
        schema.put("strict", true);
      }
    }
  }

  /** Not to think is what servers do that can't be told how much. */
  private void reasoning() throws UnsayableException {
    Said<Reasoning> said = conversation.reasoning();
    if (said == null || said.value() instanceof Reasoning.Dynamic) {
      return;
    }
    if (options.has(Feature.REASONING_EFFORT)) {
      body.put("reasoning_effort", effort(said.value()));
    } else if (!(said.value() instanceof Reasoning.Off)) {
      losses.drop(said, "this provider can't be told how much to think");
    }
  }

  private static String effort(Reasoning reasoning) {
    if (reasoning instanceof Reasoning.Budget budget) {
      return effort(new Reasoning.Effort(Reasoning.Level.of(budget.tokens())));
    }
    return reasoning instanceof Reasoning.Effort effort
        ? effort.level().name().toLowerCase(Locale.ROOT)
        : "none";
  }
}
