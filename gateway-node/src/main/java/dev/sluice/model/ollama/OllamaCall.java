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

/** {@code POST /api/chat} and {@code POST /api/generate}, as callers speak them. */
public final class OllamaCall implements CallerDialect {
  private final OllamaShape shape;
  private final LongSupplier nanoTime;

  private OllamaCall(OllamaShape shape, LongSupplier nanoTime) {
    this.shape = shape;
    this.nanoTime = nanoTime;
  }

  /** @param nanoTime for the durations that answers tell, as {@link System#nanoTime} */
  public static OllamaCall chat(LongSupplier nanoTime) {
    return new OllamaCall(OllamaShape.CHAT, nanoTime);
  }

  /** @param nanoTime as of {@link #chat} */
  public static OllamaCall generate(LongSupplier nanoTime) {
    return new OllamaCall(OllamaShape.GENERATE, nanoTime);
  }

  @Override
  public QuestionRead read(String path, String contentType, byte[] body) {
    try {
      return new QuestionRead.Good(OllamaQuestion.read(JsonBody.read(body), shape));
    } catch (UnsayableException e) {
      return new QuestionRead.Bad(e.field(), e.why());
    }
  }

  @Override
  public AnswerWriter stream(Question question, AnswerTerms terms) {
    return new OllamaWriter(shape, terms, nanoTime, true);
  }

  @Override
  public AnswerWriter document(Question question, AnswerTerms terms) {
    return new OllamaWriter(shape, terms, nanoTime, false);
  }

  @Override
  public AnswerTap tap(Question question, boolean stream) {
    return new OllamaTap(stream);
  }
}
