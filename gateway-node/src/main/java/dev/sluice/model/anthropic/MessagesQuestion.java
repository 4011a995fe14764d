package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Envelope;
import dev.sluice.model.chat.FieldNames;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.JsonBody;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.Surcharge;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.UnsayableException;
import java.util.Map;
import java.util.TreeMap;

/** A request for a message, or for how many tokens it has. */
final class MessagesQuestion implements Question {
  static final long LEAST_BUDGET = 1024;
  private static final String CAP = "max_tokens";

  private final JsonBody body;
  private final Envelope envelope;
  private final boolean counts;

  private MessagesQuestion(JsonBody body, Envelope envelope, boolean counts) {
    this.body = body;
    this.envelope = envelope;
    this.counts = counts;
  }

  /** @param counts whether it asks only for the number of its tokens */
  static QuestionRead read(byte[] bytes, boolean counts) {
    try {
      JsonBody body = JsonBody.read(bytes);
      return new QuestionRead.Good(new MessagesQuestion(body, envelope(body, counts), counts));
    } catch (UnsayableException e) {
      return new QuestionRead.Bad(e.field(), e.why());
    }
  }

  private static Envelope envelope(JsonBody body, boolean counts) throws UnsayableException {
    FieldNames.check(body.tree());
    JsonNode model = body.path("model");
    if (!model.isTextual() || model.textValue().isEmpty()) {
      throw new UnsayableException("model", "you must name a model");
    }
    JsonNode stream = body.path("stream");
    if (!stream.isMissingNode() && !stream.isNull() && !stream.isBoolean()) {
      throw new UnsayableException("stream", "stream must be true or false");
    }
    long cap = counts ? 0 : cap(body.path(CAP));
    MessagesInput input = new MessagesInput();
    input.read(body.tree());
    return new Envelope(
            model.textValue(),
            !counts && stream.asBoolean(),
            1,
            cap,
            input.bound(),
            0,
            input.unbounded(),
            input.words(),
            input.lastUserText())
        .dearerBy(counts ? null : Surcharge.in(body.tree()));
  }

  private static long cap(JsonNode cap) throws UnsayableException {
    if (!cap.isIntegralNumber() || !cap.canConvertToLong() || cap.longValue() < 0) {
      throw new UnsayableException(
          CAP,
          cap.isMissingNode()
              ? "you must say max_tokens, the most tokens of the answer"
              : "max_tokens must be a whole number of at least 0");
    }
    return cap.longValue();
  }

  @Override
  public Envelope envelope() {
    return envelope;
  }

  /** Whether it asks only for the number of its tokens. */
  boolean counts() {
    return counts;
  }

  /** Where the cap is cut, a budget of thoughts that would no longer be below it is cut too, or thinking is switched off. */
  @Override
  public byte[] bodyFor(Terms terms) {
    Map<String, String> set = new TreeMap<>();
    if (!terms.model().equals(envelope.model())) {
      set.put("model", Json.quoted(terms.model()));
    }
    Long cap = envelope.outputCap();
    if (!counts && (cap == null || cap > terms.outputCap())) {
      set.put(CAP, Long.toString(terms.outputCap()));
      budget(terms.outputCap(), set);
    }
    return body.with(set);
  }

  private void budget(long cap, Map<String, String> set) {
    JsonNode budget = body.path("thinking").path("budget_tokens");
    if (!budget.isIntegralNumber() || budget.longValue() < cap) {
      return;
    }
    if (cap - 1 >= LEAST_BUDGET) {
      set.put("thinking.budget_tokens", Long.toString(cap - 1));
    } else {
      set.put("thinking", "{\"type\":\"disabled\"}");
    }
  }

  @Override
  public String pathFor(Terms terms) {
    return counts ? "/v1/messages/count_tokens" : "/v1/messages";
  }

  @Override
  public Conversation conversation() throws UnsayableException {
    return new MessagesReader(counts).read(body.tree());
  }
}
