package dev.sluice.model.count;

import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.TokenUsage;

/**
 * What an answer has said so far, kept to be counted where its provider tells no usage. Thoughts that were hidden are not in it:
 * of models that think, the text is less than what was used.
 */
public final class AnswerText {
  /** Of what is longer the length is kept, not the text. */
  private static final int MOST_CHARACTERS = TokenCount.MOST_CHARACTERS;

  private final StringBuilder spoken = new StringBuilder();
  private final StringBuilder thought = new StringBuilder();
  private long spokenLength;
  private long thoughtLength;

  public void take(AnswerEvent event) {
    if (event instanceof AnswerEvent.Text text) {
      spoke(text.text());
    } else if (event instanceof AnswerEvent.Declined declined) {
      spoke(declined.text());
    } else if (event instanceof AnswerEvent.ToolBegan began) {
      spoke(began.name());
    } else if (event instanceof AnswerEvent.ToolArguments more) {
      spoke(more.json());
    } else if (event instanceof AnswerEvent.Thought thinking) {
      thoughtLength += thinking.text().length();
      keep(thinking.text(), thought);
    }
  }

  private void spoke(String text) {
    spokenLength += text.length();
    keep(text, spoken);
  }

  private static void keep(String text, StringBuilder kept) {
    kept.append(text, 0, Math.min(text.length(), MOST_CHARACTERS - kept.length()));
  }

  /** Whether it told of what it thought. */
  public boolean thought() {
    return thoughtLength > 0;
  }

  /** @param input tokens of the prompt, as far as they are known */
  public TokenUsage usage(String model, long input) {
    return new TokenUsage(
        input,
        0,
        0,
        scaled(TokenCount.of(model, spoken.toString()).tokens(), spoken.length(), spokenLength),
        scaled(TokenCount.of(model, thought.toString()).tokens(), thought.length(), thoughtLength));
  }

  private static long scaled(long tokens, long kept, long length) {
    return kept == 0 ? 0 : (tokens * length + kept - 1) / kept;
  }
}
