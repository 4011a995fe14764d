package dev.sluice.model.bedrock;

import dev.sluice.model.chat.AnswerReader;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.Outgoing;
import dev.sluice.model.chat.ProviderDialect;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.UnsayableException;
import java.nio.charset.StandardCharsets;

/**
 * Bedrock ({@code https://bedrock-runtime.eu-west-1.amazonaws.com}), in the dialect that all its models speak. Requests are signed
 * ({@link SigV4}), or have a bearer token. Answers that come as they are made come as frames.
 */
public final class ConverseProvider implements ProviderDialect {
  @Override
  public Outgoing ask(Conversation conversation, Terms terms, Losses losses)
      throws UnsayableException {
    String body = new ConverseRequest(conversation, terms, losses).body().toString();
    String operation = conversation.stream() ? "converse-stream" : "converse";
    return new Outgoing(
        ModelPath.of(terms.model(), operation), body.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public AnswerReader stream() {
    return new ConverseStreamReader();
  }

  @Override
  public AnswerReader document() {
    return new ConverseDocumentReader();
  }

  @Override
  public ProviderError error(int status, byte[] body) {
    return BedrockErrors.read(status, "", body);
  }

  @Override
  public ProviderError error(int status, String type, byte[] body) {
    return BedrockErrors.read(status, type, body);
  }
}
