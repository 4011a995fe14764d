package dev.sluice.model.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Envelope;
import dev.sluice.model.chat.Fields;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.JsonBody;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.Surcharge;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.UnsayableException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A request for content. Its model and whether it streams stand in the path. */
final class GeminiQuestion implements Question {
  static final String WHOLE = "generateContent";
  static final String STREAM = "streamGenerateContent";
  private static final int MOST_CHOICES = 128;

  private final JsonBody body;
  private final Envelope envelope;
  private final boolean sse;
  private final boolean showsThoughts;
  /** The caller's own spelling of the field of the cap. */
  private final String capAt;

  private GeminiQuestion(
      JsonBody body, Envelope envelope, boolean sse, boolean showsThoughts, String capAt) {
    this.body = body;
    this.envelope = envelope;
    this.sse = sse;
    this.showsThoughts = showsThoughts;
    this.capAt = capAt;
  }

  static boolean has(String method) {
    return method.equals(WHOLE) || method.equals(STREAM);
  }

  static GeminiQuestion read(GeminiPath path, boolean sse, JsonBody body)
      throws UnsayableException {
    Fields whole = Fields.of(body.tree(), "");
    Fields config = whole.fields("generationConfig", "generation_config");
    String capAt = (body.tree().has("generation_config") ? "generation_config" : "generationConfig")
        + ".maxOutputTokens";
    Long cap = null;
    long choices = 1;
    boolean showsThoughts = false;
    GeminiInput input = new GeminiInput();
    if (config != null) {
      Said<Long> said = count(config, 0, Integer.MAX_VALUE, "maxOutputTokens", "max_output_tokens");
      Said<Long> candidates = count(config, 1, MOST_CHOICES, "candidateCount", "candidate_count");
      cap = said == null || said.value() == 0 ? null : said.value();
      choices = candidates == null ? 1 : candidates.value();
      capAt = config.object().has("max_output_tokens")
          ? config.at("max_output_tokens")
          : config.at("maxOutputTokens");
      Fields thinking = config.fields("thinkingConfig", "thinking_config");
      showsThoughts = thinking != null && thinking.isTrue("includeThoughts", "include_thoughts");
      input.modalities(config);
    }
    input.read(whole);
    boolean stream = path.method().equals(STREAM);
    Envelope envelope =
        input.envelope(path.model(), stream, choices, cap).dearerBy(Surcharge.in(body.tree()));
    return new GeminiQuestion(body, envelope, sse, showsThoughts, capAt);
  }

  /** A count, which this API takes as a text too. */
  private static @Nullable Said<Long> count(
      Fields config, long least, long most, String name, String other) throws UnsayableException {
    Said<JsonNode> said = config.take(name, other);
    if (said == null) {
      return null;
    }
    JsonNode value = said.value();
    boolean digits = value.isTextual() && value.textValue().matches("\\d{1,10}");
    if (!digits && !(value.isIntegralNumber() && value.canConvertToLong())) {
      throw new UnsayableException(said.at(), "must be a whole number");
    }
    long count = value.asLong();
    if (count < least || count > most) {
      throw new UnsayableException(said.at(), "must be at least " + least + " and at most " + most);
    }
    return new Said<>(count, said.at());
  }

  @Override
  public Envelope envelope() {
    return envelope;
  }

  /** Whether an answer that comes as it is made comes as events; else it is one list. */
  boolean sse() {
    return sse;
  }

  /** Whether the caller asked to see thoughts. */
  boolean showsThoughts() {
    return showsThoughts;
  }

  @Override
  public byte[] bodyFor(Terms terms) {
    Map<String, String> set = new TreeMap<>();
    Long cap = envelope.outputCap();
    if (cap == null || cap > terms.outputCap()) {
      set.put(capAt, Long.toString(terms.outputCap()));
    }
    if (body.tree().has("model")) {
      set.put("model", Json.quoted(GeminiPath.full(terms.model())));
    }
    return body.with(set);
  }

  @Override
  public String pathFor(Terms terms) {
    return GeminiPath.to(terms.model(), envelope.stream() ? STREAM : WHOLE)
        + (envelope.stream() && sse ? "?alt=sse" : "");
  }

  @Override
  public Conversation conversation() throws UnsayableException {
    return GeminiReader.read(body, envelope);
  }
}
