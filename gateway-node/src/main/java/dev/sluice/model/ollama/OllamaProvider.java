package dev.sluice.model.ollama;

import dev.sluice.model.chat.AnswerReader;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.Outgoing;
import dev.sluice.model.chat.ProviderDialect;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.UnsayableException;
import java.nio.charset.StandardCharsets;

/** Ollama as a provider, in its own dialect. Its base URL has no path: {@code http://ollama:11434}. */
public final class OllamaProvider implements ProviderDialect {
  @Override
  public Outgoing ask(Conversation conversation, Terms terms, Losses losses)
      throws UnsayableException {
    String body = new OllamaRequest(terms, losses).of(conversation).toString();
    return new Outgoing("/api/chat", body.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public AnswerReader stream() {
    return new OllamaAnswer(true);
  }

  @Override
  public AnswerReader document() {
    return new OllamaAnswer(false);
  }

  @Override
  public ProviderError error(int status, byte[] body) {
    return OllamaErrors.read(status, body);
  }
}
