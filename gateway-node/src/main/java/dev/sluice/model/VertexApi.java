package dev.sluice.model;

import dev.sluice.ingress.Action;
import dev.sluice.ingress.ModelProvider;
import dev.sluice.model.anthropic.MessagesProvider;
import dev.sluice.model.anthropic.Platform;
import dev.sluice.model.chat.Outgoing;
import dev.sluice.model.chat.ProviderDialect;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.gemini.GeminiProvider;
import dev.sluice.model.vertex.VertexPlace;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Google's Vertex AI: Gemini and Claude, each in its own dialect, with tokens that a credential is good for. */
final class VertexApi implements ProviderApi {
  private static final MessagesProvider CLAUDE = new MessagesProvider(Platform.VERTEX);
  private static final ProviderDialect GEMINI = new GeminiProvider();

  private final VertexPlace place;
  private final GoogleTokens tokens;

  VertexApi(ModelProvider provider, GoogleTokens tokens) {
    this.place = new VertexPlace(provider.place().project(), provider.place().region());
    this.tokens = tokens;
  }

  private static boolean isClaude(String model) {
    return model.startsWith("claude");
  }

  @Override
  public @Nullable Outgoing natively(Action.Call call, Question question, Terms terms) {
    boolean claude = isClaude(terms.model());
    return switch (call) {
      case MESSAGES, COUNT_TOKENS -> claude ? CLAUDE.pass(question, terms) : null;
      case GEMINI, GEMINI_V1 ->
        claude ? null : new Outgoing(question.pathFor(terms), question.bodyFor(terms));
      default -> null;
    };
  }

  @Override
  public ProviderDialect conversations(String model) {
    return isClaude(model) ? CLAUDE : GEMINI;
  }

  /** Those of Claude come in Google's words if Google made them. */
  @Override
  public @Nullable ProviderDialect errors(Action.Call call, String model) {
    return isClaude(model) ? CLAUDE : null;
  }

  @Override
  public String path(String path, String model) {
    return place.path(isClaude(model) ? "anthropic" : "google") + path;
  }

  @Override
  public CompletionStage<String> proof(String credential) {
    return tokens.token(credential);
  }

  @Override
  public Map<String, String> fields(String proof, Sent request) {
    return Map.of("Authorization", "Bearer " + proof);
  }
}
