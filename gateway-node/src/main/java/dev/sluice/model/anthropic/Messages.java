package dev.sluice.model.anthropic;

import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.AnswerWriter;
import dev.sluice.model.chat.CallerDialect;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;

/** {@code POST /v1/messages}, as callers speak it. */
public final class Messages implements CallerDialect {
  @Override
  public QuestionRead read(String path, String contentType, byte[] body) {
    return MessagesQuestion.read(body, false);
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
    return stream ? new MessagesStreamTap() : new MessagesDocumentTap();
  }
}
