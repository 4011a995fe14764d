package dev.sluice.model.anthropic;

import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.AnswerWriter;
import dev.sluice.model.chat.CallerDialect;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.TokenUsage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * {@code POST /v1/messages/count_tokens}, as callers speak it. Counting uses no tokens. Where a target speaks another dialect,
 * {@link #document} answers with the input of the {@link AnswerEvent.Used} that it is given.
 */
public final class CountTokens implements CallerDialect {
  private static final byte[] NOTHING = {};

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
      String json = Json.MAPPER.createObjectNode().put("input_tokens", input).toString();
      out.writeBytes(json.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static final class Passing implements AnswerTap {
    @Override
    public byte[] pass(byte[] bytes, int from, int to) {
      return from == 0 && to == bytes.length ? bytes : Arrays.copyOfRange(bytes, from, to);
    }

    @Override
    public byte[] rest() {
      return NOTHING;
    }

    @Override
    public boolean whole() {
      return true;
    }

    @Override
    public TokenUsage usage() {
      return TokenUsage.NONE;
    }
  }
}
