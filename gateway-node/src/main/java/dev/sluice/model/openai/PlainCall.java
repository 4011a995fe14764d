package dev.sluice.model.openai;

import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.AnswerWriter;
import dev.sluice.model.chat.CallerDialect;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import java.util.Set;

/** Calls in JSON that are no conversations: only a provider that has the same call can answer them. */
public enum PlainCall implements CallerDialect {
  /** {@code /v1/embeddings} */
  EMBEDDINGS("embeddings", "", false),
  /** {@code /v1/images/generations}: the most that a picture takes must be the route's most for an answer */
  IMAGES("images", "", true),
  /** {@code /v1/audio/speech}: the most that a recording takes must be the route's most for an answer */
  SPEECH("speech", "", true),
  /** {@code /v1/moderations}; there the model may be left out */
  MODERATIONS("moderations", "omni-moderation-latest", false),
  /** {@code /v1/rerank} and {@code /v2/rerank}, as Cohere, Jina and vLLM have it */
  RERANK("rerank", "", false);

  /** Any of these ends a stream. */
  private static final Set<String> LAST =
      Set.of("image_generation.completed", "speech.audio.done", "error");

  private final String what;
  private final String usualModel;
  private final boolean output;

  PlainCall(String what, String usualModel, boolean output) {
    this.what = what;
    this.usualModel = usualModel;
    this.output = output;
  }

  /** For people. */
  String what() {
    return what;
  }

  /** That is meant where none is named; empty if one must be. */
  String usualModel() {
    return usualModel;
  }

  /** Whether the answer has tokens of its own. */
  boolean output() {
    return output;
  }

  @Override
  public QuestionRead read(String path, String contentType, byte[] body) {
    return PlainQuestion.read(this, body);
  }

  /** Such a stream passes as it is: this is for saying that it was cut. */
  @Override
  public AnswerWriter stream(Question question, AnswerTerms terms) {
    return new CutStream();
  }

  /** @throws IllegalStateException always: such an answer is never translated, as its question has no conversation */
  @Override
  public AnswerWriter document(Question question, AnswerTerms terms) {
    throw new IllegalStateException(what + " are never translated");
  }

  @Override
  public AnswerTap tap(Question question, boolean stream) {
    if (stream) {
      return new LastEventUsage(LAST, JsonUsage.AT_TOP);
    }
    return new JsonUsage(this == RERANK ? JsonUsage.OF_RANKS : JsonUsage.AT_TOP);
  }
}
