package dev.sluice.model;

import dev.sluice.ingress.Action;
import dev.sluice.ingress.DeclaredModelProvider.Kind;
import dev.sluice.ingress.ModelProvider;
import dev.sluice.model.chat.Outgoing;
import dev.sluice.model.chat.ProviderDialect;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.openai.ChatProvider;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** OpenAI's API: there, at Azure, and wherever else it is spoken. */
final class OpenAiApi implements ProviderApi {
  private static final ProviderDialect CHAT = new ChatProvider();

  private final ModelProvider provider;

  OpenAiApi(ModelProvider provider) {
    this.provider = provider;
  }

  @Override
  public @Nullable Outgoing natively(Action.Call call, Question question, Terms terms) {
    String path = switch (call) {
      case CHAT_COMPLETIONS -> "/chat/completions";
      case RESPONSES ->
        provider.kind() == Kind.OPENAI_COMPATIBLE || provider.kind() == Kind.ECHO
            ? ""
            : "/responses";
      case COMPLETIONS -> "/completions";
      case EMBEDDINGS -> "/embeddings";
      case IMAGES -> "/images/generations";
      case IMAGE_EDITS -> "/images/edits";
      case IMAGE_VARIATIONS -> "/images/variations";
      case SPEECH -> "/audio/speech";
      case TRANSCRIPTIONS -> "/audio/transcriptions";
      case TRANSLATIONS -> "/audio/translations";
      case MODERATIONS -> "/moderations";
      case RERANK, RERANK_V2 -> "/rerank";
      default -> "";
    };
    return path.isEmpty() ? null : new Outgoing(path, question.bodyFor(terms));
  }

  /** Azure has a path for each deployment, unless it is called without a version. */
  @Override
  public String path(String path, String model) {
    if (provider.kind() != Kind.AZURE_OPENAI) {
      return path;
    }
    String version = provider.place().apiVersion();
    return version.isEmpty()
        ? "/openai/v1" + path
        : "/openai/deployments/" + URLEncoder.encode(model, StandardCharsets.UTF_8) + path
            + "?api-version=" + version;
  }

  @Override
  public ProviderDialect conversations(String model) {
    return CHAT;
  }

  @Override
  public Map<String, String> fields(String proof, Sent request) {
    return provider.kind() == Kind.AZURE_OPENAI
        ? Map.of("api-key", proof)
        : Map.of("Authorization", "Bearer " + proof);
  }
}
