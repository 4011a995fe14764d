package dev.sluice.model.ollama;

import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.AnswerWriter;
import dev.sluice.model.chat.CallerDialect;
import dev.sluice.model.chat.JsonBody;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.UnsayableException;
import java.util.function.LongSupplier;

/** {@code POST /api/chat}, as callers speak it. */
public final class OllamaChat implements CallerDialect {
  private final LongSupplier nanoTime;

  /** @param nanoTime for the durations that answers tell, as {@link System#nanoTime} */
  public OllamaChat(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  @Override
  public QuestionRead read(String path, String contentType, byte[] body) {
    try {
      return new QuestionRead.Good(OllamaQuestion.read(JsonBody.read(body), OllamaShape.CHAT));
    } catch (UnsayableException e) {
      return new QuestionRead.Bad(e.field(), e.why());
    }
  }

  @Override
  public AnswerWriter stream(Question question, AnswerTerms terms) {
    return new OllamaWriter(OllamaShape.CHAT, terms, nanoTime, true);
  }

  @Override
  public AnswerWriter document(Question question, AnswerTerms terms) {
    return new OllamaWriter(OllamaShape.CHAT, terms, nanoTime, false);
  }

  @Override
  public AnswerTap tap(Question question, boolean stream) {
    return new OllamaTap(stream);
  }
}
