package dev.sluice.model;

import dev.sluice.ingress.DeclaredModelProvider;
import dev.sluice.model.chat.Envelope;

/** What a provider puts before tools, and before the form of an answer: billed as input, and in no request's bytes. */
final class HiddenPrompt {
  /** Claude's, for any of its models. */
  static final long CLAUDE_TOKENS = 1_024;

  private HiddenPrompt() {}

  /** Most tokens of it. */
  static long tokens(DeclaredModelProvider.Kind kind, String model, Envelope request) {
    boolean claude = kind == DeclaredModelProvider.Kind.ANTHROPIC || model.contains("claude");
    return claude && request.instructed() ? CLAUDE_TOKENS : 0;
  }
}
