package dev.sluice.model.ollama;

import com.fasterxml.jackson.databind.JsonNode;
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
import dev.sluice.model.chat.Turn;
import dev.sluice.model.chat.UnsayableException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a whole request. */
final class OllamaReader {
  /** How a model is loaded and where it runs; nothing of what it says. */
  private static final String[] LOADING = {
    "numa",
    "num_ctx",
    "num_batch",
    "num_gpu",
    "main_gpu",
    "low_vram",
    "f16_kv",
    "vocab_only",
    "use_mmap",
    "use_mlock",
    "embedding_only",
    "num_thread",
    "num_keep",
    "draft_num_predict"
  };

  private final Fields whole;
  private final Envelope envelope;
  private final List<Said<String>> beyond = new ArrayList<>();
  private final List<Part.Text> system = new ArrayList<>();
  private final List<Turn> turns = new ArrayList<>();
  private final List<Tool> tools = new ArrayList<>();
  private Sampling sampling = Sampling.UNSAID;

  OllamaReader(JsonBody body, Envelope envelope) throws UnsayableException {
    this.whole = Fields.of(body.tree(), "");
    this.envelope = envelope;
  }

  Conversation read(OllamaShape shape) throws UnsayableException {
    if (shape == OllamaShape.CHAT) {
      OllamaMessages messages = new OllamaMessages(system, turns, beyond);
      for (Fields message : whole.list("messages")) {
        messages.add(message);
      }
      for (Fields tool : whole.list("tools")) {
        tool(tool);
      }
      if (turns.isEmpty() && system.isEmpty()) {
        throw new UnsayableException("messages", "you must send at least one message");
      }
    } else {
      prompt();
    }
    Fields options = whole.fields("options");
    if (options != null) {
      options(options);
    }
    Said<Format> format = format();
    Said<Reasoning> reasoning = reasoning();
    unlessFalse("raw");
    unlessFalse("logprobs");
    whole.pass("model", "stream", "keep_alive", "truncate", "shift");
    for (Said<String> other : whole.rest()) {
      if (!isEmpty(whole.object().path(other.value()))) {
        beyond.add(other);
      }
    }
    return new Conversation(
        system,
        turns,
        tools,
        null,
        null,
        sampling,
        format,
        reasoning,
        new Said<>(1L, "choices"),
        envelope.stream(),
        null,
        beyond);
  }

  /** Some clients send all fields, those that were not said empty. */
  static boolean isEmpty(JsonNode value) {
    return value.isContainerNode() && value.isEmpty()
        || value.isTextual() && value.textValue().isEmpty();
  }

  private void prompt() throws UnsayableException {
    String instruction = whole.textOrEmpty("system");
    String prompt = whole.textOrEmpty("prompt");
    List<Part> parts = new ArrayList<>(OllamaMessages.images(whole));
    if (!instruction.isEmpty()) {
      system.add(new Part.Text("system", instruction));
    }
    if (!prompt.isEmpty()) {
      parts.add(new Part.Text("prompt", prompt));
    }
    if (parts.isEmpty()) {
      throw new UnsayableException("prompt", "you must send a prompt");
    }
    turns.add(new Turn(Turn.Role.USER, parts));
  }

  private void tool(Fields tool) throws UnsayableException {
    Fields function = tool.fields("function");
    String type = tool.textOrEmpty("type");
    if (function == null || !type.isEmpty() && !type.equals("function")) {
      throw new UnsayableException(tool.at(), "must be a function");
    }
    Said<String> name = function.text("name");
    if (name == null) {
      throw new UnsayableException(function.at("name"), "a function must have a name");
    }
    Fields parameters = function.fields("parameters");
    ObjectNode schema = parameters == null ? Json.MAPPER.createObjectNode() : parameters.object();
    tools.add(
        new Tool(tool.at(), name.value(), function.textOrEmpty("description"), schema, false));
    beyond.addAll(function.rest());
    beyond.addAll(tool.rest());
  }

  private void options(Fields options) throws UnsayableException {
    options.pass(LOADING);
    options.pass("num_predict");
    Said<List<String>> stop = options.texts("stop");
    sampling = new Sampling(
        options.number("temperature"),
        options.number("top_p"),
        options.whole("top_k"),
        options.number("frequency_penalty"),
        options.number("presence_penalty"),
        options.whole("seed"),
        stop == null || stop.value().isEmpty() ? null : stop);
    beyond.addAll(options.rest());
  }

  private @Nullable Said<Format> format() throws UnsayableException {
    Said<JsonNode> said = whole.take("format");
    if (said == null || isEmpty(said.value())) {
      return null;
    }
    if (said.value() instanceof ObjectNode schema) {
      return new Said<>(new Format.Schema("", schema, false), said.at());
    }
    if (!said.value().asText().equals("json")) {
      throw new UnsayableException(said.at(), "must be json or a JSON schema");
    }
    return new Said<>(new Format.AnyObject(), said.at());
  }

  private @Nullable Said<Reasoning> reasoning() throws UnsayableException {
    Said<JsonNode> said = whole.take("think");
    if (said == null) {
      return null;
    }
    if (said.value().isBoolean()) {
      Reasoning all = said.value().booleanValue() ? new Reasoning.Dynamic() : new Reasoning.Off();
      return new Said<>(all, said.at());
    }
    Reasoning.Level level = switch (said.value().asText()) {
      case "low" -> Reasoning.Level.LOW;
      case "medium" -> Reasoning.Level.MEDIUM;
      case "high" -> Reasoning.Level.HIGH;
      case "max" -> Reasoning.Level.MAX;
      default ->
        throw new UnsayableException(said.at(), "must be true, false, low, medium, high or max");
    };
    return new Said<>(new Reasoning.Effort(level), said.at());
  }

  private void unlessFalse(String field) throws UnsayableException {
    Said<Boolean> flag = whole.flag(field);
    if (flag != null && flag.value()) {
      beyond.add(new Said<>(flag.at(), flag.at()));
    }
  }
}
