package dev.sluice.model;

import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.TokenUsage;
import org.jspecify.annotations.Nullable;

/** An answer that a provider gives in its dialect, and that its caller gets in another one. */
interface TranslatedAnswer extends AnswerTap {
  /** Of what the caller gets. */
  String contentType();

  /** Whether something that the caller can use has come. */
  boolean begun();

  /** What went wrong in the answer itself; null if nothing did. */
  @Nullable
  ProviderError failure();

  /** The answer comes to no end of its own. @return how the caller is told */
  byte[] fail(ProviderError why);

  /**
   * What it came to, by its words, once it is over. Takes its time.
   *
   * @param model as its provider calls it
   * @return null where words don't tell
   */
  default @Nullable TokenUsage counted(String model) {
    return null;
  }
}
