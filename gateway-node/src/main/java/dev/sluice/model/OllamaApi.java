package dev.sluice.model;

import dev.sluice.ingress.Action;
import dev.sluice.model.chat.Outgoing;
import dev.sluice.model.chat.ProviderDialect;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.ollama.OllamaProvider;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Ollama's own API. */
final class OllamaApi implements ProviderApi {
  private final ProviderDialect chat = new OllamaProvider();

  @Override
  public @Nullable Outgoing natively(Action.Call call, Question question, Terms terms) {
    return switch (call) {
      case OLLAMA_CHAT, OLLAMA_GENERATE ->
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
  public Map<String, String> fields(String proof, Sent request) {
    return Map.of("Authorization", "Bearer " + proof);
  }
}
