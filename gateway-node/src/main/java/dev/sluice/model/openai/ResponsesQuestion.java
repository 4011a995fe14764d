package dev.sluice.model.openai;

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
import dev.sluice.model.chat.Words;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A request for a response. What a conversation that is stored with the provider, its own tools and its stored prompts bring into
 * the context, its bytes don't bound. Encrypted thoughts are bounded by theirs: a cipher is not shorter than its text.
 */
final class ResponsesQuestion implements Question {
  private static final String CAP = "max_output_tokens";
  private static final Set<String> BOUNDED_ITEMS = Set.of(
      "message",
      "function_call",
      "function_call_output",
      "custom_tool_call",
      "custom_tool_call_output",
      "reasoning");
  private static final Set<String> BOUNDED_PARTS =
      Set.of("input_text", "output_text", "refusal", "text", "reasoning_text", "summary_text");
  private static final Set<String> BOUNDED_TOOLS = Set.of("function", "custom");

  private final JsonBody body;
  private final String model;
  private final boolean stream;
  private final boolean instructed;
  private final @Nullable Long outputCap;
  private final StringBuilder lastUserText = new StringBuilder();
  private long words;
  private long things;
  private @Nullable String unbounded;

  private ResponsesQuestion(JsonBody body) throws UnsayableException {
    this.body = body;
    FieldNames.check(body.tree());
    Given request = new Given("", body.tree());
    this.model = request.of("model").textOrNone();
    if (model.isEmpty()) {
      throw new UnsayableException("model", "you must name a model");
    }
    this.stream = request.of("stream").flagOr(false);
    Given cap = request.of(CAP);
    this.outputCap = cap.said() ? cap.whole(1, Long.MAX_VALUE) : null;
    if (request.of("background").flagOr(false)) {
      throw new UnsayableException(
          "background",
          "background can't be true: what an answer that is fetched later has used is not told here");
    }
    unbounded = request.of("prompt").said() ? "prompt" : VendorFields.unbounded(request);
    Given input = request.of("input");
    if (!input.said() && unbounded == null) {
      throw new UnsayableException("input", "you must send an input");
    }
    if (input.isText()) {
      things++;
      lastUserText.append(input.text());
      words += Words.count(input.text());
    } else {
      for (Given item : input.list()) {
        item(item);
      }
    }
    words += Words.count(
        request.of("instructions").isText() ? request.of("instructions").text() : "");
    instructed = request.of("tools").said() || request.of("text").said();
    for (Given tool : request.of("tools").list()) {
      things++;
      if (!BOUNDED_TOOLS.contains(tool.of("type").text())) {
        unbounded(tool.at());
      }
    }
  }

  /** @param bytes the whole JSON document */
  static QuestionRead read(byte[] bytes) {
    try {
      return new QuestionRead.Good(new ResponsesQuestion(JsonBody.read(bytes)));
    } catch (UnsayableException e) {
      return new QuestionRead.Bad(e.field(), e.why());
    }
  }

  private void item(Given item) throws UnsayableException {
    things++;
    item.object();
    Given type = item.of("type");
    if (type.said() && !BOUNDED_ITEMS.contains(type.text())) {
      unbounded(item.at());
    }
    boolean user = item.of("role").isText() && item.of("role").text().equals("user");
    if (user) {
      lastUserText.setLength(0);
    }
    for (String field : new String[] {"content", "output", "summary"}) {
      Given content = item.of(field);
      if (content.isText()) {
        text(content.text(), user);
      } else if (content.isList()) {
        for (Given part : content.list()) {
          part(part, user);
        }
      }
    }
  }

  private void part(Given part, boolean user) throws UnsayableException {
    part.object();
    if (!BOUNDED_PARTS.contains(part.of("type").text())) {
      unbounded(part.at());
    } else if (part.of("text").isText()) {
      text(part.of("text").text(), user);
    }
  }

  private void text(String text, boolean user) {
    words += Words.count(text);
    if (user) {
      lastUserText.append(lastUserText.length() == 0 ? "" : " ").append(text);
    }
  }

  private void unbounded(String field) {
    unbounded = unbounded == null ? field : unbounded;
  }

  @Override
  public Envelope envelope() {
    long bytes = 0;
    for (String field : new String[] {"instructions", "input", "tools", "tool_choice", "text"}) {
      bytes += Texts.bytes(body.path(field));
    }
    return new Envelope(
            model,
            stream,
            1,
            outputCap,
            bytes + Texts.TEMPLATE_TOKENS * (2L + things),
            0,
            unbounded,
            words,
            lastUserText.toString(),
            instructed)
        .dearerBy(Surcharge.in(body.tree()));
  }

  @Override
  public byte[] bodyFor(Terms terms) {
    Map<String, String> set = new TreeMap<>();
    if (!terms.model().equals(model)) {
      set.put("model", Json.quoted(terms.model()));
    }
    if (outputCap == null || outputCap > terms.outputCap()) {
      set.put(CAP, Long.toString(terms.outputCap()));
    }
    VendorFields.cap(body.tree(), terms.outputCap(), set);
    return body.with(set);
  }

  @Override
  public Conversation conversation() throws UnsayableException {
    return new ResponsesReader(body).read();
  }

  /** A field of the request, to be told again in the answer. */
  JsonNode field(String name) {
    return body.path(name);
  }
}
