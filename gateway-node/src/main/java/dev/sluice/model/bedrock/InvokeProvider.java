package dev.sluice.model.bedrock;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.anthropic.MessagesDocumentReader;
import dev.sluice.model.anthropic.MessagesProvider;
import dev.sluice.model.anthropic.Platform;
import dev.sluice.model.chat.AnswerReader;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.Outgoing;
import dev.sluice.model.chat.ProviderDialect;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.UnsayableException;
import java.nio.charset.StandardCharsets;

/**
 * Claude at Bedrock ({@code https://bedrock-runtime.eu-west-1.amazonaws.com}), invoked with bodies of its own. Requests are signed
 * ({@link SigV4}), or have a bearer token. Answers that come as they are made come as frames.
 */
public final class InvokeProvider implements ProviderDialect {
  @Override
  public Outgoing ask(Conversation conversation, Terms terms, Losses losses)
      throws UnsayableException {
    ObjectNode body = MessagesProvider.body(Platform.BEDROCK, conversation, terms, losses);
    return outgoing(terms, conversation.stream(), body.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * A request of a caller who speaks Anthropic's dialect, unchanged but for what the terms and Bedrock demand. Its answer passes
   * through {@link FramesAsEvents} if it comes as it is made, else as at Anthropic.
   * The caller's betas stand in the body.
   */
  public Outgoing pass(Question question, Terms terms) {
    String betas = terms.carried().getOrDefault(MessagesProvider.BETA_FIELD, "");
    byte[] body = MessagesProvider.nativeBody(Platform.BEDROCK, question.bodyFor(terms), betas, "");
    return outgoing(terms, question.envelope().stream(), body);
  }

  private static Outgoing outgoing(Terms terms, boolean stream, byte[] body) {
    String operation = stream ? "invoke-with-response-stream" : "invoke";
    return new Outgoing(ModelPath.of(terms.model(), operation), body);
  }

  @Override
  public AnswerReader stream() {
    return new InvokeStreamReader();
  }

  @Override
  public AnswerReader document() {
    return new MessagesDocumentReader();
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
