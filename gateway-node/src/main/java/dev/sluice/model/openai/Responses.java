package dev.sluice.model.openai;

import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.AnswerWriter;
import dev.sluice.model.chat.CallerDialect;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import java.util.Set;

/** {@code POST /v1/responses}, as callers speak it. */
public final class Responses implements CallerDialect {
  /** One of these ends a stream. */
  private static final Set<String> LAST =
      Set.of("response.completed", "response.incomplete", "response.failed", "error");

  @Override
  public QuestionRead read(String path, String contentType, byte[] body) {
    return ResponsesQuestion.read(body);
  }

  @Override
  public AnswerWriter stream(Question question, AnswerTerms terms) {
    return new ResponsesWriter((ResponsesQuestion) question, terms, true);
  }

  @Override
  public AnswerWriter document(Question question, AnswerTerms terms) {
    return new ResponsesWriter((ResponsesQuestion) question, terms, false);
  }

  @Override
  public AnswerTap tap(Question question, boolean stream) {
    return stream ? new LastEventUsage(LAST, JsonUsage.IN_RESPONSE) : new JsonUsage();
  }
}
