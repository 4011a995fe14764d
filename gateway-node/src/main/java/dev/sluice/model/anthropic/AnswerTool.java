package dev.sluice.model.anthropic;

/**
 * The tool that stands for the answer where it must be JSON and the provider can't be held to a form in another way: the model
 * must call it, and what it calls it with is the answer.
 */
public final class AnswerTool {
  /** No caller's tool may have this name. */
  public static final String NAME = "sluice_answer";

  public static final String DESCRIPTION =
      "Gives your answer to the user. Call it once, with the whole answer.";

  private AnswerTool() {}
}
