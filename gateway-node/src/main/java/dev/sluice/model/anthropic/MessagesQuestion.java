package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Envelope;
import dev.sluice.model.chat.Fields;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.JsonBody;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.TextBytes;
import dev.sluice.model.chat.UnsayableException;
import dev.sluice.model.chat.Words;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A request for a message, or for the count of its tokens. What images, documents and Anthropic's own tools bring, its bytes don't bound. */
final class MessagesQuestion implements Question {
  private static final int TEMPLATE_TOKENS = 16;
  private static final long LEAST_BUDGET = 1024;
  private static final String BUDGET = "thinking.budget_tokens";
  private static final Set<String> BOUNDED =
      Set.of("text", "tool_use", "tool_result", "thinking", "redacted_thinking");

  private final JsonBody body;
  private final boolean counts;
  private final String model;
  private final boolean stream;
  private final @Nullable Long cap;
  private long things;
  private long words;
  private String lastUserText = "";
  private @Nullable String unbounded;

  private MessagesQuestion(JsonBody body, boolean counts) throws UnsayableException {
    this.body = body;
    this.counts = counts;
    Fields whole = Fields.of(body.tree(), "");
    this.model = whole.textOrEmpty("model");
    if (model.isEmpty()) {
      throw new UnsayableException("model", "model: field required");
    }
    this.stream = whole.isTrue("stream");
    Said<Long> most = whole.whole("max_tokens");
    if (!counts && (most == null || most.value() < 1)) {
      throw new UnsayableException(
          "max_tokens", "max_tokens: a whole number of at least 1 is required");
    }
    this.cap = counts || most == null ? Long.valueOf(0) : most.value();
    List<Fields> messages = whole.list("messages");
    if (messages.isEmpty()) {
      throw new UnsayableException("messages", "messages: at least one message is required");
    }
    for (Fields message : messages) {
      message(message);
    }
    for (Fields tool : whole.list("tools")) {
      things++;
      String type = tool.textOrEmpty("type");
      if (!type.isEmpty() && !type.equals("custom")) {
        unbounded(tool.at());
      }
    }
    for (String field : List.of("mcp_servers", "container")) {
      Said<JsonNode> said = whole.take(field);
      if (said != null && !said.value().isEmpty()) {
        unbounded(field);
      }
    }
  }

  /** @param counts whether only the count of its tokens is asked for */
  static QuestionRead read(byte[] body, boolean counts) {
    try {
      return new QuestionRead.Good(new MessagesQuestion(JsonBody.read(body), counts));
    } catch (UnsayableException e) {
      return new QuestionRead.Bad(e.field(), e.why());
    }
  }

  private void message(Fields message) throws UnsayableException {
    things++;
    boolean user = message.textOrEmpty("role").equals("user");
    StringBuilder text = new StringBuilder();
    Said<JsonNode> content = message.take("content");
    if (content != null && content.value().isTextual()) {
      text.append(content.value().textValue());
    } else if (content != null && content.value().isArray()) {
      int at = 0;
      for (JsonNode block : content.value()) {
        block(Fields.of(block, content.at() + "[" + at++ + "]"), text);
      }
    }
    words += Words.count(text.toString());
    if (user) {
      lastUserText = text.toString();
    }
  }

  private void block(Fields block, StringBuilder text) throws UnsayableException {
    String type = block.textOrEmpty("type");
    if (!BOUNDED.contains(type)) {
      unbounded(block.at());
    } else if (type.equals("text")) {
      text.append(text.length() == 0 ? "" : " ").append(block.textOrEmpty("text"));
    } else if (type.equals("tool_result")) {
      things++;
      Said<JsonNode> content = block.take("content");
      for (JsonNode inner : content == null ? Json.MAPPER.createArrayNode() : content.value()) {
        if (inner.isObject() && !inner.path("type").asText().equals("text")) {
          unbounded(block.at("content"));
        }
      }
    }
  }

  private void unbounded(String field) {
    unbounded = unbounded == null ? field : unbounded;
  }

  @Override
  public Envelope envelope() {
    long bytes = 0;
    for (String field : List.of("system", "messages", "tools", "tool_choice", "output_config")) {
      bytes += TextBytes.ofAll(body.path(field));
    }
    return new Envelope(
        model,
        stream,
        1,
        cap,
        bytes + TEMPLATE_TOKENS * (2L + things),
        0,
        unbounded,
        words,
        lastUserText);
  }

  @Override
  public byte[] bodyFor(Terms terms) {
    Map<String, String> set = new TreeMap<>();
    if (!terms.model().equals(model)) {
      set.put("model", Json.quoted(terms.model()));
    }
    if (!counts && cap != null && cap > terms.outputCap()) {
      set.put("max_tokens", Long.toString(terms.outputCap()));
      long budget = body.path("thinking").path("budget_tokens").asLong();
      if (budget >= terms.outputCap() && terms.outputCap() > LEAST_BUDGET) {
        set.put(BUDGET, Long.toString(terms.outputCap() - 1));
      }
    }
    return body.with(set);
  }

  @Override
  public String pathFor(Terms terms) {
    return counts ? "/v1/messages/count_tokens" : "/v1/messages";
  }

  @Override
  public Conversation conversation() throws UnsayableException {
    return new MessagesReader(Fields.of(body.tree(), "")).read();
  }
}
