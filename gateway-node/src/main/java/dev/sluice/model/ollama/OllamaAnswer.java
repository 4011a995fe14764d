package dev.sluice.model.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerReader;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.TokenUsage;
import java.io.ByteArrayOutputStream;
import java.util.UUID;
import java.util.function.Consumer;

/** Reads an answer of Ollama's, in lines, or whole: then it is one that may have any layout. */
final class OllamaAnswer implements AnswerReader {
  private final boolean stream;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private String callPrefix = "";
  private boolean begun;
  private boolean failed;
  private boolean done;
  private int calls;

  OllamaAnswer(boolean stream) {
    this.stream = stream;
  }

  @Override
  public void read(byte[] bytes, int from, int to, Consumer<AnswerEvent> out) {
    int start = from;
    for (int i = from; stream && i < to && !failed; i++) {
      if (bytes[i] == '\n') {
        keep(bytes, start, i, out);
        line(out);
        start = i + 1;
      }
    }
    keep(bytes, start, to, out);
  }

  private void keep(byte[] bytes, int from, int to, Consumer<AnswerEvent> out) {
    if (failed || done) {
      return;
    }
    if (kept.size() + to - from > MOST_KEPT_BYTES) {
      fail(unreadable("it is longer than " + MOST_KEPT_BYTES + " bytes"), out);
    } else {
      kept.write(bytes, from, to - from);
    }
  }

  @Override
  public boolean end(Consumer<AnswerEvent> out) {
    line(out);
    if (!failed && !stream && !done) {
      fail(unreadable("it is no answer"), out);
    }
    return done && !failed;
  }

  /** Reads what was kept as one line. */
  private void line(Consumer<AnswerEvent> out) {
    byte[] line = kept.toByteArray();
    kept.reset();
    if (failed || done || isBlank(line)) {
      return;
    }
    JsonNode read = Json.tree(line);
    if (read == null || !read.isObject()) {
      fail(unreadable("a line is no JSON object"), out);
    } else if (read.path("error").isTextual()) {
      fail(OllamaErrors.of(read.path("status_code").asInt(500), read), out);
    } else {
      take(read, out);
    }
  }

  private static boolean isBlank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\r' && b != '\t' && b != '\n') {
        return false;
      }
    }
    return true;
  }

  private void take(JsonNode line, Consumer<AnswerEvent> out) {
    if (!begun) {
      begun = true;
      callPrefix = "call_" + prefix(line.path("created_at").asText(""));
      out.accept(new AnswerEvent.Began(""));
    }
    JsonNode message = line.path("message");
    String thinking = message.path("thinking").asText("");
    if (!thinking.isEmpty()) {
      out.accept(new AnswerEvent.Thought(0, thinking));
    }
    String text = message.path("content").asText("");
    if (!text.isEmpty()) {
      out.accept(new AnswerEvent.Text(0, text));
    }
    for (JsonNode call : message.path("tool_calls")) {
      call(call, out);
    }
    if (line.path("done").asBoolean()) {
      done(line, out);
    }
  }

  private void call(JsonNode call, Consumer<AnswerEvent> out) {
    JsonNode function = call.path("function");
    String id = call.path("id").asText("");
    int index = calls++;
    String unique = id.isEmpty() ? callPrefix + "_" + index : id;
    out.accept(new AnswerEvent.ToolBegan(0, index, unique, function.path("name").asText("")));
    JsonNode arguments = function.path("arguments");
    String json = arguments.isObject() ? arguments.toString() : "{}";
    out.accept(new AnswerEvent.ToolArguments(0, index, json));
  }

  /** Of a prompt that was found in a cache the count is missing; then nothing is said of the usage at all. */
  private void done(JsonNode line, Consumer<AnswerEvent> out) {
    done = true;
    AnswerEvent.Reason stopped =
        calls > 0 ? AnswerEvent.Reason.TOOL_CALLS : AnswerEvent.Reason.STOP;
    boolean cut = line.path("done_reason").asText("").equals("length");
    out.accept(new AnswerEvent.Ended(0, cut ? AnswerEvent.Reason.LENGTH : stopped, ""));
    if (line.path("prompt_eval_count").isIntegralNumber()) {
      long prompt = line.path("prompt_eval_count").longValue();
      out.accept(
          new AnswerEvent.Used(TokenUsage.of(prompt, line.path("eval_count").asLong())));
    }
  }

  private void fail(ProviderError error, Consumer<AnswerEvent> out) {
    failed = true;
    kept.reset();
    out.accept(new AnswerEvent.Failed(error));
  }

  private static ProviderError unreadable(String why) {
    return new ProviderError(
        502, ProviderError.Kind.FAILED, "Ollama's answer can't be read: " + why);
  }

  /** Of calls without an id; unique to the answer, which says when it was made to the nanosecond. */
  private static String prefix(String createdAt) {
    String digits = createdAt.replaceAll("[^0-9]", "");
    return digits.length() < 14
        ? UUID.randomUUID().toString().replace("-", "")
        : digits.substring(2, Math.min(digits.length(), 26));
  }
}
