package dev.sluice.model.ollama;

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
import java.util.List;
import java.util.Map;

/** A request for embeddings. */
final class OllamaEmbedQuestion implements Question {
  private static final int TEMPLATE_TOKENS = 16;

  private final OllamaEmbed call;
  private final JsonBody body;
  private final Envelope envelope;

  private OllamaEmbedQuestion(OllamaEmbed call, JsonBody body, Envelope envelope) {
    this.call = call;
    this.body = body;
    this.envelope = envelope;
  }

  static OllamaEmbedQuestion read(OllamaEmbed call, JsonBody body) throws UnsayableException {
    Fields whole = Fields.of(body.tree(), "");
    OllamaQuestion.lowerCase(whole);
    String model = whole.textOrEmpty("model");
    if (model.isEmpty()) {
      throw new UnsayableException("model", "you must name a model");
    }
    Said<List<String>> texts = whole.texts(call.input());
    long entries = texts == null ? 0 : texts.value().size();
    long bound = TextBytes.ofAll(body.tree()) + TEMPLATE_TOKENS * (2 + entries);
    return new OllamaEmbedQuestion(
        call, body, new Envelope(model, false, 1, 0L, bound, 0, null, 0, ""));
  }

  @Override
  public Envelope envelope() {
    return envelope;
  }

  @Override
  public byte[] bodyFor(Terms terms) {
    return terms.model().equals(envelope.model())
        ? body.with(Map.of())
        : body.with(Map.of("model", Json.quoted(terms.model())));
  }

  @Override
  public String pathFor(Terms terms) {
    return call.path();
  }

  @Override
  public Conversation conversation() throws UnsayableException {
    throw new UnsayableException("model", "the model's provider has no embeddings");
  }
}
