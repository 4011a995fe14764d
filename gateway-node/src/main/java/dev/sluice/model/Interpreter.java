package dev.sluice.model;

import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.CallerDialect;
import dev.sluice.model.chat.ProviderDialect;
import dev.sluice.model.chat.Question;

/** Translates conversations. */
record Interpreter(ProviderDialect from) implements Translation {
  @Override
  public TranslatedAnswer begin(
      CallerDialect caller,
      Question question,
      AnswerTerms terms,
      boolean document,
      boolean stream) {
    return new InterpretedAnswer(
        document ? from.document() : from.stream(),
        stream ? caller.stream(question, terms) : caller.document(question, terms));
  }
}
