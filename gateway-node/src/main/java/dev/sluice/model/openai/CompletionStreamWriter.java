package dev.sluice.model.openai;

import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.AnswerWriter;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.TokenUsage;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** Writes an answer as completion chunks. There is no place for thoughts and calls. */
final class CompletionStreamWriter implements AnswerWriter {
  private final AnswerTerms terms;
  private String head;
  private @Nullable TokenUsage usage;

  CompletionStreamWriter(AnswerTerms terms) {
    this.terms = terms;
    this.head = head("");
  }

  private String head(String id) {
    return Chunks.head(
        id.isEmpty() ? "cmpl-" + terms.id() : id,
        "text_completion",
        terms.createdSeconds(),
        terms.model());
  }

  @Override
  public String contentType() {
    return "text/event-stream; charset=utf-8";
  }

  @Override
  public void write(AnswerEvent event, ByteArrayOutputStream out) {
    if (event instanceof AnswerEvent.Began began) {
      head = head(began.id());
    } else if (event instanceof AnswerEvent.Text text) {
      chunk(text.choice(), text.text(), "null", out);
    } else if (event instanceof AnswerEvent.Declined declined) {
      chunk(declined.choice(), declined.text(), "null", out);
    } else if (event instanceof AnswerEvent.Ended ended) {
      chunk(ended.choice(), "", Json.quoted(finishReason(ended.reason())), out);
    } else if (event instanceof AnswerEvent.Used used) {
      usage = used.usage();
    } else if (event instanceof AnswerEvent.Failed failed) {
      Chunks.event(out, "data: " + Errors.json(failed.error()));
    }
  }

  static String finishReason(AnswerEvent.Reason reason) {
    return switch (reason) {
      case STOP, TOOL_CALLS -> "stop";
      case LENGTH -> "length";
      case FILTERED -> "content_filter";
    };
  }

  private void chunk(int choice, String text, String reason, ByteArrayOutputStream out) {
    Chunks.event(
        out,
        head + ",\"choices\":[{\"text\":" + Json.quoted(text) + ",\"index\":" + choice
            + ",\"logprobs\":null,\"finish_reason\":" + reason + "}]"
            + (terms.tellUsage() ? ",\"usage\":null}" : "}"));
  }

  @Override
  public void end(ByteArrayOutputStream out) {
    TokenUsage told = usage;
    if (terms.tellUsage() && told != null) {
      Chunks.event(out, head + ",\"choices\":[],\"usage\":" + Usage.chat(told) + "}");
    }
    Chunks.done(out);
  }
}
