package dev.sluice.model.anthropic;

import dev.sluice.model.chat.AnswerReader;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.Outgoing;
import dev.sluice.model.chat.ProviderDialect;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.UnsayableException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Anthropic's Messages, as a provider. Its base URL has no path: {@code https://api.anthropic.com}. */
public final class MessagesProvider implements ProviderDialect {
  public static final String VERSION_FIELD = "anthropic-version";
  public static final String VERSION = "2023-06-01";

  @Override
  public Outgoing ask(Conversation conversation, Terms terms, Losses losses)
      throws UnsayableException {
    String body = new MessagesRequest(terms, losses).of(conversation).toString();
    return new Outgoing(
        "/v1/messages", Map.of(VERSION_FIELD, VERSION), body.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public AnswerReader stream() {
    return new MessagesStreamReader();
  }

  @Override
  public AnswerReader document() {
    return new MessagesDocumentReader();
  }

  @Override
  public ProviderError error(int status, byte[] body) {
    return AnthropicErrors.read(status, body);
  }
}
