package dev.sluice.model.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Envelope;
import dev.sluice.model.chat.Fields;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.JsonBody;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.TextBytes;
import dev.sluice.model.chat.UnsayableException;
import dev.sluice.model.chat.Words;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A request to chat or to generate. It streams unless it says otherwise. */
final class OllamaQuestion implements Question {
  private static final int TEMPLATE_TOKENS = 16;
  private static final String CAP = "options.num_predict";

  private final JsonBody body;
  private final OllamaShape shape;
  private final Envelope envelope;

  private OllamaQuestion(JsonBody body, OllamaShape shape, Envelope envelope) {
    this.body = body;
    this.shape = shape;
    this.envelope = envelope;
  }

  static OllamaQuestion read(JsonBody body, OllamaShape shape) throws UnsayableException {
    Fields whole = Fields.of(body.tree(), "");
    lowerCase(whole);
    String model = whole.textOrEmpty("model");
    if (model.isEmpty()) {
      throw new UnsayableException("model", "you must name a model");
    }
    Said<Boolean> stream = whole.flag("stream");
    Fields options = whole.fields("options");
    Long cap = options == null ? null : cap(options);
    Counted counted = shape == OllamaShape.CHAT ? messages(whole) : prompt(whole);
    Envelope envelope = new Envelope(
        model,
        stream == null || stream.value(),
        1,
        cap,
        TextBytes.ofAll(body.tree()) + TEMPLATE_TOKENS * (2 + counted.entries()),
        0,
        counted.unbounded(),
        counted.words(),
        counted.lastUserText(),
        body.tree().has("tools") || body.tree().has("format"));
    return new OllamaQuestion(body, shape, envelope);
  }

  /** Ollama reads names in any case; two of one name could be read as one here and as the other there. */
  static void lowerCase(Fields fields) throws UnsayableException {
    for (Iterator<String> names = fields.object().fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!name.chars().allMatch(c -> c < 0x80 && !Character.isUpperCase(c))) {
        throw new UnsayableException(fields.at(name), "names of fields must be in lower case");
      }
    }
  }

  /** What is not above 0 stands for no cap. */
  private static @Nullable Long cap(Fields options) throws UnsayableException {
    Said<JsonNode> said = options.take("num_predict");
    if (said == null) {
      return null;
    }
    if (!said.value().isIntegralNumber() || !said.value().canConvertToInt()) {
      throw new UnsayableException(said.at(), "must be a whole number");
    }
    return said.value().longValue() > 0 ? said.value().longValue() : null;
  }

  private record Counted(
      long entries,
      long words,
      String lastUserText,
      @Nullable String unbounded) {}

  private static Counted messages(Fields whole) throws UnsayableException {
    long words = 0;
    String lastUserText = "";
    String unbounded = null;
    List<Fields> messages = whole.list("messages");
    for (Fields message : messages) {
      lowerCase(message);
      String content = message.textOrEmpty("content");
      words += Words.count(content);
      lastUserText = message.textOrEmpty("role").equals("user") ? content : lastUserText;
      unbounded = unbounded == null ? images(message) : unbounded;
    }
    long entries = (long) messages.size() + whole.list("tools").size();
    return new Counted(entries, words, lastUserText, unbounded);
  }

  private static Counted prompt(Fields whole) throws UnsayableException {
    String prompt = whole.textOrEmpty("prompt");
    long words = Words.count(prompt) + Words.count(whole.textOrEmpty("system"));
    String images = images(whole);
    Said<JsonNode> context = whole.take("context");
    boolean longer = context != null && !context.value().isEmpty();
    return new Counted(2, words, prompt, images == null && longer ? "context" : images);
  }

  private static @Nullable String images(Fields fields) throws UnsayableException {
    Said<JsonNode> images = fields.take("images");
    return images == null || images.value().isEmpty() ? null : images.at();
  }

  @Override
  public Envelope envelope() {
    return envelope;
  }

  @Override
  public byte[] bodyFor(Terms terms) {
    Map<String, String> set = new TreeMap<>();
    if (!terms.model().equals(envelope.model())) {
      set.put("model", Json.quoted(terms.model()));
    }
    if (Objects.requireNonNullElse(envelope.outputCap(), Long.MAX_VALUE) > terms.outputCap()) {
      set.put(CAP, Long.toString(terms.outputCap()));
    }
    return body.with(set);
  }

  @Override
  public String pathFor(Terms terms) {
    return shape == OllamaShape.CHAT ? "/api/chat" : "/api/generate";
  }

  @Override
  public Conversation conversation() throws UnsayableException {
    return new OllamaReader(body, envelope).read(shape);
  }
}
