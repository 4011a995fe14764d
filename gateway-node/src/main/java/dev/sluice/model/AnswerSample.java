package dev.sluice.model;

import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerReader;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.ProviderDialect;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.TokenUsage;
import dev.sluice.model.chat.UnsayableException;
import dev.sluice.model.count.AnswerText;
import dev.sluice.model.count.Thinkers;
import dev.sluice.model.count.TokenCount;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of an answer as its provider sent it, kept so that its tokens can be counted if the provider does not tell them.
 * What was not kept counts in proportion.
 */
final class AnswerSample {
  private final ProviderDialect dialect;
  private final boolean document;
  private final int mostBytes;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private long bytes;

  /** @param document whether the answer is one JSON document */
  AnswerSample(ProviderDialect dialect, boolean document, int mostBytes) {
    this.dialect = dialect;
    this.document = document;
    this.mostBytes = mostBytes;
  }

  void take(byte[] piece, int from, int to) {
    bytes += to - from;
    kept.write(piece, from, Math.min(to - from, mostBytes - kept.size()));
  }

  /**
   * What the call came to, by the tokens of its words. Takes its time.
   *
   * @param model as its provider calls it
   * @param most that it can have come to
   * @return null where words don't tell: of a model that thinks, or an answer that can't be read
   */
  @Nullable
  TokenUsage usage(String model, Question question, CallBounds most) {
    if (Thinkers.has(model) || document && bytes > kept.size()) {
      return null;
    }
    AnswerText text = new AnswerText();
    boolean[] failed = new boolean[1];
    AnswerReader reader = document ? dialect.document() : dialect.stream();
    byte[] sample = kept.toByteArray();
    reader.read(sample, 0, sample.length, event -> failed[0] |= hear(event, text));
    if (bytes == sample.length) {
      reader.end(event -> failed[0] |= hear(event, text));
    }
    long said = text.usage(model, 0).output();
    if (failed[0] || text.thought() || said == 0) {
      return null;
    }
    long input = input(model, question, most);
    long spoken = (said * bytes + sample.length - 1) / sample.length;
    return input < 0
        ? null
        : TokenUsage.of(Math.min(input, most.input()), Math.min(spoken, most.output()));
  }

  /** @return whether nothing can be told of it */
  private static boolean hear(AnswerEvent event, AnswerText text) {
    text.take(event);
    return event instanceof AnswerEvent.Failed;
  }

  /** Below 0 where it was asked for thoughts. Where it can't be told it is the most that it can be. */
  private static long input(String model, Question question, CallBounds most) {
    try {
      Conversation conversation = question.conversation();
      if (conversation.reasoning() != null) {
        return -1;
      }
      return question.envelope().unbounded() != null
          ? most.input()
          : TokenCount.of(model, conversation).tokens();
    } catch (UnsayableException e) {
      return most.input();
    }
  }
}
