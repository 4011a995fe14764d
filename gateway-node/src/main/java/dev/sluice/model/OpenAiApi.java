package dev.sluice.model;

import dev.sluice.ingress.Action;
import dev.sluice.ingress.ChatTraits;
import dev.sluice.ingress.DeclaredModelProvider.Kind;
import dev.sluice.ingress.ModelProvider;
import dev.sluice.model.chat.Outgoing;
import dev.sluice.model.chat.ProviderDialect;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.embed.EmbeddingDialect;
import dev.sluice.model.embed.OpenAiEmbeddings;
import dev.sluice.model.openai.ChatOptions;
import dev.sluice.model.openai.ChatProvider;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** OpenAI's API: there, at Azure, and wherever else it is spoken. */
final class OpenAiApi implements ProviderApi {
  private static final EmbeddingDialect EMBEDDINGS = new OpenAiEmbeddings();

  private static final String RESPONSES = "/responses";
  private static final String ASKS_USAGE = ChatOptions.Feature.STREAM_OPTIONS.name();

  private final ModelProvider provider;
  private final ProviderDialect conversations;

  OpenAiApi(ModelProvider provider) {
    this.provider = provider;
    this.conversations = new ChatProvider(options(provider.chat()));
  }

  static ChatOptions options(ChatTraits traits) {
    Set<ChatOptions.Feature> features = EnumSet.copyOf(ChatOptions.OPENAI.features());
    traits.with().forEach(one -> features.add(ChatOptions.Feature.valueOf(one)));
    traits.without().forEach(one -> features.remove(ChatOptions.Feature.valueOf(one)));
    return new ChatOptions(
        ChatOptions.OPENAI.systemRole(), traits.seedField(), traits.anyTool(), features);
  }

  @Override
  public boolean asksUsage() {
    return !provider.chat().without().contains(ASKS_USAGE);
  }

  @Override
  public @Nullable Outgoing natively(Action.Call call, Question question, Terms terms) {
    String path = switch (call) {
      case CHAT_COMPLETIONS -> "/chat/completions";
      case RESPONSES ->
        provider.kind() == Kind.OPENAI_COMPATIBLE || provider.kind() == Kind.ECHO ? "" : RESPONSES;
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

  /** Azure has a path for each deployment, unless it is called without a version, or for a response. */
  @Override
  public String path(String path, String model) {
    if (provider.kind() != Kind.AZURE_OPENAI) {
      return path;
    }
    String version = provider.place().apiVersion();
    if (version.isEmpty()) {
      return "/openai/v1" + path;
    }
    boolean deployed = !path.equals(RESPONSES);
    return "/openai"
        + (deployed ? "/deployments/" + URLEncoder.encode(model, StandardCharsets.UTF_8) : "")
        + path + "?api-version=" + version;
  }

  @Override
  public ProviderDialect conversations(String model) {
    return conversations;
  }

  @Override
  public EmbeddingDialect embeddings(String model) {
    return EMBEDDINGS;
  }

  @Override
  public @Nullable ProviderDialect untold(Action.Call call, String model) {
    boolean own = provider.kind() == Kind.OPENAI || provider.kind() == Kind.AZURE_OPENAI;
    boolean other = call == Action.Call.COMPLETIONS || !Callers.converses(call);
    return own || other ? null : conversations(model);
  }

  @Override
  public Map<String, String> fields(String proof, Sent request) {
    return provider.kind() == Kind.AZURE_OPENAI
        ? Map.of("api-key", proof)
        : Map.of("Authorization", "Bearer " + proof);
  }
}
