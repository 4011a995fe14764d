package dev.sluice.model.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.Signature;
import dev.sluice.model.chat.TokenUsage;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes events of the chunks of an answer of Gemini's; a whole answer is one chunk. */
final class GeminiAnswer {
  private static final class Progress {
    private int calls;
    private boolean ended;
  }

  private static final Set<String> MODELS_FAULT = Set.of(
      "MALFORMED_FUNCTION_CALL",
      "UNEXPECTED_TOOL_CALL",
      "TOO_MANY_TOOL_CALLS",
      "MISSING_THOUGHT_SIGNATURE",
      "MALFORMED_RESPONSE");
  private static final Set<String> BLOCKED = Set.of(
      "SAFETY",
      "RECITATION",
      "LANGUAGE",
      "BLOCKLIST",
      "PROHIBITED_CONTENT",
      "SPII",
      "IMAGE_SAFETY",
      "IMAGE_PROHIBITED_CONTENT",
      "IMAGE_RECITATION",
      "IMAGE_OTHER",
      "OTHER");
  private static final int LONGEST_ID = 24;

  private final Map<Integer, Progress> candidates = new TreeMap<>();
  private String callPrefix = "";
  private boolean begun;
  private boolean failed;
  private @Nullable TokenUsage usage;

  boolean failed() {
    return failed;
  }

  /** Whether all candidates have ended. */
  boolean ended() {
    return !failed
        && !candidates.isEmpty()
        && candidates.values().stream().allMatch(one -> one.ended);
  }

  /** Takes the next chunk. */
  void take(JsonNode chunk, Consumer<AnswerEvent> out) {
    JsonNode whole = chunk.isArray() && chunk.size() == 1 ? chunk.path(0) : chunk;
    if (whole.path("error").isObject()) {
      fail(GeminiErrors.of(whole.path("error").path("code").asInt(500), whole), out);
      return;
    }
    if (!begun) {
      begun = true;
      String id = whole.path("responseId").asText("");
      callPrefix = "call_" + prefix(id);
      out.accept(new AnswerEvent.Began(id));
    }
    for (JsonNode candidate : whole.path("candidates")) {
      candidate(candidate, whole, out);
      if (failed) {
        return;
      }
    }
    String blocked = whole.path("promptFeedback").path("blockReason").asText("");
    if (!blocked.isEmpty() && candidates.isEmpty()) {
      candidates.computeIfAbsent(0, none -> new Progress()).ended = true;
      out.accept(new AnswerEvent.Ended(0, AnswerEvent.Reason.FILTERED, ""));
    }
    used(whole, out);
  }

  /** Ends candidates that did not say that they did: for an answer that is known to be whole. */
  void wholeAnyway(Consumer<AnswerEvent> out) {
    candidates.forEach((index, progress) -> {
      if (!progress.ended) {
        progress.ended = true;
        out.accept(new AnswerEvent.Ended(index, stopped(progress), ""));
      }
    });
  }

  void fail(ProviderError error, Consumer<AnswerEvent> out) {
    failed = true;
    out.accept(new AnswerEvent.Failed(error));
  }

  private void used(JsonNode chunk, Consumer<AnswerEvent> out) {
    JsonNode told = chunk.path("usageMetadata");
    if (!told.isObject()) {
      return;
    }
    Usage reading = new Usage();
    told.properties().forEach(field -> {
      if (field.getValue().isIntegralNumber()) {
        reading.take(field.getKey(), field.getValue().longValue());
      }
    });
    TokenUsage now = reading.counters();
    if (!now.equals(usage)) {
      usage = now;
      out.accept(new AnswerEvent.Used(now));
    }
  }

  private void candidate(JsonNode candidate, JsonNode chunk, Consumer<AnswerEvent> out) {
    int index = Math.max(0, candidate.path("index").asInt(0));
    Progress progress = candidates.computeIfAbsent(index, none -> new Progress());
    if (progress.ended) {
      return;
    }
    for (JsonNode part : candidate.path("content").path("parts")) {
      part(index, progress, part, out);
      if (failed) {
        return;
      }
    }
    String reason = candidate.path("finishReason").asText("");
    if (MODELS_FAULT.contains(reason)) {
      used(chunk, out);
      String told = candidate.path("finishMessage").asText("");
      fail(
          new ProviderError(
              502,
              ProviderError.Kind.FAILED,
              "Gemini ended its answer with " + reason + (told.isEmpty() ? "" : ": " + told)),
          out);
    } else if (!reason.isEmpty() && !reason.equals("FINISH_REASON_UNSPECIFIED")) {
      progress.ended = true;
      out.accept(new AnswerEvent.Ended(index, reason(reason, progress), ""));
    }
  }

  private void part(int index, Progress progress, JsonNode part, Consumer<AnswerEvent> out) {
    String text = part.path("text").asText("");
    boolean thought = part.path("thought").asBoolean();
    if (thought && !text.isEmpty()) {
      out.accept(new AnswerEvent.Thought(index, text));
    }
    String signature = part.path("thoughtSignature").asText("");
    if (!signature.isEmpty()) {
      out.accept(new AnswerEvent.Signed(index, new Signature(Signature.Maker.GEMINI, signature)));
    }
    if (!thought && !text.isEmpty()) {
      out.accept(new AnswerEvent.Text(index, text));
    }
    JsonNode call = part.path("functionCall");
    if (call.isObject()) {
      String id = call.path("id").asText("");
      int number = progress.calls++;
      String unique = id.isEmpty() ? callPrefix + "_" + index + "_" + number : id;
      out.accept(
          new AnswerEvent.ToolBegan(index, number, unique, call.path("name").asText("")));
      JsonNode arguments = call.path("args");
      out.accept(new AnswerEvent.ToolArguments(
          index, number, arguments.isObject() ? arguments.toString() : "{}"));
    }
    if (part.has("inlineData") || part.has("fileData")) {
      fail(
          new ProviderError(
              502,
              ProviderError.Kind.FAILED,
              "Gemini answered with media, which can't be carried to another API"),
          out);
    }
  }

  /** A reason that nobody knows is a block, unless the model called a tool: servers that speak Gemini's dialect end so. */
  private static AnswerEvent.Reason reason(String finish, Progress progress) {
    return switch (finish) {
      case "STOP" -> stopped(progress);
      case "MAX_TOKENS" -> AnswerEvent.Reason.LENGTH;
      default ->
        progress.calls > 0 && !BLOCKED.contains(finish)
            ? AnswerEvent.Reason.TOOL_CALLS
            : AnswerEvent.Reason.FILTERED;
    };
  }

  private static AnswerEvent.Reason stopped(Progress progress) {
    return progress.calls > 0 ? AnswerEvent.Reason.TOOL_CALLS : AnswerEvent.Reason.STOP;
  }

  /** Of calls without an id; unique to the answer. */
  private static String prefix(String id) {
    String clean = id.replaceAll("[^A-Za-z0-9-]", "");
    String unique = clean.isEmpty() ? UUID.randomUUID().toString().replace("-", "") : clean;
    return unique.length() > LONGEST_ID ? unique.substring(0, LONGEST_ID) : unique;
  }
}
