package dev.sluice.model;

import dev.sluice.ingress.Action;
import dev.sluice.model.anthropic.CountTokens;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.UnsayableException;
import dev.sluice.model.gemini.CountedTokens;
import org.jspecify.annotations.Nullable;

/** Answers how many tokens a prompt has, for models whose provider has no such call. Uses none. */
final class LocalCount implements Target.Call {
  private final Question question;
  private final Target.Events events;
  private boolean over;

  LocalCount(Question question, Target.Events events) {
    this.question = question;
    this.events = events;
  }

  /**
   * What shall be counted; null if something else is asked for.
   *
   * @throws UnsayableException that names the first field that is wrong
   */
  static @Nullable Conversation asked(Action.Call call, Question question)
      throws UnsayableException {
    return switch (call) {
      case COUNT_TOKENS -> question.conversation();
      case GEMINI, GEMINI_V1 -> CountedTokens.asked(question);
      default -> null;
    };
  }

  /** @param tokens null if they could not be counted */
  void told(@Nullable Long tokens, @Nullable Throwable failure) {
    if (over) {
      return;
    }
    over = true;
    if (tokens == null) {
      events.targetFailed(true, false, "the tokens could not be counted: " + failure);
      return;
    }
    byte[] json =
        CountTokens.asks(question) ? CountTokens.answer(tokens) : CountedTokens.answer(tokens);
    events.targetHead(new Target.Head(200, "application/json", json.length, null));
    events.targetBody(json, 0, json.length);
    events.targetEnd();
  }

  @Override
  public void cancel() {
    over = true;
  }

  @Override
  public void pause() {}

  @Override
  public void resume() {}
}
