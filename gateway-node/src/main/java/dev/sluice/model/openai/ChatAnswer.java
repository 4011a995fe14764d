package dev.sluice.model.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerEvent.Reason;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.TokenUsage;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What chat completions and their chunks say, whichever of the servers that speak like OpenAI wrote them: thoughts under two
 * names, content in parts, calls without index or id, arguments as text or object, usage at three places.
 */
final class ChatAnswer {
  /** More choices than anybody may ask for. */
  private static final int MOST_CHOICES = 128;

  private final String ids;
  private final Map<Integer, Choice> choices = new TreeMap<>();
  private boolean began;
  private boolean used;

  private static final class Choice {
    final ToolCalls calls;
    boolean ended;

    Choice(int index, String ids) {
      this.calls = new ToolCalls(index, ids);
    }
  }

  /** @param ids what those of tool calls begin with where the server gives none */
  ChatAnswer(String ids) {
    this.ids = ids;
  }

  /** Whether all choices have ended, of which there is one at least, and the usage was told. */
  boolean complete() {
    return used && allEnded();
  }

  private boolean allEnded() {
    return !choices.isEmpty() && choices.values().stream().allMatch(choice -> choice.ended);
  }

  /**
   * Reads a completion, or a chunk of one.
   *
   * @return whether it was an answer; else it has been told as a failure
   */
  boolean read(JsonNode document, Consumer<AnswerEvent> out) {
    JsonNode error = document.path("error");
    if (error.isObject() && !error.isEmpty() || error.isTextual()) {
      out.accept(new AnswerEvent.Failed(Errors.of(0, document)));
      return false;
    }
    JsonNode all = document.path("choices");
    String id = document.path("id").asText("");
    if (!began && (!id.isEmpty() || !all.isEmpty())) {
      began = true;
      out.accept(new AnswerEvent.Began(id));
    }
    for (JsonNode choice : all) {
      if (!choice(choice, out)) {
        return false;
      }
    }
    usage(document, all, out);
    return true;
  }

  private void usage(JsonNode document, JsonNode all, Consumer<AnswerEvent> out) {
    for (JsonNode place : new JsonNode[] {
      document.path("usage"), document.path("x_groq").path("usage"), all.path(0).path("usage")
    }) {
      TokenUsage usage = Usage.in(place);
      if (usage != null) {
        used = true;
        out.accept(new AnswerEvent.Used(usage));
        return;
      }
    }
  }

  private boolean choice(JsonNode choice, Consumer<AnswerEvent> out) {
    int index = choice.path("index").asInt(0);
    if (index < 0 || index >= MOST_CHOICES) {
      return true;
    }
    Choice state = choices.computeIfAbsent(index, at -> new Choice(at, ids));
    if (state.ended) {
      return true;
    }
    JsonNode said = choice.has("message") ? choice.path("message") : choice.path("delta");
    thought(index, said, out);
    content(index, said.path("content"), out);
    String refusal = said.path("refusal").asText("");
    if (said.path("refusal").isTextual() && !refusal.isEmpty()) {
      out.accept(new AnswerEvent.Declined(index, refusal));
    }
    state.calls.read(said, out);
    String reason =
        choice.path("finish_reason").isTextual() ? choice.path("finish_reason").textValue() : "";
    return reason.isEmpty() || end(index, state, reason, choice, out);
  }

  private static void thought(int index, JsonNode said, Consumer<AnswerEvent> out) {
    JsonNode thought = said.path("reasoning_content").isTextual()
        ? said.path("reasoning_content")
        : said.path("reasoning");
    if (thought.isTextual() && !thought.textValue().isEmpty()) {
      out.accept(new AnswerEvent.Thought(index, thought.textValue()));
    }
  }

  /** A text, or parts: texts, and thoughts as Mistral has them. */
  private static void content(int index, JsonNode content, Consumer<AnswerEvent> out) {
    if (content.isTextual()) {
      text(index, content, out);
      return;
    }
    for (JsonNode part : content) {
      JsonNode thinking = part.path("thinking");
      for (JsonNode one : thinking) {
        if (one.path("text").isTextual() && !one.path("text").textValue().isEmpty()) {
          out.accept(new AnswerEvent.Thought(index, one.path("text").textValue()));
        }
      }
      text(index, part.path("text"), out);
    }
  }

  private static void text(int index, JsonNode text, Consumer<AnswerEvent> out) {
    if (text.isTextual() && !text.textValue().isEmpty()) {
      out.accept(new AnswerEvent.Text(index, text.textValue()));
    }
  }

  private boolean end(
      int index, Choice state, String reason, JsonNode choice, Consumer<AnswerEvent> out) {
    String word = reason.toLowerCase(Locale.ROOT);
    if (word.equals("error") || word.equals("insufficient_system_resource")) {
      out.accept(new AnswerEvent.Failed(new ProviderError(
          word.equals("error") ? 500 : 503,
          word.equals("error") ? ProviderError.Kind.FAILED : ProviderError.Kind.OVERLOADED,
          "the provider ended the answer: " + word)));
      return false;
    }
    Reason known = switch (word) {
      case "length", "max_tokens", "model_length" -> Reason.LENGTH;
      case "content_filter", "safety", "refusal", "sensitive" -> Reason.FILTERED;
      case "tool_calls", "function_call", "tool_use", "tool_call" -> Reason.TOOL_CALLS;
      default -> state.calls.any() ? Reason.TOOL_CALLS : Reason.STOP;
    };
    String stop =
        choice.path("stop_reason").isTextual() ? choice.path("stop_reason").textValue() : "";
    state.ended = true;
    out.accept(new AnswerEvent.Ended(index, known, known == Reason.STOP ? stop : ""));
    return true;
  }

  /** The server says that all is said: choices that did not say so themselves end here. */
  void over(Consumer<AnswerEvent> out) {
    choices.forEach((index, choice) -> {
      if (!choice.ended) {
        choice.ended = true;
        Reason reason = choice.calls.any() ? Reason.TOOL_CALLS : Reason.STOP;
        out.accept(new AnswerEvent.Ended(index, reason, ""));
      }
    });
  }

  /** Reads a document; one that is none is told as a failure. */
  boolean read(byte[] bytes, Consumer<AnswerEvent> out) {
    JsonNode document = Json.tree(bytes);
    if (document == null || !document.isObject()) {
      out.accept(new AnswerEvent.Failed(unreadable("its answer is not JSON")));
      return false;
    }
    return read(document, out);
  }

  boolean read(String json, Consumer<AnswerEvent> out) {
    return read(json.getBytes(StandardCharsets.UTF_8), out);
  }

  static ProviderError unreadable(String why) {
    return new ProviderError(
        502, ProviderError.Kind.FAILED, "the provider's answer can't be read: " + why);
  }
}
