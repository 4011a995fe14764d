package dev.sluice.model.gemini;

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

/** Says a conversation to Gemini. */
final class GeminiRequest {
  private static final int MOST_STOPS = 5;
  /** Of all models that think, the one that may think least. */
  private static final long MOST_THOUGHT = 24576;

  private final Terms terms;
  private final Losses losses;

  GeminiRequest(Terms terms, Losses losses) {
    this.terms = terms;
    this.losses = losses;
  }

  ObjectNode of(Conversation conversation) throws UnsayableException {
    for (Said<String> field : conversation.beyond()) {
      losses.drop(field.at(), "Gemini's API has no such field");
    }
    ObjectNode request = Json.MAPPER.createObjectNode();
    ArrayNode contents = new GeminiContents(terms, losses).of(conversation.turns());
    if (contents.isEmpty()) {
      contents.add(texts(conversation.system()).put("role", "user"));
    } else if (!conversation.system().isEmpty()) {
      request.set("systemInstruction", texts(conversation.system()));
    }
    request.set("contents", contents);
    tools(request, conversation);
    request.set("generationConfig", config(conversation));
    return request;
  }

  private static ObjectNode texts(List<Part.Text> texts) {
    ObjectNode content = Json.MAPPER.createObjectNode();
    ArrayNode parts = content.putArray("parts");
    texts.forEach(text -> parts.addObject().put("text", text.text()));
    return content;
  }

  private void tools(ObjectNode request, Conversation conversation) throws UnsayableException {
    Said<Boolean> parallel = conversation.parallelTools();
    if (parallel != null && !parallel.value()) {
      losses.drop(parallel, "Gemini's API can't keep a model from calling several tools at once");
    }
    if (conversation.tools().isEmpty()) {
      return;
    }
    ArrayNode functions = request.putArray("tools").addObject().putArray("functionDeclarations");
    boolean strict = false;
    for (Tool tool : conversation.tools()) {
      ObjectNode function = functions.addObject().put("name", tool.name());
      if (!tool.description().isEmpty()) {
        function.put("description", tool.description());
      }
      if (!tool.parameters().isEmpty()) {
        function.set("parametersJsonSchema", tool.parameters());
      }
      strict |= tool.strict();
    }
    Said<ToolChoice> choice = conversation.toolChoice();
    ToolChoice wanted = choice == null ? new ToolChoice.Auto() : choice.value();
    if (choice != null || strict) {
      calling(request.putObject("toolConfig").putObject("functionCallingConfig"), wanted, strict);
    }
  }

  /** Where a model must call, and where it may and the schema is strict, arguments follow the schema. */
  private static void calling(ObjectNode config, ToolChoice choice, boolean strict) {
    if (choice instanceof ToolChoice.None) {
      config.put("mode", "NONE");
    } else if (choice instanceof ToolChoice.Auto) {
      config.put("mode", strict ? "VALIDATED" : "AUTO");
    } else {
      config.put("mode", "ANY");
    }
    if (choice instanceof ToolChoice.Named named) {
      config.putArray("allowedFunctionNames").add(named.name());
    }
  }

  private ObjectNode config(Conversation conversation) throws UnsayableException {
    ObjectNode config = Json.MAPPER.createObjectNode();
    config.put("maxOutputTokens", terms.outputCap());
    if (conversation.choices().value() > 1) {
      config.put("candidateCount", conversation.choices().value());
    }
    sampling(config, conversation.sampling());
    Said<Format> format = conversation.format();
    if (format != null) {
      config.put("responseMimeType", "application/json");
    }
    if (format != null && format.value() instanceof Format.Schema schema) {
      config.set("responseJsonSchema", schema.schema());
    }
    reasoning(config, conversation.reasoning());
    return config;
  }

  private void sampling(ObjectNode config, Sampling sampling) throws UnsayableException {
    put(config, "temperature", sampling.temperature());
    put(config, "topP", sampling.topP());
    put(config, "frequencyPenalty", sampling.frequencyPenalty());
    put(config, "presencePenalty", sampling.presencePenalty());
    Said<Long> topK = sampling.topK();
    if (topK != null) {
      config.put("topK", topK.value());
    }
    Said<Long> seed = sampling.seed();
    if (seed != null && seed.value() == seed.value().intValue()) {
      config.put("seed", seed.value());
    } else {
      losses.drop(seed, "a seed of Gemini's API has 32 bits");
    }
    Said<List<String>> stop = sampling.stop();
    if (stop != null && stop.value().size() > MOST_STOPS) {
      losses.drop(stop, "Gemini's API takes at most " + MOST_STOPS + " stop sequences");
    } else if (stop != null) {
      ArrayNode sequences = config.putArray("stopSequences");
      stop.value().forEach(sequences::add);
    }
  }

  private static void put(ObjectNode config, String field, @Nullable Said<Double> said) {
    if (said != null) {
      config.put(field, said.value());
    }
  }

  /** Thoughts count as output: their budget stays below the cap. */
  private void reasoning(ObjectNode config, @Nullable Said<Reasoning> said) {
    if (said == null) {
      return;
    }
    Reasoning reasoning = said.value();
    ObjectNode thinking = config.putObject("thinkingConfig");
    long room = Math.max(0, terms.outputCap() - 1);
    if (reasoning instanceof Reasoning.Off) {
      thinking.put("thinkingBudget", 0);
    } else if (reasoning instanceof Reasoning.Budget budget) {
      thinking.put("thinkingBudget", Math.min(room, budget.tokens()));
    } else if (reasoning instanceof Reasoning.Effort effort) {
      long tokens = Math.min(MOST_THOUGHT, effort.level().tokens());
      thinking.put("thinkingBudget", Math.min(room, tokens));
    } else {
      thinking.put("thinkingBudget", -1);
    }
    if (!(reasoning instanceof Reasoning.Off)) {
      thinking.put("includeThoughts", true);
    }
  }
}
