package dev.sluice.model.gemini;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Envelope;
import dev.sluice.model.chat.Fields;
import dev.sluice.model.chat.Format;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.JsonBody;
import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.Reasoning;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.Sampling;
import dev.sluice.model.chat.Tool;
import dev.sluice.model.chat.ToolChoice;
import dev.sluice.model.chat.UnsayableException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a whole request for content. */
final class GeminiReader {
  private final Fields whole;
  private final List<Said<String>> beyond = new ArrayList<>();
  private final List<Part.Text> system = new ArrayList<>();
  private final List<Tool> tools = new ArrayList<>();
  private final GeminiTurns turns = new GeminiTurns();
  private Sampling sampling = Sampling.UNSAID;
  private @Nullable Said<Format> format;
  private @Nullable Said<Reasoning> reasoning;
  private @Nullable Said<ToolChoice> choice;

  private GeminiReader(Fields whole) {
    this.whole = whole;
  }

  static Conversation read(JsonBody body, Envelope envelope) throws UnsayableException {
    GeminiReader reader = new GeminiReader(Fields.of(body.tree(), ""));
    reader.read();
    String config =
        reader.whole.object().has("generation_config") ? "generation_config" : "generationConfig";
    return new Conversation(
        reader.system,
        reader.turns.turns(),
        reader.tools,
        reader.choice,
        null,
        reader.sampling,
        reader.format,
        reader.reasoning,
        new Said<>(envelope.choices(), config + ".candidateCount"),
        envelope.stream(),
        null,
        reader.beyond);
  }

  private void read() throws UnsayableException {
    for (Fields instruction : whole.oneOrMore("systemInstruction", "system_instruction")) {
      system(instruction);
    }
    for (Fields content : whole.oneOrMore("contents")) {
      turns.add(content, beyond);
    }
    for (Fields tool : whole.oneOrMore("tools")) {
      tool(tool);
    }
    Fields config = whole.fields("toolConfig", "tool_config");
    if (config != null) {
      toolConfig(config);
    }
    Fields generation = whole.fields("generationConfig", "generation_config");
    if (generation != null) {
      generation(generation);
    }
    Said<?> safety = whole.take("safetySettings", "safety_settings");
    if (safety != null && !whole.object().path(safety.at()).isEmpty()) {
      beyond.add(new Said<>(safety.at(), safety.at()));
    }
    whole.pass("model", "labels", "store", "serviceTier", "service_tier");
    beyond.addAll(whole.rest());
  }

  private void system(Fields instruction) throws UnsayableException {
    instruction.pass("role");
    for (Fields part : instruction.oneOrMore("parts")) {
      Said<String> text = part.text("text");
      if (text == null) {
        throw new UnsayableException(
            part.at(), "must be a text, as all parts of " + instruction.at());
      }
      system.add(new Part.Text(part.at(), text.value()));
      part.pass("thoughtSignature", "thought_signature");
      beyond.addAll(part.rest());
    }
    beyond.addAll(instruction.rest());
  }

  private void tool(Fields tool) throws UnsayableException {
    for (Fields function : tool.oneOrMore("functionDeclarations", "function_declarations")) {
      Said<String> name = function.text("name");
      if (name == null) {
        throw new UnsayableException(function.at("name"), "a function must have a name");
      }
      String description = function.textOrEmpty("description");
      tools.add(new Tool(function.at(), name.value(), description, parameters(function), false));
      // what a function answers, it says itself
      function.pass("response", "responseJsonSchema", "response_json_schema");
      Said<String> behavior = function.text("behavior");
      if (behavior != null && behavior.value().equals("NON_BLOCKING")) {
        beyond.add(new Said<>(behavior.at(), behavior.at()));
      }
      beyond.addAll(function.rest());
    }
    beyond.addAll(tool.rest());
  }

  private static ObjectNode parameters(Fields function) throws UnsayableException {
    Fields own = function.fields("parameters");
    Fields json = function.fields("parametersJsonSchema", "parameters_json_schema");
    if (own != null && json != null) {
      throw new UnsayableException(
          json.at(), "stands beside " + own.at() + "; one of them must be enough");
    }
    return json != null
        ? json.object()
        : own != null ? Schemas.toJson(own.object()) : Json.MAPPER.createObjectNode();
  }

  private void toolConfig(Fields config) throws UnsayableException {
    Fields calling = config.fields("functionCallingConfig", "function_calling_config");
    beyond.addAll(config.rest());
    if (calling == null) {
      return;
    }
    Said<String> mode = calling.text("mode");
    Said<List<String>> allowed = calling.texts("allowedFunctionNames", "allowed_function_names");
    beyond.addAll(calling.rest());
    String name = mode == null ? "" : mode.value();
    boolean any = name.equals("ANY");
    if (mode != null) {
      choice = switch (name) {
        case "AUTO" -> new Said<>(new ToolChoice.Auto(), mode.at());
        case "ANY" -> new Said<>(new ToolChoice.Any(), mode.at());
        case "NONE" -> new Said<>(new ToolChoice.None(), mode.at());
        case "MODE_UNSPECIFIED" -> null;
        case "VALIDATED" -> {
          beyond.add(new Said<>(mode.at(), mode.at()));
          yield null;
        }
        default -> throw new UnsayableException(mode.at(), "must be AUTO, ANY, NONE or VALIDATED");
      };
    }
    if (allowed != null && any && allowed.value().size() == 1) {
      choice = new Said<>(new ToolChoice.Named(allowed.value().get(0)), allowed.at());
    } else if (allowed != null && !allowed.value().isEmpty()) {
      beyond.add(new Said<>(allowed.at(), allowed.at()));
    }
  }

  private void generation(Fields config) throws UnsayableException {
    sampling = new Sampling(
        config.number("temperature"),
        config.number("topP", "top_p"),
        config.whole("topK", "top_k"),
        config.number("frequencyPenalty", "frequency_penalty"),
        config.number("presencePenalty", "presence_penalty"),
        config.whole("seed"),
        stop(config));
    config.pass("maxOutputTokens", "max_output_tokens", "candidateCount", "candidate_count");
    format(config);
    Fields thinking = config.fields("thinkingConfig", "thinking_config");
    if (thinking != null) {
      thinking(thinking);
    }
    Said<List<String>> modalities = config.texts("responseModalities", "response_modalities");
    if (modalities != null
        && modalities.value().stream().anyMatch(one -> !one.equalsIgnoreCase("TEXT"))) {
      beyond.add(new Said<>(modalities.at(), modalities.at()));
    }
    unlessFalse(config.flag("responseLogprobs", "response_logprobs"));
    unlessFalse(config.flag("audioTimestamp", "audio_timestamp"));
    beyond.addAll(config.rest());
  }

  private void unlessFalse(@Nullable Said<Boolean> flag) {
    if (flag != null && flag.value()) {
      beyond.add(new Said<>(flag.at(), flag.at()));
    }
  }

  private static @Nullable Said<List<String>> stop(Fields config) throws UnsayableException {
    Said<List<String>> stop = config.texts("stopSequences", "stop_sequences");
    return stop == null || stop.value().isEmpty() ? null : stop;
  }

  private void format(Fields config) throws UnsayableException {
    Said<String> type = config.text("responseMimeType", "response_mime_type");
    Fields own = config.fields("responseSchema", "response_schema");
    Fields json =
        config.fields("responseJsonSchema", "response_json_schema", "_responseJsonSchema");
    Fields schema = json == null ? own : json;
    if (own != null && json != null) {
      throw new UnsayableException(
          json.at(), "stands beside " + own.at() + "; one of them must be enough");
    }
    if (type == null || type.value().equals("text/plain") || type.value().isEmpty()) {
      if (schema != null) {
        throw new UnsayableException(schema.at(), "needs responseMimeType application/json");
      }
    } else if (!type.value().equals("application/json")) {
      beyond.add(new Said<>(type.at(), type.at()));
    } else if (schema == null) {
      format = new Said<>(new Format.AnyObject(), type.at());
    } else {
      ObjectNode asJson = json == null ? Schemas.toJson(schema.object()) : schema.object();
      format = new Said<>(new Format.Schema("", asJson, false), schema.at());
    }
  }

  private void thinking(Fields config) throws UnsayableException {
    Said<Long> budget = config.whole("thinkingBudget", "thinking_budget");
    Said<String> level = config.text("thinkingLevel", "thinking_level");
    boolean shown = config.isTrue("includeThoughts", "include_thoughts");
    beyond.addAll(config.rest());
    if (budget != null && budget.value() < -1) {
      throw new UnsayableException(budget.at(), "must be at least -1");
    } else if (budget != null) {
      reasoning = new Said<>(budget(budget.value()), budget.at());
    } else if (level != null && !level.value().equals("THINKING_LEVEL_UNSPECIFIED")) {
      reasoning = new Said<>(new Reasoning.Effort(level(level)), level.at());
    } else if (shown) {
      reasoning = new Said<>(new Reasoning.Dynamic(), config.at());
    }
  }

  private static Reasoning budget(long tokens) {
    return tokens == 0
        ? new Reasoning.Off()
        : tokens < 0 ? new Reasoning.Dynamic() : new Reasoning.Budget(tokens);
  }

  private static Reasoning.Level level(Said<String> level) throws UnsayableException {
    return switch (level.value()) {
      case "MINIMAL", "minimal" -> Reasoning.Level.MINIMAL;
      case "LOW", "low" -> Reasoning.Level.LOW;
      case "MEDIUM", "medium" -> Reasoning.Level.MEDIUM;
      case "HIGH", "high" -> Reasoning.Level.HIGH;
      case "XHIGH", "xhigh" -> Reasoning.Level.XHIGH;
      default ->
        throw new UnsayableException(level.at(), "must be MINIMAL, LOW, MEDIUM, HIGH or XHIGH");
    };
  }
}
