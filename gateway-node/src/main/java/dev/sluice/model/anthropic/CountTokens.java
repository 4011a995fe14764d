package dev.sluice.model.anthropic;

import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.AnswerWriter;
import dev.sluice.model.chat.CallerDialect;
import dev.sluice.model.chat.DocumentTap;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.TokenUsage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * {@code POST /v1/messages/count_tokens}, as callers speak it. Counting uses no tokens. Where a target speaks another dialect,
 * {@link #document} answers with the input of the {@link AnswerEvent.Used} that it is given.
 */
public final class CountTokens implements CallerDialect {
  /** Whether a question is one of these. */
  public static boolean asks(Question question) {
    return question instanceof MessagesQuestion asked && asked.counts();
  }

  /** The answer's body. */
  public static byte[] answer(long tokens) {
    return ("{\"input_tokens\":" + tokens + "}").getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public QuestionRead read(String path, String contentType, byte[] body) {
    return MessagesQuestion.read(body, true);
  }

  /** A count never comes in pieces. */
  @Override
  public AnswerWriter stream(Question question, AnswerTerms terms) {
    return document(question, terms);
  }

  @Override
  public AnswerWriter document(Question question, AnswerTerms terms) {
    return new Count();
  }

  @Override
  public AnswerTap tap(Question question, boolean stream) {
    return new Passing();
  }

  private static final class Count implements AnswerWriter {
    private long input;

    @Override
    public String contentType() {
      return "application/json";
    }

    @Override
    public void write(AnswerEvent event, ByteArrayOutputStream out) {
      if (event instanceof AnswerEvent.Used used) {
        input = used.usage().input();
      } else if (event instanceof AnswerEvent.Failed failed) {
        ProviderError error = failed.error();
        out.writeBytes(Errors.json(error).toString().getBytes(StandardCharsets.UTF_8));
      }
    }

    @Override
    public void end(ByteArrayOutputStream out) {
      out.writeBytes(answer(input));
    }
  }

  private static final class Passing extends DocumentTap {
    @Override
    protected void read(byte[] bytes, int from, int to) {}

    @Override
    public TokenUsage usage() {
      return TokenUsage.NONE;
    }
  }
}
