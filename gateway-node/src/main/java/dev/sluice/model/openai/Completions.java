package dev.sluice.model.openai;

import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.AnswerWriter;
import dev.sluice.model.chat.CallerDialect;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;

/** {@code POST /v1/completions}, the API before chats, as callers speak it. */
public final class Completions implements CallerDialect {
  @Override
  public QuestionRead read(String path, String contentType, byte[] body) {
    return CompletionQuestion.read(body);
  }

  @Override
  public AnswerWriter stream(Question question, AnswerTerms terms) {
    return new CompletionStreamWriter(terms);
  }

  @Override
  public AnswerWriter document(Question question, AnswerTerms terms) {
    return new CompletionDocumentWriter(terms);
  }

  @Override
  public AnswerTap tap(Question question, boolean stream) {
    return stream ? new SseUsage(question.hidesUsage()) : new JsonUsage();
  }
}
