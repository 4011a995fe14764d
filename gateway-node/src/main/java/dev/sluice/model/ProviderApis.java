package dev.sluice.model;

import dev.sluice.ingress.ModelProvider;

/** The API of each kind of provider. */
final class ProviderApis {
  private static final ProviderApi ANTHROPIC = new AnthropicApi();
  private static final ProviderApi GEMINI = new GeminiApi();
  private static final ProviderApi OLLAMA = new OllamaApi();

  private ProviderApis() {}

  static ProviderApi of(ModelProvider provider) {
    return switch (provider.kind()) {
      case ECHO, OPENAI_COMPATIBLE, OPENAI, AZURE_OPENAI, VLLM -> new OpenAiApi(provider);
      case ANTHROPIC -> ANTHROPIC;
      case GEMINI -> GEMINI;
      case OLLAMA -> OLLAMA;
    };
  }
}
