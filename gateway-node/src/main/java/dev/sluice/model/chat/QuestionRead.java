package dev.sluice.model.chat;

/** What reading a request came to. */
public sealed interface QuestionRead {
  record Good(Question question) implements QuestionRead {}

  /** @param field that is wrong, as its caller calls it; {@code body} for the whole */
  record Bad(String field, String message) implements QuestionRead {}
}
