package dev.sluice.model.chat;

import org.jspecify.annotations.Nullable;

/**
 * What decides the way and the cost of a request, in whichever dialect it was said.
 *
 * @param model that is asked for
 * @param stream whether the answer shall come as it is made
 * @param choices how many answers are asked for; at least 1
 * @param outputCap the caller's own cap of each answer, in tokens; null if none
 * @param inputBound most tokens that the input can have under a vocabulary that has all single bytes
 * @param predictedTokens most tokens of an answer that may be charged above its cap
 * @param unbounded the first field whose tokens the request's bytes don't bound, such as an image; null if there is none
 * @param words blank-separated words of all texts
 * @param lastUserText the texts of the last user message, joined by blanks
 * @param instructed whether it has tools, or a form of the answer, and the bound leaves out what a provider may put before them
 * @param contexts how many inputs the model reads one by one, each of which may fill its context; at least 1
 * @param dearer the field that makes its tokens cost more than their price; null if there is none
 */
public record Envelope(
    String model,
    boolean stream,
    long choices,
    @Nullable Long outputCap,
    long inputBound,
    long predictedTokens,
    @Nullable String unbounded,
    long words,
    String lastUserText,
    boolean instructed,
    long contexts,
    @Nullable String dearer) {
  /** Of a single input. */
  public Envelope(
      String model,
      boolean stream,
      long choices,
      @Nullable Long outputCap,
      long inputBound,
      long predictedTokens,
      @Nullable String unbounded,
      long words,
      String lastUserText,
      boolean instructed) {
    this(
        model,
        stream,
        choices,
        outputCap,
        inputBound,
        predictedTokens,
        unbounded,
        words,
        lastUserText,
        instructed,
        1,
        null);
  }

  /** Of a request before whose tools nobody puts anything, or with that in its bound. */
  public Envelope(
      String model,
      boolean stream,
      long choices,
      @Nullable Long outputCap,
      long inputBound,
      long predictedTokens,
      @Nullable String unbounded,
      long words,
      String lastUserText) {
    this(
        model,
        stream,
        choices,
        outputCap,
        inputBound,
        predictedTokens,
        unbounded,
        words,
        lastUserText,
        false);
  }

  /** The same of several inputs. */
  public Envelope ofInputs(long inputs) {
    return with(Math.max(1, inputs), dearer);
  }

  /** The same with a field that makes it dearer, if it has one. */
  public Envelope dearerBy(@Nullable String field) {
    return with(contexts, field);
  }

  private Envelope with(long newContexts, @Nullable String newDearer) {
    return new Envelope(
        model,
        stream,
        choices,
        outputCap,
        inputBound,
        predictedTokens,
        unbounded,
        words,
        lastUserText,
        instructed,
        newContexts,
        newDearer);
  }
}
