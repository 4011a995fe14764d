package dev.sluice.model;

import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.CallerDialect;
import dev.sluice.model.chat.Question;
import dev.sluice.model.embed.Embedding;
import dev.sluice.model.embed.EmbeddingDialect;

/**
 * Translates embeddings.
 *
 * @param asked as {@code caller} said it
 */
record Embedder(EmbeddingDialect caller, Embedding asked, EmbeddingDialect provider)
    implements Translation {
  @Override
  public TranslatedAnswer begin(
      CallerDialect dialect,
      Question question,
      AnswerTerms terms,
      boolean document,
      boolean stream) {
    return new EmbeddedAnswer(this);
  }
}
