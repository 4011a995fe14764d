package dev.sluice.model;

import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.CallerDialect;
import dev.sluice.model.chat.Question;

/** How a target's answer is said to a caller of another dialect. */
interface Translation {
  /**
   * Begins one.
   *
   * @param document whether it comes as one JSON document
   * @param stream whether the caller gets it as it is made
   */
  TranslatedAnswer begin(
      CallerDialect caller, Question question, AnswerTerms terms, boolean document, boolean stream);
}
