package dev.sluice.model.gemini;

import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.UnsayableException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** For answering {@code countTokens} here, where the model's provider can't. */
public final class CountedTokens {
  private CountedTokens() {}

  /**
   * What shall be counted; null if the question asks for something else.
   *
   * @throws UnsayableException that names the first field that is wrong
   */
  public static @Nullable Conversation asked(Question question) throws UnsayableException {
    return question instanceof OtherQuestion other && other.counts() ? other.counted() : null;
  }

  /** The answer's body. */
  public static byte[] answer(long tokens) {
    return ("{\"totalTokens\":" + tokens + "}").getBytes(StandardCharsets.UTF_8);
  }
}
