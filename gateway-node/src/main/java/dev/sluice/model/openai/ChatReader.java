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
import org.jspecify.annotations.Nullable;

/**
 * Reads a whole chat completion request. The deprecated {@code functions} are tools; instructions that stand between turns are
 * said before them.
 */
final class ChatReader {
  private static final long MOST_CHOICES = 128;

  /** Read by name. */
  private static final Set<String> READ = Set.of(
      "model",
      "messages",
      "stream",
      "n",
      "max_tokens",
      "max_completion_tokens",
      "tools",
      "functions",
      "tool_choice",
      "function_call",
      "parallel_tool_calls",
      "temperature",
      "top_p",
      "top_k",
      "frequency_penalty",
      "presence_penalty",
      "seed",
      "stop",
      "response_format",
      "reasoning_effort",
      "user",
      "safety_identifier");

  /** Change nothing of what is answered: tags, tiers, hints of caches and of speed. */
  private static final Set<String> HARMLESS = Set.of(
      "metadata",
      "service_tier",
      "stream_options",
      "prediction",
      "prompt_cache_key",
      "prompt_cache_options",
      "prompt_cache_retention");

  private final Given request;
  private final List<Said<String>> beyond = new ArrayList<>();
  private @Nullable Said<ToolChoice> toolChoice;
  private @Nullable Said<Boolean> parallelTools;

  private ChatReader(JsonBody body) {
    this.request = new Given("", body.tree());
  }

  static Conversation read(JsonBody body) throws UnsayableException {
    return new ChatReader(body).read();
  }

  private Conversation read() throws UnsayableException {
    ChatTurns turns = new ChatTurns(beyond);
    turns.read(request.of("messages"));
    List<Tool> tools = tools();
    parallelTools = request.of("parallel_tool_calls").saidFlag();
    toolChoice = Wordings.choice(request.of("tool_choice"), "function", beyond);
    functionsToo(tools);
    Sampling sampling = Wordings.sampling(request);
    Said<Format> format = Wordings.format(
        request.of("response_format"), request.of("response_format").of("json_schema"));
    Said<Reasoning> reasoning = Wordings.effort(request.of("reasoning_effort"));
    Said<String> safety = request.of("safety_identifier").saidText();
    Said<String> user = request.of("user").saidText();
    Given n = request.of("n");
    long choices = n.said() ? n.whole(1, MOST_CHOICES) : 1;
    collectBeyond();
    return new Conversation(
        turns.system(),
        turns.turns(),
        tools,
        toolChoice,
        parallelTools,
        sampling,
        format,
        reasoning,
        new Said<>(choices, "n"),
        request.of("stream").flagOr(false),
        safety == null ? user : safety,
        beyond);
  }

  private List<Tool> tools() throws UnsayableException {
    List<Tool> tools = new ArrayList<>();
    for (Given tool : request.of("tools").list()) {
      Given type = tool.of("type");
      if (type.said() && !type.text().equals("function")) {
        beyond.add(new Said<>(type.text(), tool.at()));
      } else {
        tools.add(Wordings.function(tool.at(), tool.of("function")));
      }
    }
    return tools;
  }

  /** Functions, as tools were called once: one at a time. */
  private void functionsToo(List<Tool> tools) throws UnsayableException {
    Given functions = request.of("functions");
    if (!functions.said()) {
      return;
    }
    for (Given function : functions.list()) {
      tools.add(Wordings.function(function.at(), function));
    }
    Given call = request.of("function_call");
    if (call.said() && toolChoice == null) {
      ToolChoice choice;
      if (!call.isText()) {
        choice = new ToolChoice.Named(call.of("name").text());
      } else if (call.text().equals("none")) {
        choice = new ToolChoice.None();
      } else if (call.text().equals("auto")) {
        choice = new ToolChoice.Auto();
      } else {
        throw call.wrong("none, auto or an object with a name");
      }
      toolChoice = new Said<>(choice, call.at());
    }
    if (parallelTools == null && tools.size() > 0) {
      parallelTools = new Said<>(false, functions.at());
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
      case "store", "logprobs" -> !field.flag();
      case "top_logprobs" -> field.whole(0, Long.MAX_VALUE) == 0;
      case "logit_bias" -> field.object().isEmpty();
      case "verbosity" -> field.text().equals("medium");
      case "modalities" -> {
        boolean text = true;
        for (Given one : field.list()) {
          text &= one.text().equals("text");
        }
        yield text;
      }
      default -> false;
    };
  }
}
