package dev.sluice.model.anthropic;

import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.AnswerWriter;
import dev.sluice.model.chat.CallerDialect;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.TokenUsage;

/** {@code POST /v1/messages/count_tokens}: only Anthropic itself can tell, and takes nothing for it. */
public final class CountTokens implements CallerDialect {
  private static final byte[] NOTHING = {};

  @Override
  public QuestionRead read(String path, String contentType, byte[] body) {
    return MessagesQuestion.read(body, true);
  }

  @Override
  public AnswerWriter stream(Question question, AnswerTerms terms) {
    return new MessagesStreamWriter(terms);
  }

  @Override
  public AnswerWriter document(Question question, AnswerTerms terms) {
    return new MessagesDocumentWriter(terms);
  }

  @Override
  public AnswerTap tap(Question question, boolean stream) {
    return new AnswerTap() {
      @Override
      public byte[] pass(byte[] bytes, int from, int to) {
        return DocumentTap.copy(bytes, from, to);
      }

      @Override
      public byte[] rest() {
        return NOTHING;
      }

      @Override
      public boolean whole() {
        return true;
      }

      @Override
      public TokenUsage usage() {
        return TokenUsage.NONE;
      }
    };
  }
}
