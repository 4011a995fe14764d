package dev.sluice.model.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.Format;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.Reasoning;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.Sampling;
import dev.sluice.model.chat.Tool;
import dev.sluice.model.chat.ToolChoice;
import dev.sluice.model.chat.UnsayableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What chat completions and responses say alike: functions, which of them may be called, formats, efforts. */
final class Wordings {
  private Wordings() {}

  /** @param at of the tool; its function may stand deeper */
  static Tool function(String at, Given function) throws UnsayableException {
    function.object();
    String name = function.of("name").text();
    if (name.isEmpty()) {
      throw function.of("name").wrong("the name of a function");
    }
    Given parameters = function.of("parameters");
    return new Tool(
        at,
        name,
        function.of("description").textOrNone(),
        parameters.said() ? parameters.object() : Json.MAPPER.createObjectNode(),
        function.of("strict").flagOr(false));
  }

  /**
   * Reads which tools may be called.
   *
   * @param nameIn field of the object that has the name; empty if the object itself has it
   * @param beyond takes a choice that only OpenAI has
   */
  static @Nullable Said<ToolChoice> choice(Given choice, String nameIn, List<Said<String>> beyond)
      throws UnsayableException {
    if (!choice.said()) {
      return null;
    }
    if (choice.isText()) {
      ToolChoice word = switch (choice.text()) {
        case "auto" -> new ToolChoice.Auto();
        case "none" -> new ToolChoice.None();
        case "required", "any" -> new ToolChoice.Any();
        default -> throw choice.wrong("none, auto, required or an object");
      };
      return new Said<>(word, choice.at());
    }
    if (!choice.of("type").text().equals("function")) {
      beyond.add(new Said<>(choice.of("type").text(), choice.at()));
      return null;
    }
    Given named = nameIn.isEmpty() ? choice : choice.of(nameIn);
    return new Said<>(new ToolChoice.Named(named.of("name").text()), choice.at());
  }

  /**
   * Reads what the answer must look like.
   *
   * @param schema where name, schema and strictness stand
   */
  static @Nullable Said<Format> format(Given format, Given schema) throws UnsayableException {
    if (!format.said()) {
      return null;
    }
    return switch (format.of("type").text()) {
      case "text" -> null;
      case "json_object" -> new Said<>(new Format.AnyObject(), format.at());
      case "json_schema" ->
        new Said<>(
            new Format.Schema(
                schema.of("name").textOrNone(),
                described(schema),
                schema.of("strict").flagOr(false)),
            format.at());
      default -> throw format.of("type").wrong("text, json_object or json_schema");
    };
  }

  /** The schema; what it is for stands in it, if it was said beside it. */
  private static ObjectNode described(Given schema) throws UnsayableException {
    ObjectNode object = schema.of("schema").object();
    String description = schema.of("description").textOrNone();
    return description.isEmpty() || object.has("description")
        ? object
        : object.deepCopy().put("description", description);
  }

  static @Nullable Said<Reasoning> effort(Given effort) throws UnsayableException {
    if (!effort.said()) {
      return null;
    }
    String word = effort.text();
    if (word.equals("none")) {
      return new Said<>(new Reasoning.Off(), effort.at());
    }
    for (Reasoning.Level level : Reasoning.Level.values()) {
      if (level.name().toLowerCase(Locale.ROOT).equals(word)) {
        return new Said<>(new Reasoning.Effort(level), effort.at());
      }
    }
    throw effort.wrong("none, minimal, low, medium, high, xhigh or max");
  }

  /** Of chat completions and of completions. */
  static Sampling sampling(Given request) throws UnsayableException {
    return new Sampling(
        request.of("temperature").saidNumber(),
        request.of("top_p").saidNumber(),
        topK(request),
        request.of("frequency_penalty").saidNumber(),
        request.of("presence_penalty").saidNumber(),
        request.of("seed").saidWhole(),
        stop(request));
  }

  /** Of servers that have it, as of vLLM, less than 1 says nothing. */
  private static @Nullable Said<Long> topK(Given request) throws UnsayableException {
    Said<Long> topK = request.of("top_k").saidWhole();
    return topK == null || topK.value() < 1 ? null : topK;
  }

  private static @Nullable Said<List<String>> stop(Given request) throws UnsayableException {
    Given stop = request.of("stop");
    if (!stop.said()) {
      return null;
    }
    if (stop.isText()) {
      return new Said<>(List.of(stop.text()), stop.at());
    }
    List<String> all = new ArrayList<>();
    for (Given one : stop.list()) {
      all.add(one.text());
    }
    return all.isEmpty() ? null : new Said<>(all, stop.at());
  }
}
