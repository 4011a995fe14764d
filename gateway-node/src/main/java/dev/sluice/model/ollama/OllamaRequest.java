package dev.sluice.model.ollama;

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
import dev.sluice.model.chat.Turn;
import dev.sluice.model.chat.UnsayableException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says a conversation to Ollama. */
final class OllamaRequest {
  private final Terms terms;
  private final Losses losses;

  OllamaRequest(Terms terms, Losses losses) {
    this.terms = terms;
    this.losses = losses;
  }

  ObjectNode of(Conversation conversation) throws UnsayableException {
    for (Said<String> field : conversation.beyond()) {
      losses.drop(field.at(), "Ollama has no such field");
    }
    if (conversation.choices().value() > 1) {
      losses.drop(conversation.choices(), "Ollama gives one answer at a time");
    }
    ObjectNode request = Json.MAPPER.createObjectNode().put("model", terms.model());
    messages(request.putArray("messages"), conversation);
    tools(request, conversation);
    Said<Format> format = conversation.format();
    if (format != null && format.value() instanceof Format.Schema schema) {
      request.set("format", schema.schema());
    } else if (format != null) {
      request.put("format", "json");
    }
    think(request, conversation.reasoning());
    options(request.putObject("options"), conversation.sampling());
    return request.put("stream", conversation.stream());
  }

  private void messages(ArrayNode messages, Conversation conversation) throws UnsayableException {
    StringBuilder system = new StringBuilder();
    for (Part.Text text : conversation.system()) {
      system.append(system.length() == 0 ? "" : "\n").append(text.text());
    }
    if (system.length() > 0) {
      messages.addObject().put("role", "system").put("content", system.toString());
    }
    for (Turn turn : conversation.turns()) {
      boolean user = turn.role() == Turn.Role.USER;
      for (Part part : turn.parts()) {
        if (part instanceof Part.ToolResult result) {
          result(result, messages.addObject().put("role", "tool"));
        }
      }
      Message message = new Message(user);
      for (Part part : turn.parts()) {
        message.add(part);
      }
      message.addTo(messages);
    }
  }

  private void result(Part.ToolResult result, ObjectNode message) throws UnsayableException {
    Message content = new Message(true);
    for (Part part : result.content()) {
      content.add(part);
    }
    if (!result.name().isEmpty()) {
      message.put("tool_name", result.name());
    }
    message.put("tool_call_id", result.id());
    content.fill(message);
  }

  /** The parts of a message. */
  private final class Message {
    private final boolean user;
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder thinking = new StringBuilder();
    private final ArrayNode images = Json.MAPPER.createArrayNode();
    private final ArrayNode calls = Json.MAPPER.createArrayNode();

    Message(boolean user) {
      this.user = user;
    }

    void add(Part part) throws UnsayableException {
      if (part instanceof Part.Text said) {
        text(said.text());
      } else if (part instanceof Part.Document document
          && document.source() instanceof Part.Source.PlainText plain) {
        text(plain.text());
      } else if (part instanceof Part.Image image
          && image.source() instanceof Part.Source.Bytes bytes) {
        images.add(bytes.base64());
      } else if (part instanceof Part.Image image) {
        losses.drop(image.at(), "Ollama takes images as base64 only");
      } else if (part instanceof Part.Thought thought) {
        // one that is signed is of another provider's model
        thinking.append(thought.signature() == null ? thought.text() : "");
      } else if (part instanceof Part.ToolUse call) {
        ObjectNode one = calls.addObject().put("id", call.id());
        one.putObject("function").put("name", call.name()).set("arguments", call.arguments());
      } else if (!(part instanceof Part.ToolResult)) {
        losses.drop(part.at(), "Ollama takes texts and images only");
      }
    }

    private void text(String more) {
      text.append(text.length() == 0 ? "" : "\n").append(more);
    }

    void addTo(ArrayNode messages) {
      if (text.length() > 0 || !images.isEmpty() || !calls.isEmpty()) {
        fill(messages.addObject().put("role", user ? "user" : "assistant"));
      }
    }

    void fill(ObjectNode message) {
      message.put("content", text.toString());
      if (thinking.length() > 0) {
        message.put("thinking", thinking.toString());
      }
      if (!images.isEmpty()) {
        message.set("images", images);
      }
      if (!calls.isEmpty()) {
        message.set("tool_calls", calls);
      }
    }
  }

  private void tools(ObjectNode request, Conversation conversation) throws UnsayableException {
    Said<ToolChoice> choice = conversation.toolChoice();
    ToolChoice wanted = choice == null ? new ToolChoice.Auto() : choice.value();
    if (!(wanted instanceof ToolChoice.Auto || wanted instanceof ToolChoice.None)) {
      losses.drop(choice, "Ollama can't make a model call a tool");
    }
    Said<Boolean> parallel = conversation.parallelTools();
    if (parallel != null && !parallel.value()) {
      losses.drop(parallel, "Ollama can't keep a model from calling several tools at once");
    }
    if (conversation.tools().isEmpty() || wanted instanceof ToolChoice.None) {
      return;
    }
    ArrayNode tools = request.putArray("tools");
    for (Tool tool : conversation.tools()) {
      if (tool.strict()) {
        losses.drop(tool.at() + ".strict", "Ollama does not hold arguments to their schema");
      }
      ObjectNode function = tools.addObject().put("type", "function").putObject("function");
      function.put("name", tool.name()).put("description", tool.description());
      function.set("parameters", tool.parameters().isEmpty() ? noParameters() : tool.parameters());
    }
  }

  private static ObjectNode noParameters() {
    ObjectNode schema = Json.MAPPER.createObjectNode().put("type", "object");
    schema.putObject("properties");
    return schema;
  }

  private static void think(ObjectNode request, @Nullable Said<Reasoning> said) {
    if (said == null) {
      return;
    }
    Reasoning reasoning = said.value();
    if (reasoning instanceof Reasoning.Effort effort) {
      request.put(
          "think",
          switch (effort.level()) {
            case MINIMAL, LOW -> "low";
            case MEDIUM -> "medium";
            case HIGH, XHIGH, MAX -> "high";
          });
    } else {
      request.put("think", !(reasoning instanceof Reasoning.Off));
    }
  }

  private void options(ObjectNode options, Sampling sampling) {
    options.put("num_predict", terms.outputCap());
    put(options, "temperature", sampling.temperature());
    put(options, "top_p", sampling.topP());
    put(options, "frequency_penalty", sampling.frequencyPenalty());
    put(options, "presence_penalty", sampling.presencePenalty());
    Said<Long> topK = sampling.topK();
    if (topK != null) {
      options.put("top_k", topK.value());
    }
    Said<Long> seed = sampling.seed();
    if (seed != null) {
      options.put("seed", seed.value());
    }
    Said<List<String>> stop = sampling.stop();
    if (stop != null) {
      ArrayNode sequences = options.putArray("stop");
      stop.value().forEach(sequences::add);
    }
  }

  private static void put(ObjectNode options, String name, @Nullable Said<Double> said) {
    if (said != null) {
      options.put(name, said.value());
    }
  }
}
