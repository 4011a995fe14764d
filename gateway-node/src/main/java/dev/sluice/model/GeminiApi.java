package dev.sluice.model;

import dev.sluice.ingress.Action;
import dev.sluice.model.chat.Outgoing;
import dev.sluice.model.chat.ProviderDialect;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.embed.EmbeddingDialect;
import dev.sluice.model.embed.GeminiEmbeddings;
import dev.sluice.model.gemini.GeminiProvider;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Google's Gemini API. */
final class GeminiApi implements ProviderApi {
  private static final EmbeddingDialect EMBEDDINGS = new GeminiEmbeddings();
  private final ProviderDialect contents = new GeminiProvider();

  @Override
  public @Nullable Outgoing natively(Action.Call call, Question question, Terms terms) {
    return call == Action.Call.GEMINI || call == Action.Call.GEMINI_V1
        ? new Outgoing(question.pathFor(terms), question.bodyFor(terms))
        : null;
  }

  @Override
  public ProviderDialect conversations(String model) {
    return contents;
  }

  @Override
  public EmbeddingDialect embeddings(String model) {
    return EMBEDDINGS;
  }

  @Override
  public Map<String, String> fields(String proof, Sent request) {
    return Map.of("x-goog-api-key", proof);
  }
}
