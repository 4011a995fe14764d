package dev.sluice.model.chat;

import org.jspecify.annotations.Nullable;

/** Follows an answer that passes in the dialect it was asked in: finds its usage, changes nothing that was asked for. */
public interface AnswerTap {
  /** Takes the next bytes, in pieces of any size, and returns those that go on to the caller. */
  byte[] pass(byte[] bytes, int from, int to);

  /** What goes on when no more come. */
  byte[] rest();

  /** Whether the answer has come to its own end; one that is cut has not. */
  boolean whole();

  /** The usage, as last reported; null if none was. */
  @Nullable
  TokenUsage usage();
}
