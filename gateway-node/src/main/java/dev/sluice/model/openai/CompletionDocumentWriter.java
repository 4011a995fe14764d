package dev.sluice.model.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.AnswerWriter;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.TokenUsage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes an answer as one completion, at its end. There is no place for thoughts and calls. */
final class CompletionDocumentWriter implements AnswerWriter {
  private final AnswerTerms terms;
  private final Map<Integer, StringBuilder> texts = new TreeMap<>();
  private final Map<Integer, AnswerEvent.Reason> reasons = new TreeMap<>();
  private String id;
  private @Nullable TokenUsage usage;

  CompletionDocumentWriter(AnswerTerms terms) {
    this.terms = terms;
    this.id = "cmpl-" + terms.id();
  }

  @Override
  public String contentType() {
    return "application/json";
  }

  @Override
  public void write(AnswerEvent event, ByteArrayOutputStream out) {
    if (event instanceof AnswerEvent.Began began) {
      id = began.id().isEmpty() ? id : began.id();
    } else if (event instanceof AnswerEvent.Text text) {
      text(text.choice()).append(text.text());
    } else if (event instanceof AnswerEvent.Declined declined) {
      text(declined.choice()).append(declined.text());
    } else if (event instanceof AnswerEvent.Ended ended) {
      text(ended.choice());
      reasons.put(ended.choice(), ended.reason());
    } else if (event instanceof AnswerEvent.Used used) {
      usage = used.usage();
    } else if (event instanceof AnswerEvent.Failed failed) {
      out.writeBytes(Errors.json(failed.error()).toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  private StringBuilder text(int choice) {
    return texts.computeIfAbsent(choice, none -> new StringBuilder());
  }

  @Override
  public void end(ByteArrayOutputStream out) {
    ObjectNode document = Json.MAPPER.createObjectNode();
    document
        .put("id", id)
        .put("object", "text_completion")
        .put("created", terms.createdSeconds())
        .put("model", terms.model());
    ArrayNode choices = document.putArray("choices");
    texts.forEach((index, text) -> choices
        .addObject()
        .put("text", text.toString())
        .put("index", index)
        .putNull("logprobs")
        .put(
            "finish_reason",
            CompletionStreamWriter.finishReason(
                reasons.getOrDefault(index, AnswerEvent.Reason.STOP))));
    TokenUsage told = usage;
    if (told != null) {
      document.set("usage", Usage.chat(told));
    }
    out.writeBytes(document.toString().getBytes(StandardCharsets.UTF_8));
  }
}
