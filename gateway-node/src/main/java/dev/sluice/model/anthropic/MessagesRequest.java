package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Format;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.Reasoning;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.Sampling;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.Tool;
import dev.sluice.model.chat.ToolChoice;
import dev.sluice.model.chat.UnsayableException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says a conversation to Anthropic. */
final class MessagesRequest {
  private static final long LEAST_BUDGET = 1024;

  private final Terms terms;
  private final Losses losses;

  MessagesRequest(Terms terms, Losses losses) {
    this.terms = terms;
    this.losses = losses;
  }

  ObjectNode of(Conversation conversation) throws UnsayableException {
    for (Said<String> field : conversation.beyond()) {
      losses.drop(field.at(), "Anthropic's API has no such field");
    }
    if (conversation.choices().value() > 1) {
      losses.drop(conversation.choices(), "Anthropic's API gives one answer");
    }
    ObjectNode request = Json.MAPPER.createObjectNode();
    request.put("model", terms.model()).put("max_tokens", terms.outputCap());
    if (conversation.stream()) {
      request.put("stream", true);
    }
    ArrayNode messages = new MessageTurns(losses).of(conversation.turns());
    if (messages.isEmpty()) {
      messages.addObject().put("role", "user").set("content", texts(conversation.system()));
    } else if (!conversation.system().isEmpty()) {
      request.set("system", texts(conversation.system()));
    }
    request.set("messages", messages);
    tools(request, conversation);
    boolean thinks = reasoning(request, conversation.reasoning());
    sampling(request, conversation.sampling(), thinks);
    format(request, conversation.format());
    Said<String> user = conversation.user();
    if (user != null) {
      request.putObject("metadata").put("user_id", user.value());
    }
    return request;
  }

  private static ArrayNode texts(List<Part.Text> texts) {
    ArrayNode blocks = Json.MAPPER.createArrayNode();
    for (Part.Text text : texts) {
      if (!text.text().isEmpty()) {
        ObjectNode block = blocks.addObject().put("type", "text").put("text", text.text());
        MessageTurns.cache(block, text.cached());
      }
    }
    return blocks;
  }

  private static void tools(ObjectNode request, Conversation conversation) {
    if (conversation.tools().isEmpty()) {
      return;
    }
    ArrayNode tools = request.putArray("tools");
    for (Tool tool : conversation.tools()) {
      ObjectNode one = tools.addObject().put("name", tool.name());
      if (!tool.description().isEmpty()) {
        one.put("description", tool.description());
      }
      ObjectNode schema = tool.parameters().deepCopy();
      if (!schema.has("type")) {
        schema.put("type", "object");
      }
      one.set("input_schema", schema);
      if (tool.strict()) {
        one.put("strict", true);
      }
    }
    Said<ToolChoice> choice = conversation.toolChoice();
    Said<Boolean> parallel = conversation.parallelTools();
    boolean alone = parallel != null && !parallel.value();
    if (choice == null && !alone) {
      return;
    }
    ToolChoice wanted = choice == null ? new ToolChoice.Auto() : choice.value();
    ObjectNode said = request.putObject("tool_choice").put("type", word(wanted));
    if (wanted instanceof ToolChoice.Named named) {
      said.put("name", named.name());
    }
    if (alone && !(wanted instanceof ToolChoice.None)) {
      said.put("disable_parallel_tool_use", true);
    }
  }

  private static String word(ToolChoice choice) {
    if (choice instanceof ToolChoice.Named) {
      return "tool";
    }
    return choice instanceof ToolChoice.None
        ? "none"
        : choice instanceof ToolChoice.Any ? "any" : "auto";
  }

  /**
   * Thoughts count as output: their budget stays below the cap, and where the cap leaves no room for the least that there is,
   * nothing is thought.
   *
   * @return whether the model thinks
   */
  private boolean reasoning(ObjectNode request, @Nullable Said<Reasoning> said) {
    if (said == null) {
      return false;
    }
    Reasoning reasoning = said.value();
    long budget;
    if (reasoning instanceof Reasoning.Budget own) {
      budget = own.tokens();
    } else if (reasoning instanceof Reasoning.Effort effort) {
      budget = effort.level().tokens();
    } else {
      budget = reasoning instanceof Reasoning.Dynamic ? Reasoning.Level.MEDIUM.tokens() : 0;
    }
    ObjectNode thinking = request.putObject("thinking");
    if (budget == 0 || terms.outputCap() <= LEAST_BUDGET) {
      thinking.put("type", "disabled");
      return false;
    }
    thinking
        .put("type", "enabled")
        .put("budget_tokens", Math.max(LEAST_BUDGET, Math.min(budget, terms.outputCap() - 1)));
    return true;
  }

  /** Temperatures end at 1 here, where others go to 2: more is as much as there is. A model that thinks takes none. */
  private void sampling(ObjectNode request, Sampling sampling, boolean thinks)
      throws UnsayableException {
    Said<Double> temperature = sampling.temperature();
    if (temperature != null && thinks && temperature.value() != 1) {
      losses.drop(temperature, "Anthropic's models take no temperature while they think");
    } else if (temperature != null && !thinks) {
      request.put("temperature", Math.min(1, temperature.value()));
    }
    Said<Double> topP = sampling.topP();
    if (topP != null) {
      request.put("top_p", topP.value());
    }
    Said<Long> topK = sampling.topK();
    if (topK != null && thinks) {
      losses.drop(topK, "Anthropic's models take no top_k while they think");
    } else if (topK != null) {
      request.put("top_k", topK.value());
    }
    penalty(sampling.frequencyPenalty());
    penalty(sampling.presencePenalty());
    losses.drop(sampling.seed(), "Anthropic's API has no seed");
    Said<List<String>> stop = sampling.stop();
    if (stop != null) {
      ArrayNode sequences = request.putArray("stop_sequences");
      for (String sequence : stop.value()) {
        if (sequence.isBlank()) {
          losses.drop(stop, "Anthropic's API takes no blank stop sequence");
        } else {
          sequences.add(sequence);
        }
      }
    }
  }

  private void penalty(@Nullable Said<Double> penalty) throws UnsayableException {
    if (penalty != null && penalty.value() != 0) {
      losses.drop(penalty, "Anthropic's API has no penalties");
    }
  }

  private void format(ObjectNode request, @Nullable Said<Format> said) throws UnsayableException {
    if (said == null) {
      return;
    }
    if (said.value() instanceof Format.Schema schema) {
      request
          .putObject("output_config")
          .putObject("format")
          .put("type", "json_schema")
          .set("schema", schema.schema());
    } else {
      losses.drop(said, "Anthropic's API wants a schema for answers in JSON");
    }
  }
}
