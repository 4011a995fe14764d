package dev.sluice.model;

import dev.sluice.ingress.Action;
import dev.sluice.model.anthropic.MessagesProvider;
import dev.sluice.model.chat.Outgoing;
import dev.sluice.model.chat.ProviderDialect;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.Terms;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Anthropic's API. */
final class AnthropicApi implements ProviderApi {
  private final MessagesProvider messages = new MessagesProvider();

  @Override
  public @Nullable Outgoing natively(Action.Call call, Question question, Terms terms) {
    if (call != Action.Call.MESSAGES && call != Action.Call.COUNT_TOKENS) {
      return null;
    }
    return messages.pass(question, terms);
  }

  @Override
  public ProviderDialect conversations(String model) {
    return messages;
  }

  @Override
  public Map<String, String> fields(String proof, Sent request) {
    return Map.of("x-api-key", proof);
  }
}
