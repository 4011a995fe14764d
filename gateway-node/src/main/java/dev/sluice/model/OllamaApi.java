package dev.sluice.model;

import dev.sluice.ingress.Action;
import dev.sluice.model.chat.Outgoing;
import dev.sluice.model.chat.ProviderDialect;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.embed.EmbeddingDialect;
import dev.sluice.model.embed.OllamaEmbeddings;
import dev.sluice.model.ollama.OllamaProvider;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Ollama's own API. */
final class OllamaApi implements ProviderApi {
  private static final EmbeddingDialect EMBEDDINGS = new OllamaEmbeddings();

  private final ProviderDialect chat = new OllamaProvider();

  @Override
  public @Nullable Outgoing natively(Action.Call call, Question question, Terms terms) {
    return switch (call) {
      case OLLAMA_CHAT, OLLAMA_GENERATE, OLLAMA_EMBED, OLLAMA_EMBEDDINGS ->
        new Outgoing(question.pathFor(terms), question.bodyFor(terms));
      case EMBEDDINGS -> new Outgoing("/v1/embeddings", question.bodyFor(terms));
      default -> null;
    };
  }

  @Override
  public ProviderDialect conversations(String model) {
    return chat;
  }

  @Override
  public EmbeddingDialect embeddings(String model) {
    return EMBEDDINGS;
  }

  @Override
  public @Nullable ProviderDialect untold(Action.Call call, String model) {
    return Callers.converses(call) ? chat : null;
  }

  @Override
  public Map<String, String> fields(String proof, Sent request) {
    return Map.of("Authorization", "Bearer " + proof);
  }
}
