package dev.sluice.model.ollama;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.AnswerWriter;
import dev.sluice.model.chat.CarriedThought;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.TokenUsage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes an answer in lines, or whole. Signed thoughts travel in the id of the call that they led to. Of several choices Ollama has the first. Calls of tools go on whole, in one line at the
 * end, where none is cut.
 */
final class OllamaWriter implements AnswerWriter {
  private static final class Call {
    private final String id;
    private final String name;
    private final StringBuilder arguments = new StringBuilder();

    Call(String id, String name) {
      this.id = id;
      this.name = name;
    }
  }

  private final OllamaShape shape;
  private final AnswerTerms terms;
  private final LongSupplier nanoTime;
  private final boolean stream;
  private final long startedAt;
  private final Map<Integer, Call> calls = new TreeMap<>();
  private final StringBuilder text = new StringBuilder();
  private final StringBuilder thinking = new StringBuilder();
  private final StringBuilder unsigned = new StringBuilder();
  private final List<CarriedThought> signed = new ArrayList<>();
  private boolean spoke;
  private long firstAt;
  private boolean any;
  private AnswerEvent.Reason reason = AnswerEvent.Reason.STOP;
  private @Nullable TokenUsage usage;

  OllamaWriter(OllamaShape shape, AnswerTerms terms, LongSupplier nanoTime, boolean stream) {
    this.shape = shape;
    this.terms = terms;
    this.nanoTime = nanoTime;
    this.stream = stream;
    this.startedAt = nanoTime.getAsLong();
  }

  @Override
  public String contentType() {
    return stream ? "application/x-ndjson" : "application/json; charset=utf-8";
  }

  @Override
  public void write(AnswerEvent event, ByteArrayOutputStream out) {
    if (event instanceof AnswerEvent.Text said && said.choice() == 0) {
      said(said.text(), text, out);
    } else if (event instanceof AnswerEvent.Declined said && said.choice() == 0) {
      said(said.text(), text, out);
    } else if (event instanceof AnswerEvent.Thought thought && thought.choice() == 0) {
      unsigned.append(thought.text());
      said(thought.text(), thinking, out);
    } else if (event instanceof AnswerEvent.Signed mark && mark.choice() == 0) {
      signed.add(new CarriedThought(unsigned.toString(), mark.signature(), !spoke));
      unsigned.setLength(0);
    } else if (event instanceof AnswerEvent.ToolBegan began && began.choice() == 0) {
      calls.put(began.index(), new Call(CarriedThought.carry(began.id(), signed), began.name()));
      signed.clear();
      first();
    } else if (event instanceof AnswerEvent.ToolArguments more && more.choice() == 0) {
      Call call = calls.get(more.index());
      if (call != null) {
        call.arguments.append(more.json());
      }
    } else if (event instanceof AnswerEvent.Ended ended && ended.choice() == 0) {
      reason = ended.reason();
    } else if (event instanceof AnswerEvent.Used used) {
      usage = used.usage();
    } else if (event instanceof AnswerEvent.Failed failed) {
      line(errorBody(failed.error()), out);
    }
  }

  static ObjectNode errorBody(ProviderError error) {
    return Json.MAPPER.createObjectNode().put("error", error.message());
  }

  private void first() {
    firstAt = any ? firstAt : nanoTime.getAsLong();
    any = true;
  }

  private void said(String piece, StringBuilder where, ByteArrayOutputStream out) {
    first();
    spoke |= where == text;
    where.append(piece);
    if (stream) {
      line(piece(false), out);
      where.setLength(0);
    }
  }

  @Override
  public void end(ByteArrayOutputStream out) {
    ArrayNode called = called();
    if (stream && !called.isEmpty()) {
      ObjectNode line = piece(false);
      if (line.get("message") instanceof ObjectNode message) {
        message.set("tool_calls", called);
      } else {
        line.set("tool_calls", called);
      }
      line(line, out);
    }
    ObjectNode last = piece(true);
    if (!stream && !called.isEmpty() && last.get("message") instanceof ObjectNode message) {
      message.set("tool_calls", called);
    }
    last.put("done_reason", reason == AnswerEvent.Reason.LENGTH ? "length" : "stop");
    metrics(last);
    line(last, out);
  }

  /** The calls that are whole. */
  private ArrayNode called() {
    ArrayNode called = Json.MAPPER.createArrayNode();
    for (Call call : calls.values()) {
      String json = call.arguments.length() == 0 ? "{}" : call.arguments.toString();
      if (Json.tree(json.getBytes(StandardCharsets.UTF_8)) instanceof ObjectNode arguments) {
        ObjectNode one = called.addObject();
        if (!call.id.isEmpty()) {
          one.put("id", call.id);
        }
        one.putObject("function").put("name", call.name).set("arguments", arguments);
      }
    }
    return called;
  }

  private void metrics(ObjectNode last) {
    long now = nanoTime.getAsLong();
    long prompt = (any ? firstAt : now) - startedAt;
    last.put("total_duration", now - startedAt).put("load_duration", 0);
    if (usage != null) {
      last.put("prompt_eval_count", usage.input());
      last.put("prompt_eval_duration", prompt);
      last.put("eval_count", usage.output());
      last.put("eval_duration", now - startedAt - prompt);
    }
  }

  private ObjectNode piece(boolean done) {
    ObjectNode line = Json.MAPPER.createObjectNode().put("model", terms.model());
    Instant created =
        Instant.ofEpochSecond(terms.createdSeconds()).plusNanos(nanoTime.getAsLong() - startedAt);
    line.put("created_at", created.toString());
    ObjectNode said = line;
    if (shape == OllamaShape.CHAT) {
      said = line.putObject("message").put("role", "assistant").put("content", text.toString());
    } else {
      line.put("response", text.toString());
    }
    if (thinking.length() > 0) {
      said.put("thinking", thinking.toString());
    }
    return line.put("done", done);
  }

  private void line(ObjectNode line, ByteArrayOutputStream out) {
    out.writeBytes((line + (stream ? "\n" : "")).getBytes(StandardCharsets.UTF_8));
  }
}
