package dev.sluice.model;

import dev.sluice.ingress.ModelProvider;
import java.time.InstantSource;

/** The APIs of all kinds of providers. */
final class ProviderApis {
  private static final ProviderApi ANTHROPIC = new AnthropicApi();
  private static final ProviderApi GEMINI = new GeminiApi();
  private static final ProviderApi OLLAMA = new OllamaApi();

  private final GoogleTokens tokens;
  private final InstantSource clock;

  /** @param clock for those who sign by the time */
  ProviderApis(GoogleTokens tokens, InstantSource clock) {
    this.tokens = tokens;
    this.clock = clock;
  }

  ProviderApi of(ModelProvider provider) {
    return switch (provider.kind()) {
      case ECHO, OPENAI_COMPATIBLE, OPENAI, AZURE_OPENAI, VLLM -> new OpenAiApi(provider);
      case ANTHROPIC -> ANTHROPIC;
      case GEMINI -> GEMINI;
      case OLLAMA -> OLLAMA;
      case BEDROCK -> new BedrockApi(provider, clock);
      case VERTEX -> new VertexApi(provider, tokens);
    };
  }
}
