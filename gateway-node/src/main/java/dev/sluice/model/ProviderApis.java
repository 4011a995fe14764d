package dev.sluice.model;

import dev.sluice.ingress.ModelProvider;

/** The API of each kind of provider. */
final class ProviderApis {
  private ProviderApis() {}

  static ProviderApi of(ModelProvider provider) {
    return switch (provider.kind()) {
      case ECHO, OPENAI_COMPATIBLE, OPENAI, AZURE_OPENAI, VLLM -> new OpenAiApi(provider);
      case ANTHROPIC -> new AnthropicApi();
      case GEMINI -> new GeminiApi();
      case OLLAMA -> new OllamaApi();
    };
  }
}
