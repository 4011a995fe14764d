package dev.sluice.model;

import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.ProviderDialect;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.TokenUsage;
import dev.sluice.model.route.Ending;
import dev.sluice.proxy.Dialect;
import dev.sluice.proxy.Inbound;
import dev.sluice.wire.Deadlines;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One target's answer on its way to the caller: its head, its body as it is or translated, its end, and what it has used in the
 * place of the hold. While somebody else could be asked, nothing goes out before something usable has come.
 */
final class ModelAnswer implements Target.Events {
  private static final String JSON = "application/json";
  private static final String EVENTS = "text/event-stream";
  private static final String LINES = "application/x-ndjson";

  private final ModelCall whole;
  private final ModelRequest asked;
  private final ModelGateway gateway;
  private final Inbound request;
  private final Attempts.Ready from;
  private final Attempts attempts;
  private final Question question;
  private final CallQuota quota;
  private final CallerAnswer out;
  private final FirstToken firstToken = new FirstToken();
  private final long startNanos = System.nanoTime();
  private Target.@Nullable Call call;
  private @Nullable AnswerTap tap;
  private @Nullable TranslatedAnswer translated;
  private @Nullable Opening opening;
  private @Nullable ProviderFailure error;
  private @Nullable AnswerSample sample;
  private @Nullable TokenUsage estimated;
  private boolean streamed;
  private boolean json;
  private boolean failed;
  private boolean answered;
  private boolean ended;

  ModelAnswer(
      ModelCall whole,
      ModelRequest asked,
      Attempts.Ready from,
      Attempts attempts,
      CallQuota quota) {
    this.whole = whole;
    this.asked = asked;
    this.gateway = asked.gateway();
    this.request = asked.inbound();
    this.from = from;
    this.attempts = attempts;
    this.question = from.plan().question();
    this.quota = quota;
    this.out = new CallerAnswer(
        request,
        from,
        quota,
        whole.cache(),
        attempts.tried(),
        attempts.queued(),
        whole.otherModel());
  }

  /** Asks the target. */
  void start() {
    Duration most = attempts.firstToken();
    if (!most.isZero() && question.envelope().stream() && whole.mayGoOn(from, Ending.SLOW)) {
      gateway.scope().deadlines().set(firstToken, most.toNanos());
    }
    Target.Call started = from.target().start(quota.told(from.plan()), request.id(), this);
    if (!ended && !whole.over()) {
      call = started;
    }
  }

  private boolean isOver() {
    return ended || whole.over();
  }

  @Override
  public void targetHead(Target.Head head) {
    if (isOver()) {
      return;
    }
    attempts.head(from, head);
    failed = head.status() >= 400;
    if (failed) {
      refused(head);
      return;
    }
    json = head.contentType().startsWith(JSON);
    ProviderDialect untold = from.plan().untold();
    if (untold != null) {
      sample = new AnswerSample(untold, json, gateway.settings().sampleBytes());
    }
    if (whole.mayGoOn(from, Ending.CUT)) {
      out.hold();
    }
    if (from.plan().translation() != null) {
      translate(from.plan().translation(), head);
    } else {
      pass(head);
    }
  }

  private void refused(Target.Head head) {
    Ending ending = Ending.ofStatus(head.status());
    if (head.status() == 401 || head.status() == 403) {
      request.note(from.target().name() + " answered " + head.status());
      fail(
          ending,
          new ProviderError(
              head.status(),
              ProviderError.Kind.CREDENTIAL,
              "the provider does not accept the gateway's credential"));
      return;
    }
    boolean passes = from.plan().translation() == null && from.plan().errors() == null;
    if (passes && !attempts.anyFailed() && !whole.mayGoOn(from, ending)) {
      attempts.refused(from, ending, head.retryAfter());
      pass(head);
    } else {
      ProviderDialect errors = from.plan().errors();
      error = new ProviderFailure(errors == null ? from.target().speaks() : errors, head);
    }
  }

  private void pass(Target.Head head) {
    boolean document = json && Callers.words(asked.call()) != Dialect.GEMINI;
    streamed = !failed && question.envelope().stream() && !document;
    tap = asked.dialect().tap(question, streamed);
    boolean lines = head.contentType().startsWith(LINES);
    if (out.holds() && streamed && (lines || head.contentType().startsWith(EVENTS))) {
      opening = new Opening(lines);
    } else if (out.holds() && (streamed || !json)) {
      commit();
    }
    out.head(head.status(), head.contentType(), head.retryAfter(), streamed ? -1 : head.length());
  }

  private void translate(Translation translation, Target.Head head) {
    streamed = question.envelope().stream();
    TranslatedAnswer answer = translation.begin(asked.dialect(), question, terms(), json, streamed);
    translated = answer;
    tap = answer;
    if (streamed) {
      out.head(head.status(), answer.contentType(), head.retryAfter(), -1);
    }
  }

  private AnswerTerms terms() {
    return new AnswerTerms(
        request.id(),
        question.envelope().model(),
        System.currentTimeMillis() / 1000,
        !question.hidesUsage());
  }

  @Override
  public void targetBody(byte[] bytes, int from, int to) {
    if (isOver()) {
      return;
    }
    if (error != null) {
      error.read(bytes, from, to);
      return;
    }
    AnswerTap passing = tap;
    if (passing == null) {
      return;
    }
    if (sample != null) {
      sample.take(bytes, from, to);
    }
    byte[] passed = passing.pass(bytes, from, to);
    if (translated != null && translated.failure() != null) {
      said(translated.failure(), passed);
      return;
    }
    send(passed);
    look(bytes, from, to);
  }

  /** Whether what has come is an answer, or the beginning of one. */
  private void look(byte[] bytes, int from, int to) {
    if (answered || failed) {
      return;
    }
    Opening looking = opening;
    boolean begun = translated == null ? streamed : streamed && translated.begun();
    if (looking != null) {
      looking.read(bytes, from, to);
      judge(looking);
    } else if (begun) {
      commit();
    }
    if (!isOver() && out.heldBytes() > gateway.settings().heldBytes()) {
      commit();
    }
  }

  private void judge(Opening looking) {
    if (looking.usable()) {
      commit();
    } else if (looking.malformed()) {
      fail(
          Ending.MALFORMED,
          new ProviderError(
              502, ProviderError.Kind.FAILED, "the answer did not begin as one of its dialect"));
    } else if (looking.failure() != null) {
      fail(endingOf(looking.failure()), looking.failure());
    }
  }

  /** What has come is good enough: nobody else is asked any more. */
  private void commit() {
    answered = true;
    gateway.scope().deadlines().clear(firstToken);
    opening = null;
    attempts.answers(from, question.envelope().stream() ? System.nanoTime() - startNanos : 0);
    out.commit();
  }

  private static Ending endingOf(ProviderError why) {
    return switch (why.kind()) {
      case RATE_LIMITED -> Ending.LIMITED;
      case OVERLOADED -> Ending.OVERLOADED;
      case CREDENTIAL, OUT_OF_BUDGET -> Ending.REJECTED;
      case CONTEXT_TOO_LONG -> Ending.TOO_LONG;
      case INVALID_REQUEST, FILTERED, NOT_FOUND -> Ending.CALLERS_FAULT;
      case TIMEOUT, FAILED -> Ending.FAILED;
    };
  }

  /**
   * The answer itself says that it went wrong.
   *
   * @param told that, in the caller's dialect, for a stream
   */
  private void said(ProviderError why, byte[] told) {
    request.note(from.target().name() + ": " + why.message());
    if (out.holds() || !streamed) {
      fail(endingOf(why), why);
      return;
    }
    attempts.broke(from);
    cancel();
    out.forget();
    send(told);
    endStream();
  }

  /** The attempt comes to nothing, and nothing of it has reached the caller. */
  private void fail(Ending ending, ProviderError told) {
    cancel();
    out.forget();
    over();
    CallUse used = ending.billed() || !failed && tap != null ? use() : CallUse.NOTHING;
    log(used);
    whole.failed(from, ending, told, used);
  }

  private void over() {
    ended = true;
    gateway.scope().deadlines().clear(firstToken);
    attempts.over(from);
  }

  /** The answer has come to its end; where its usage was not told, it is counted first. */
  private void endWhole() {
    if (tap == null || tap.usage() != null || sample == null && translated == null) {
      endStream();
      return;
    }
    Counting counting = new Counting();
    call = counting;
    gateway
        .counts()
        .count(() -> Optional.ofNullable(counted()))
        .whenComplete((usage, failure) ->
            gateway.scope().execute(() -> counting.over(failure == null ? usage : null)));
  }

  /** By the words of prompt and answer; null where they don't tell. Not on the worker. */
  private @Nullable TokenUsage counted() {
    String model = from.target().model();
    AnswerSample kept = sample;
    TranslatedAnswer said = translated;
    return kept != null
        ? kept.usage(model, question, from.candidate().bounds())
        : said != null ? said.counted(model) : null;
  }

  /** The answer's tokens are being counted. Who leaves meanwhile is charged as it was held. */
  private final class Counting implements Target.Call {
    @SuppressWarnings("NullableOptional") // as a future tells it
    private void over(@Nullable Optional<TokenUsage> usage) {
      if (call == this && !whole.over()) {
        call = null;
        estimated = usage == null ? null : usage.orElse(null);
        endStream();
      }
    }

    @Override
    public void cancel() {}

    @Override
    public void pause() {}

    @Override
    public void resume() {}
  }

  private void endStream() {
    over();
    CallUse used = settleByUsage();
    out.keep(streamed, used.source() == ModelLog.Source.HELD ? TokenUsage.NONE : used.usage());
    whole.finish();
    out.end();
  }

  /** A stream was cut: the caller is told in its dialect, and gets none of the marks of a whole answer. */
  private void cut(String why) {
    request.note(why);
    attempts.broke(from);
    out.forget();
    ProviderError what =
        new ProviderError(502, ProviderError.Kind.FAILED, "the provider's answer was cut off");
    byte[] told;
    if (translated != null) {
      told = translated.fail(what);
    } else {
      ByteArrayOutputStream words = new ByteArrayOutputStream();
      asked.dialect().stream(question, terms()).write(new AnswerEvent.Failed(what), words);
      told = words.toByteArray();
    }
    send(told);
    endStream();
  }

  private void breakOff(String why) {
    over();
    out.forget();
    settleByUsage();
    whole.finish();
    request.breakOff(why);
  }

  private void send(byte[] bytes) {
    out.send(bytes, 0, bytes.length);
    if (call != null && request.arrival().unsent() > gateway.settings().unsentBytes()) {
      call.pause();
    }
  }

  /** The caller has taken all that was sent. */
  void resume() {
    if (call != null) {
      call.resume();
    }
  }

  @Override
  public void targetEnd() {
    if (isOver()) {
      return;
    }
    call = null;
    if (error != null) {
      ProviderError told = error.told();
      Ending ending = endingOf(told);
      fail(ending == Ending.CALLERS_FAULT ? Ending.ofStatus(told.status()) : ending, told);
    } else if (tap != null) {
      end(tap);
    }
  }

  private void end(AnswerTap answer) {
    byte[] rest = answer.rest();
    if (translated != null && translated.failure() != null) {
      said(translated.failure(), rest);
    } else if (streamed && !answer.whole()) {
      if (out.holds()) {
        fail(Ending.CUT, cutOff());
      } else {
        cut("the stream ended before the answer did");
      }
    } else if (translated != null && !streamed) {
      document(answer, translated.contentType(), rest);
    } else {
      send(rest);
      if (out.holds() && !streamed && json && Json.tree(out.held()) == null) {
        fail(
            Ending.MALFORMED,
            new ProviderError(502, ProviderError.Kind.FAILED, "the answer is no JSON document"));
        return;
      }
      whole();
    }
  }

  /** A whole answer that was translated: its head had to wait for it. */
  private void document(AnswerTap answer, String contentType, byte[] bytes) {
    if (!answer.whole()) {
      fail(Ending.MALFORMED, cutOff());
      return;
    }
    out.head(200, contentType, "", bytes.length);
    send(bytes);
    whole();
  }

  private void whole() {
    if (!answered && !failed) {
      commit();
    }
    endWhole();
  }

  private static ProviderError cutOff() {
    return new ProviderError(
        502, ProviderError.Kind.FAILED, "the answer ended before it was whole");
  }

  @Override
  public void targetFailed(boolean nothingSent, boolean timedOut, String why) {
    if (isOver()) {
      return;
    }
    call = null;
    attempts.cancelled();
    request.note(why);
    if (request.arrival().headSent() && streamed) {
      cut(why);
    } else if (request.arrival().headSent()) {
      attempts.broke(from);
      breakOff(why);
    } else {
      fail(ending(nothingSent, timedOut), silence(timedOut));
    }
  }

  private Ending ending(boolean nothingSent, boolean timedOut) {
    if (nothingSent) {
      return timedOut ? Ending.CONNECT_SLOW : Ending.UNREACHABLE;
    }
    return timedOut ? Ending.SLOW : tap == null ? Ending.CLOSED : Ending.CUT;
  }

  private static ProviderError silence(boolean timedOut) {
    return timedOut
        ? new ProviderError(504, ProviderError.Kind.TIMEOUT, "it did not answer in time")
        : new ProviderError(502, ProviderError.Kind.FAILED, "it gave no usable answer");
  }

  /** Takes the request back. */
  void cancel() {
    Target.Call running = call;
    call = null;
    if (running != null) {
      attempts.cancelled();
      running.cancel();
    }
  }

  /** The caller has left. @return whether what was used was settled */
  boolean abandoned() {
    boolean running = call != null;
    cancel();
    over();
    out.forget();
    if (running) {
      settleByUsage();
    }
    return running;
  }

  /** Settles by what the provider reported; where it has not, the hold stands: never less than was used. */
  private CallUse settleByUsage() {
    CallUse used = use();
    log(used);
    quota.settle(used.settled());
    return used;
  }

  private CallUse use() {
    // What a stream told before it was cut may be less than it has used.
    boolean told = tap != null && (!streamed || tap.whole());
    TokenUsage reported = tap == null || !told ? null : tap.usage();
    if (reported == null && failed) {
      return CallUse.NOTHING;
    }
    if (reported != null) {
      return CallUse.reported(reported, from.candidate().price());
    }
    return estimated == null
        ? CallUse.held(from.candidate().bounds())
        : CallUse.estimated(estimated, from.candidate().price());
  }

  private void log(CallUse used) {
    attempts.used(used.usage().total());
    request.usage(
        request.inputTokens() + used.usage().input(),
        request.outputTokens() + used.usage().output());
    if (used.isNothing()) {
      return;
    }
    String target = from.target().name();
    gateway.log().settled(asked.spender().tenant(), target, used.usage(), used.source());
    gateway
        .log()
        .spent(asked.spender(), whole.model(), target, used.usage(), used.source(), used.nanos());
  }

  /** It is too slow to begin, and another one may be quicker. */
  private final class FirstToken extends Deadlines.Deadline {
    @Override
    protected void expired() {
      if (!isOver() && whole.mayGoOn(from, Ending.SLOW)) {
        fail(
            Ending.SLOW,
            new ProviderError(
                504, ProviderError.Kind.TIMEOUT, "it did not begin to answer in time"));
      }
    }
  }
}
