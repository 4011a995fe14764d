package dev.sluice.model.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerEvent.Reason;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.AnswerWriter;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.TokenUsage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes an answer as a response: as events, each with its number, from {@code response.created} to the one that ends all; or as
 * a document. There is one answer only: others than the first are left out.
 */
final class ResponsesWriter implements AnswerWriter {
  private final ResponsesQuestion question;
  private final AnswerTerms terms;
  private final boolean stream;
  private final ByteArrayOutputStream events = new ByteArrayOutputStream();
  private final ResponseItems items;
  private long number;
  private boolean created;
  private Reason reason = Reason.STOP;
  private @Nullable TokenUsage usage;

  ResponsesWriter(ResponsesQuestion question, AnswerTerms terms, boolean stream) {
    this.question = question;
    this.terms = terms;
    this.stream = stream;
    this.items = new ResponseItems(terms.id(), this::event);
  }

  @Override
  public String contentType() {
    return stream ? "text/event-stream; charset=utf-8" : "application/json";
  }

  @Override
  public void write(AnswerEvent event, ByteArrayOutputStream out) {
    create();
    if (event instanceof AnswerEvent.Text text && text.choice() == 0) {
      items.text(text.text());
    } else if (event instanceof AnswerEvent.Declined declined && declined.choice() == 0) {
      items.declined(declined.text());
    } else if (event instanceof AnswerEvent.Thought thought && thought.choice() == 0) {
      items.thought(thought.text());
    } else if (event instanceof AnswerEvent.Signed signed && signed.choice() == 0) {
      items.signed(signed.signature());
    } else if (event instanceof AnswerEvent.ToolBegan call && call.choice() == 0) {
      items.call(call.index(), call.id(), call.name());
    } else if (event instanceof AnswerEvent.ToolArguments arguments && arguments.choice() == 0) {
      items.arguments(arguments.index(), arguments.json());
    } else if (event instanceof AnswerEvent.Ended ended && ended.choice() == 0) {
      reason = ended.reason();
      items.close(incomplete() ? "incomplete" : "completed");
    } else if (event instanceof AnswerEvent.Used used) {
      usage = used.usage();
    } else if (event instanceof AnswerEvent.Failed failed) {
      fail(failed.error(), out);
      return;
    }
    flush(out);
  }

  private boolean incomplete() {
    return reason == Reason.LENGTH || reason == Reason.FILTERED;
  }

  private void create() {
    if (created) {
      return;
    }
    created = true;
    if (stream) {
      event("response.created", with(response("in_progress")));
      event("response.in_progress", with(response("in_progress")));
    }
  }

  private static ObjectNode with(ObjectNode response) {
    ObjectNode event = Json.MAPPER.createObjectNode();
    event.set("response", response);
    return event;
  }

  /** Tells an event; a document has none. */
  private void event(String type, ObjectNode more) {
    if (!stream) {
      return;
    }
    ObjectNode event = Json.MAPPER.createObjectNode().put("type", type);
    event.put("sequence_number", number++);
    event.setAll(more);
    events.writeBytes(
        ("event: " + type + "\ndata: " + event + "\n\n").getBytes(StandardCharsets.UTF_8));
  }

  private void flush(ByteArrayOutputStream out) {
    out.writeBytes(events.toByteArray());
    events.reset();
  }

  /** A stream ends with a response that failed; in place of a document stands an error. */
  private void fail(ProviderError error, ByteArrayOutputStream out) {
    if (!stream) {
      out.writeBytes(Errors.json(error).toString().getBytes(StandardCharsets.UTF_8));
      return;
    }
    items.close("incomplete");
    ObjectNode response = response("failed");
    response
        .putObject("error")
        .put("code", Errors.code(error.kind()))
        .put("message", error.message());
    event("response.failed", with(response));
    flush(out);
  }

  @Override
  public void end(ByteArrayOutputStream out) {
    create();
    items.close(incomplete() ? "incomplete" : "completed");
    String status = incomplete() ? "incomplete" : "completed";
    ObjectNode response = response(status);
    if (incomplete()) {
      response
          .putObject("incomplete_details")
          .put("reason", reason == Reason.LENGTH ? "max_output_tokens" : "content_filter");
    }
    if (stream) {
      event("response." + status, with(response));
      flush(out);
    } else {
      out.writeBytes(response.toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  private ObjectNode response(String status) {
    ObjectNode response = ResponseHead.of(question, terms, status);
    response.set("output", items.done());
    TokenUsage told = usage;
    if (told == null || status.equals("in_progress")) {
      response.putNull("usage");
    } else {
      response.set("usage", Usage.response(told));
    }
    return response;
  }
}
