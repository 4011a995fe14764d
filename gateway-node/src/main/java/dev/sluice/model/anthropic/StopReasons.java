package dev.sluice.model.anthropic;

import dev.sluice.model.chat.AnswerEvent.Reason;

/** Why a message ends, in Anthropic's words. */
final class StopReasons {
  private StopReasons() {}

  static Reason read(String word) {
    return switch (word) {
      case "max_tokens", "model_context_window_exceeded" -> Reason.LENGTH;
      case "tool_use" -> Reason.TOOL_CALLS;
      case "refusal" -> Reason.FILTERED;
      default -> Reason.STOP;
    };
  }

  /** @param stopSequence that was met; empty if none */
  static String word(Reason reason, String stopSequence) {
    return switch (reason) {
      case STOP -> stopSequence.isEmpty() ? "end_turn" : "stop_sequence";
      case LENGTH -> "max_tokens";
      case TOOL_CALLS -> "tool_use";
      case FILTERED -> "refusal";
    };
  }
}
