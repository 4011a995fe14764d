package dev.sluice.model.openai;

import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Format;
import dev.sluice.model.chat.JsonBody;
import dev.sluice.model.chat.Reasoning;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.Sampling;
import dev.sluice.model.chat.Tool;
import dev.sluice.model.chat.ToolChoice;
import dev.sluice.model.chat.UnsayableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads a whole request for a response. What is stored with the provider has no words in other dialects. */
final class ResponsesReader {
  /** Read by name. */
  private static final Set<String> READ = Set.of(
      "model",
      "input",
      "instructions",
      "stream",
      "max_output_tokens",
      "tools",
      "tool_choice",
      "parallel_tool_calls",
      "temperature",
      "top_p",
      "text",
      "reasoning",
      "user",
      "safety_identifier",
      "include");

  /** Change nothing of what is answered; {@code max_tool_calls} counts only calls of the provider's own tools. */
  private static final Set<String> HARMLESS = Set.of(
      "metadata",
      "service_tier",
      "stream_options",
      "max_tool_calls",
      "prompt_cache_key",
      "prompt_cache_options",
      "prompt_cache_retention");

  private final Given request;
  private final List<Said<String>> beyond = new ArrayList<>();

  ResponsesReader(JsonBody body) {
    this.request = new Given("", body.tree());
  }

  Conversation read() throws UnsayableException {
    ResponsesTurns turns = new ResponsesTurns(beyond);
    turns.read(request.of("instructions"), request.of("input"));
    List<Tool> tools = tools();
    Said<ToolChoice> choice = Wordings.choice(request.of("tool_choice"), "", beyond);
    Given text = request.of("text");
    Said<Format> format = Wordings.format(text.of("format"), text.of("format"));
    unless(text.of("verbosity"), "medium");
    Given reasoning = request.of("reasoning");
    Said<Reasoning> effort = Wordings.effort(reasoning.of("effort"));
    unless(reasoning.of("mode"), "standard");
    unless(reasoning.of("context"), "auto");
    Said<String> safety = request.of("safety_identifier").saidText();
    Said<String> user = request.of("user").saidText();
    include();
    collectBeyond();
    return new Conversation(
        turns.system(),
        turns.turns(),
        tools,
        choice,
        request.of("parallel_tool_calls").saidFlag(),
        new Sampling(
            request.of("temperature").saidNumber(),
            request.of("top_p").saidNumber(),
            null,
            null,
            null,
            null,
            null),
        format,
        effort,
        new Said<>(1L, "n"),
        request.of("stream").flagOr(false),
        safety == null ? user : safety,
        beyond);
  }

  private List<Tool> tools() throws UnsayableException {
    List<Tool> tools = new ArrayList<>();
    for (Given tool : request.of("tools").list()) {
      String type = tool.of("type").text();
      if (type.equals("function")) {
        tools.add(Wordings.function(tool.at(), tool));
      } else {
        beyond.add(new Said<>(type, tool.at()));
      }
    }
    return tools;
  }

  /** What of the answer of other providers' models is never there can't be left out of it either. */
  private void include() throws UnsayableException {
    for (Given one : request.of("include").list()) {
      if (one.text().equals("message.output_text.logprobs")) {
        beyond.add(new Said<>(one.text(), one.at()));
      }
    }
  }

  private void unless(Given field, String usual) throws UnsayableException {
    if (field.said() && !field.text().equals(usual)) {
      beyond.add(new Said<>(field.name(), field.at()));
    }
  }

  private void collectBeyond() throws UnsayableException {
    for (Given field : request.fields()) {
      String name = field.at();
      if (field.said() && !READ.contains(name) && !HARMLESS.contains(name) && !saysNothing(field)) {
        beyond.add(new Said<>(name, name));
      }
    }
  }

  /** Whether a field that no other dialect has says what is so anyway. */
  private static boolean saysNothing(Given field) throws UnsayableException {
    return switch (field.at()) {
      case "store", "background" -> !field.flag();
      case "truncation" -> field.text().equals("disabled");
      case "top_logprobs" -> field.whole(0, Long.MAX_VALUE) == 0;
      default -> false;
    };
  }
}
