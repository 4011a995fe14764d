package dev.sluice.model.gemini;

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
 * The Gemini API and Vertex, as providers. They differ in base URL and credential: {@code
 * https://generativelanguage.googleapis.com/v1beta} with the field {@code x-goog-api-key}, and {@link
 * dev.sluice.model.vertex.VertexPlace#path} with a bearer token.
 */
public final class GeminiProvider implements ProviderDialect {
  @Override
  public Outgoing ask(Conversation conversation, Terms terms, Losses losses)
      throws UnsayableException {
    GeminiPath.stays(terms.model());
    byte[] body = new GeminiRequest(terms, losses)
        .of(conversation)
        .toString()
        .getBytes(StandardCharsets.UTF_8);
    String path = conversation.stream()
        ? GeminiPath.to(terms.model(), GeminiQuestion.STREAM) + "?alt=sse"
        : GeminiPath.to(terms.model(), GeminiQuestion.WHOLE);
    return new Outgoing(path, body);
  }

  @Override
  public AnswerReader stream() {
    return new GeminiStreamReader();
  }

  @Override
  public AnswerReader document() {
    return new GeminiDocumentReader();
  }

  @Override
  public ProviderError error(int status, byte[] body) {
    return GeminiErrors.read(status, body);
  }
}
