package dev.sluice.model.chat;

/**
 * A piece of an answer, in the order it was said. {@code choice} counts the answers from 0. A whole answer is the same as one
 * that came in pieces: {@link Began}, what it says, {@link Ended} for each choice, {@link Used}.
 */
public sealed interface AnswerEvent {
  /** @param id of the answer, as the provider calls it; empty if it gave none */
  record Began(String id) implements AnswerEvent {}

  record Text(int choice, String text) implements AnswerEvent {}

  /** The model declines to answer, in words of its own, where the dialect tells them from others. */
  record Declined(int choice, String text) implements AnswerEvent {}

  /** What the model thinks, in words. */
  record Thought(int choice, String text) implements AnswerEvent {}

  /** The mark on the thought that ends here; it may have had no words. */
  record Signed(int choice, Signature signature) implements AnswerEvent {}

  /**
   * A call of a tool begins.
   *
   * @param index counts the calls of its choice from 0
   */
  record ToolBegan(int choice, int index, String id, String name) implements AnswerEvent {}

  /** More of a call's arguments: of all together comes one JSON object. */
  record ToolArguments(int choice, int index, String json) implements AnswerEvent {}

  /** @param stopSequence that was met; empty if none or not told */
  record Ended(int choice, Reason reason, String stopSequence) implements AnswerEvent {}

  /** Why an answer ends. */
  enum Reason {
    STOP,
    LENGTH,
    TOOL_CALLS,
    FILTERED
  }

  /** What it came to so far; replaces what was told before. */
  record Used(TokenUsage usage) implements AnswerEvent {}

  /** The answer goes wrong, and nothing more comes of it. */
  record Failed(ProviderError error) implements AnswerEvent {}
}
