package dev.sluice.model.chat;

/** How much a model shall think before it speaks. */
public sealed interface Reasoning {
  /** Not at all. */
  record Off() implements Reasoning {}

  /** As the model likes. */
  record Dynamic() implements Reasoning {}

  /** @param tokens at least 1 */
  record Budget(long tokens) implements Reasoning {}

  record Effort(Level level) implements Reasoning {}

  /** In OpenAI's words, with the budget that each stands for elsewhere. */
  enum Level {
    MINIMAL(1024),
    LOW(2048),
    MEDIUM(4096),
    HIGH(8192),
    XHIGH(16384),
    MAX(32768);

    private final long tokens;

    Level(long tokens) {
      this.tokens = tokens;
    }

    public long tokens() {
      return tokens;
    }

    /** The least effort that has this budget. */
    public static Level of(long tokens) {
      for (Level level : values()) {
        if (tokens <= level.tokens) {
          return level;
        }
      }
      return MAX;
    }
  }
}
