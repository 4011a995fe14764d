package dev.sluice.model.openai;

import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.AnswerWriter;
import dev.sluice.model.chat.CallerDialect;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;

/** {@code POST /v1/chat/completions}, as callers speak it. */
public final class ChatCompletions implements CallerDialect {
  @Override
  public QuestionRead read(String path, String contentType, byte[] body) {
    return ChatQuestion.read(body);
  }

  @Override
  public AnswerWriter stream(Question question, AnswerTerms terms) {
    return new ChatStreamWriter(terms, oldFunctions(question));
  }

  @Override
  public AnswerWriter document(Question question, AnswerTerms terms) {
    return new ChatDocumentWriter(terms, oldFunctions(question));
  }

  private static boolean oldFunctions(Question question) {
    return question instanceof ChatQuestion chat && chat.oldFunctions();
  }

  @Override
  public AnswerTap tap(Question question, boolean stream) {
    return stream ? new SseUsage(question.hidesUsage()) : new JsonUsage();
  }
}
