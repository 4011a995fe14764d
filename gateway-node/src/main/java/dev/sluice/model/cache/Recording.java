package dev.sluice.model.cache;

import dev.sluice.model.chat.TokenUsage;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A copy of an answer while it passes to its caller. It is given up, and the answer goes on, where it can't be kept in the end. */
public final class Recording {
  private static final int GOOD = 200;

  private final AnswerCache cache;
  private final AnswerKey key;
  private final Duration ttl;
  private final int mostBytes;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private KeptAnswer.@Nullable Head head;
  private boolean given;

  /** @param mostBytes of a body that is kept */
  public Recording(AnswerCache cache, AnswerKey key, Duration ttl, int mostBytes) {
    this.cache = cache;
    this.key = key;
    this.ttl = ttl;
    this.mostBytes = mostBytes;
  }

  /** The answer goes to its caller from here on. */
  public void begin(int status, KeptAnswer.Head with) {
    if (status == GOOD) {
      head = with;
    } else {
      giveUp();
    }
  }

  public void take(byte[] bytes, int from, int to) {
    int more = to - from;
    if (given) {
      return;
    }
    if (body.size() + more > mostBytes || !cache.reserve(more)) {
      giveUp();
    } else {
      body.write(bytes, from, more);
    }
  }

  /** It is no whole answer, or nobody waits for it. A second time changes nothing. */
  public void giveUp() {
    if (!given) {
      given = true;
      cache.release(body.size());
      body.reset();
    }
  }

  /**
   * The answer has come to its end: it is kept, if it says nothing that went wrong.
   *
   * @param saved what asking anew would use, as far as that is known
   */
  public void end(boolean streamed, TokenUsage saved) {
    KeptAnswer.Head with = head;
    if (!given && with != null) {
      byte[] bytes = body.toByteArray();
      if (WholeAnswer.isGood(with.contentType(), bytes)) {
        cache.keep(key, new KeptAnswer(streamed, with, bytes, saved, cache.nowNanos(), ttl));
      }
    }
    giveUp();
  }
}
