package dev.sluice.model.openai;

import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.AnswerWriter;
import dev.sluice.model.chat.CallerDialect;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import java.util.Set;

/** Calls that come as forms with files: only a provider that has the same call can answer them. */
public enum FormCall implements CallerDialect {
  /** {@code /v1/audio/transcriptions} */
  TRANSCRIPTIONS("transcriptions", "file"),
  /** {@code /v1/audio/translations} */
  TRANSLATIONS("translations of recordings", "file"),
  /** {@code /v1/images/edits} */
  IMAGE_EDITS("edits of images", "image"),
  /** {@code /v1/images/variations} */
  IMAGE_VARIATIONS("variations of images", "image");

  /** Any of these ends a stream. */
  private static final Set<String> LAST =
      Set.of("transcript.text.done", "image_edit.completed", "error");

  private final String what;
  private final String file;

  FormCall(String what, String file) {
    this.what = what;
    this.file = file;
  }

  /** For people. */
  String what() {
    return what;
  }

  /** The field whose tokens the request's bytes don't bound. */
  String file() {
    return file;
  }

  @Override
  public QuestionRead read(String path, String contentType, byte[] body) {
    return MultipartQuestion.read(this, contentType, body);
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
    return stream ? new LastEventUsage(LAST, JsonUsage.AT_TOP) : new JsonUsage();
  }
}
