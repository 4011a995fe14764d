package dev.sluice.model.chat;

/** A dialect that callers speak: one kind of request and its answers. */
public interface CallerDialect {
  /**
   * Reads a request.
   *
   * @param path normalised, with the query behind it; some dialects name the model and how to stream there
   * @param contentType of the body, as it came; empty if none was sent
   * @param body the whole
   */
  QuestionRead read(String path, String contentType, byte[] body);

  /** Of answers that come as they are made. */
  AnswerWriter stream(Question question, AnswerTerms terms);

  /** Of answers that come whole. */
  AnswerWriter document(Question question, AnswerTerms terms);

  /** Follows answers that a provider gives in this very dialect, and that go on as they are. */
  AnswerTap tap(Question question, boolean stream);
}
