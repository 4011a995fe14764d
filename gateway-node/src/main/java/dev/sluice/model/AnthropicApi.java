package dev.sluice.model;

import dev.sluice.ingress.Action;
import dev.sluice.model.anthropic.MessagesProvider;
import dev.sluice.model.chat.Outgoing;
import dev.sluice.model.chat.ProviderDialect;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.Terms;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Anthropic's API. */
final class AnthropicApi implements ProviderApi {
  private final ProviderDialect messages = new MessagesProvider();

  @Override
  public @Nullable Outgoing natively(Action.Call call, Question question, Terms terms) {
    if (call != Action.Call.MESSAGES && call != Action.Call.COUNT_TOKENS) {
      return null;
    }
    Map<String, String> fields = new HashMap<>(terms.carried());
    fields.putIfAbsent(MessagesProvider.VERSION_FIELD, MessagesProvider.VERSION);
    return new Outgoing(question.pathFor(terms), fields, question.bodyFor(terms));
  }

  @Override
  public ProviderDialect conversations() {
    return messages;
  }

  @Override
  public Map<String, String> credential(String key) {
    return Map.of("x-api-key", key);
  }
}
