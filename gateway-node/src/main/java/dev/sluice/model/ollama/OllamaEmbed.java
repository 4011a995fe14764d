package dev.sluice.model.ollama;

import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.AnswerWriter;
import dev.sluice.model.chat.CallerDialect;
import dev.sluice.model.chat.InputTap;
import dev.sluice.model.chat.JsonBody;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.UnsayableException;

/** {@code POST /api/embed} and the older {@code /api/embeddings}, as callers speak them. */
public enum OllamaEmbed implements CallerDialect {
  EMBED("/api/embed", "input"),
  /** One text at a time; its answer tells no usage. */
  EMBEDDINGS("/api/embeddings", "prompt");

  private final String path;
  private final String input;

  OllamaEmbed(String path, String input) {
    this.path = path;
    this.input = input;
  }

  String path() {
    return path;
  }

  /** The field with the texts. */
  String input() {
    return input;
  }

  @Override
  public QuestionRead read(String asked, String contentType, byte[] body) {
    try {
      return new QuestionRead.Good(OllamaEmbedQuestion.read(this, JsonBody.read(body)));
    } catch (UnsayableException e) {
      return new QuestionRead.Bad(e.field(), e.why());
    }
  }

  /** @throws IllegalStateException always: embeddings come whole */
  @Override
  public AnswerWriter stream(Question question, AnswerTerms terms) {
    throw new IllegalStateException("embeddings come whole");
  }

  /** @throws IllegalStateException always: what is embedded is no conversation */
  @Override
  public AnswerWriter document(Question question, AnswerTerms terms) {
    throw new IllegalStateException("embeddings are no conversation");
  }

  @Override
  public AnswerTap tap(Question question, boolean stream) {
    return new InputTap("", "prompt_eval_count", null);
  }
}
