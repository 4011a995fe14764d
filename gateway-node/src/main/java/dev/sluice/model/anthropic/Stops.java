package dev.sluice.model.anthropic;

import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerEvent.Reason;

/** Why an answer ends, in this dialect's words. */
final class Stops {
  private Stops() {}

  static Reason read(String word) {
    return switch (word) {
      case "max_tokens", "model_context_window_exceeded" -> Reason.LENGTH;
      case "tool_use" -> Reason.TOOL_CALLS;
      case "refusal" -> Reason.FILTERED;
      default -> Reason.STOP;
    };
  }

  /**
   * @param called whether tools were called
   * @param declined whether the model declined to answer
   */
  static String word(AnswerEvent.Ended ended, boolean called, boolean declined) {
    return switch (ended.reason()) {
      case LENGTH -> "max_tokens";
      case TOOL_CALLS -> "tool_use";
      case FILTERED -> "refusal";
      case STOP ->
        declined
            ? "refusal"
            : called ? "tool_use" : ended.stopSequence().isEmpty() ? "end_turn" : "stop_sequence";
    };
  }
}
