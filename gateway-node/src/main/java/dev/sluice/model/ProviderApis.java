package dev.sluice.model;

import dev.sluice.ingress.ModelProvider;

/** The API of each kind of provider. */
final class ProviderApis {
  private ProviderApis() {}

  static ProviderApi of(ModelProvider provider) {
    return switch (provider.kind()) {
      case ECHO, OPENAI_COMPATIBLE, OPENAI, AZURE_OPENAI, VLLM -> new OpenAiApi(provider);
      default -> throw new IllegalStateException(provider.kind() + " is refused when it is declared");
    };
  }
}
