package dev.sluice.model;

import akka.util.ByteString;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.ProviderDialect;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.TokenUsage;
import dev.sluice.proxy.Dialect;
import dev.sluice.proxy.HttpDate;
import dev.sluice.proxy.Inbound;
import dev.sluice.proxy.Refusal;
import dev.sluice.proxy.Refusals;
import dev.sluice.quota.Amounts;
import dev.sluice.wire.BodyLength;
import dev.sluice.wire.Chunks;
import dev.sluice.wire.Field;
import dev.sluice.wire.HeadSink;
import java.io.ByteArrayOutputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One target's answer on its way to the caller: its head, its body as it is or translated, its end, and what it has used
 * in the place of the hold.
 */
final class ModelAnswer implements Target.Events {
  private static final Refusal NOT_IN_TIME = new Refusal.Unavailable(
      504, "the model's provider did not answer in time", "provider_timeout");
  private static final Refusal NO_USABLE_ANSWER = new Refusal.Unavailable(
      502, "the model's provider gave no usable answer", "provider_unreachable");

  private final ModelCall whole;
  private final ModelRequest asked;
  private final ModelGateway gateway;
  private final Inbound request;
  private final Candidates.Candidate from;
  private final Target.Plan plan;
  private final Question question;
  private final CallQuota quota;
  private final Losses losses;
  private final String cutCap;
  private final String target;
  private Target.@Nullable Call call;
  private @Nullable AnswerTap tap;
  private @Nullable TranslatedAnswer translated;
  private @Nullable ProviderFailure error;
  private @Nullable AnswerSample sample;
  private @Nullable TokenUsage estimated;
  private boolean streamed;
  private boolean chunked;
  private boolean failed;
  private boolean ended;

  /** @param cutCap the output cap, if it is lower than the one that was asked for; else empty */
  ModelAnswer(
      ModelCall whole,
      ModelRequest asked,
      Candidates.Candidate from,
      Target.Plan plan,
      CallQuota quota,
      Losses losses,
      String cutCap) {
    this.whole = whole;
    this.asked = asked;
    this.gateway = asked.gateway();
    this.request = asked.inbound();
    this.from = from;
    this.plan = plan;
    this.question = plan.question();
    this.quota = quota;
    this.losses = losses;
    this.cutCap = cutCap;
    this.target = from.target().name();
  }

  /** Asks the target. */
  void start() {
    Target.Call started = from.target().start(plan, request.id(), this);
    if (!ended && !whole.over()) {
      call = started;
    }
  }

  @Override
  public void targetHead(Target.Head head) {
    if (whole.over()) {
      return;
    }
    if (head.status() == 401 || head.status() == 403) {
      cancel();
      quota.settle(Amounts.NONE);
      request.note(target + " answered " + head.status());
      whole.refuse(new Refusal.Unavailable(
          502, "the provider does not accept the gateway's credential", "provider_credential"));
      return;
    }
    failed = head.status() >= 400;
    if (failed && plan.errors() != null) {
      error = new ProviderFailure(plan.errors(), head);
      return;
    }
    boolean json = head.contentType().startsWith("application/json");
    ProviderDialect untold = plan.untold();
    if (untold != null && !failed) {
      sample = new AnswerSample(untold, json, gateway.settings().sampleBytes());
    }
    if (plan.translation() != null) {
      translate(plan.translation(), head);
      return;
    }
    boolean document = json && Callers.words(asked.call()) != Dialect.GEMINI;
    streamed = !failed && question.envelope().stream() && !document;
    tap = asked.dialect().tap(question, streamed);
    sendHead(head.status(), head.contentType(), head.retryAfter(), streamed ? -1 : head.length());
  }

  private void translate(Translation translation, Target.Head head) {
    streamed = question.envelope().stream();
    boolean document = head.contentType().startsWith("application/json");
    TranslatedAnswer answer =
        translation.begin(asked.dialect(), question, terms(), document, streamed);
    translated = answer;
    tap = answer;
    if (streamed) {
      sendHead(head.status(), answer.contentType(), head.retryAfter(), -1);
    }
  }

  private AnswerTerms terms() {
    return new AnswerTerms(
        request.id(),
        question.envelope().model(),
        System.currentTimeMillis() / 1000,
        !question.hidesUsage());
  }

  private void sendHead(int status, String contentType, String retryAfter, long length) {
    HeadSink head = request.head(status, Refusals.reason(status));
    head.field(Field.DATE, HttpDate.now())
        .field(Field.X_REQUEST_ID, request.id())
        .field("x-sluice-target", target);
    if (!contentType.isEmpty()) {
      head.field(Field.CONTENT_TYPE, contentType);
    }
    if (!retryAfter.isEmpty()) {
      head.field(Field.RETRY_AFTER, retryAfter);
    }
    if (!cutCap.isEmpty()) {
      head.field("x-sluice-output-cap", cutCap);
    }
    if (!losses.dropped().isEmpty()) {
      head.field("x-sluice-dropped", String.join(", ", losses.dropped()));
    }
    quota.tell(head);
    chunked = length < 0 && request.arrival().head().http11();
    request.headEnd(chunked ? BodyLength.CHUNKED : length < 0 ? BodyLength.UNTIL_CLOSE : length);
  }

  @Override
  public void targetBody(byte[] bytes, int from, int to) {
    if (whole.over()) {
      return;
    }
    if (error != null) {
      error.read(bytes, from, to);
    } else if (tap != null) {
      if (sample != null) {
        sample.take(bytes, from, to);
      }
      byte[] passed = tap.pass(bytes, from, to);
      if (translated != null && translated.failure() != null) {
        cancel();
        fail(translated.failure(), passed);
      } else {
        send(passed, 0, passed.length);
      }
    }
  }

  /**
   * The answer itself says that it went wrong.
   *
   * @param told that, in the caller's dialect, for a stream
   */
  private void fail(ProviderError why, byte[] told) {
    request.note(target + ": " + why.message());
    if (!streamed) {
      settleByUsage();
      whole.refuse(ProviderErrors.refusal(why, request.dialect()));
      return;
    }
    send(told, 0, told.length);
    endStream();
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
        ? kept.usage(model, question, quota.bounds())
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
    settleByUsage();
    whole.finish();
    if (chunked) {
      request.send(Chunks.LAST);
    }
    request.end();
  }

  /** A stream was cut: the caller is told in its dialect, and gets none of the marks of a whole answer. */
  private void cut(String why) {
    request.note(why);
    ProviderError what =
        new ProviderError(502, ProviderError.Kind.FAILED, "the provider's answer was cut off");
    byte[] told;
    if (translated != null) {
      told = translated.fail(what);
    } else {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      asked.dialect().stream(question, terms()).write(new AnswerEvent.Failed(what), out);
      told = out.toByteArray();
    }
    send(told, 0, told.length);
    endStream();
  }

  private void breakOff(String why) {
    settleByUsage();
    whole.finish();
    request.breakOff(why);
  }

  private void send(byte[] bytes, int from, int to) {
    if (from == to) {
      return;
    }
    request.send(
        chunked
            ? Chunks.chunk(bytes, from, to)
            : ByteString.fromArrayUnsafe(bytes, from, to - from));
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
    ended = true;
    if (whole.over()) {
      return;
    }
    call = null;
    if (error != null) {
      quota.settle(Amounts.NONE);
      whole.refuse(ProviderErrors.refusal(error.told(), request.dialect()));
    } else if (tap != null) {
      end(tap);
    }
  }

  private void end(AnswerTap answer) {
    byte[] rest = answer.rest();
    if (translated != null && translated.failure() != null) {
      fail(translated.failure(), rest);
    } else if (streamed && !answer.whole()) {
      cut("the stream ended before the answer did");
    } else if (translated != null && !streamed) {
      document(answer, translated.contentType(), rest);
    } else {
      send(rest, 0, rest.length);
      endWhole();
    }
  }

  /** A whole answer that was translated: its head had to wait for it. */
  private void document(AnswerTap answer, String contentType, byte[] bytes) {
    if (!answer.whole()) {
      settleByUsage();
      whole.refuse(NO_USABLE_ANSWER);
      return;
    }
    sendHead(200, contentType, "", bytes.length);
    send(bytes, 0, bytes.length);
    endWhole();
  }

  @Override
  public void targetFailed(boolean nothingSent, boolean timedOut, String why) {
    ended = true;
    if (whole.over()) {
      return;
    }
    call = null;
    request.note(why);
    if (request.arrival().headSent() && streamed) {
      cut(why);
    } else if (request.arrival().headSent()) {
      breakOff(why);
    } else if (!nothingSent || !whole.askNext()) {
      if (timedOut && !nothingSent) {
        settleByUsage();
      } else {
        quota.settle(Amounts.NONE);
      }
      whole.refuse(timedOut ? NOT_IN_TIME : NO_USABLE_ANSWER);
    }
  }

  /** Takes the request back. @return whether there was anything to take back */
  boolean cancel() {
    Target.Call running = call;
    call = null;
    if (running != null) {
      running.cancel();
    }
    return running != null;
  }

  /** Settles by what the provider reported; where it has not, the hold stands: never less than was used. */
  void settleByUsage() {
    // What a stream told before it was cut may be less than it has used.
    boolean told = tap != null && (!streamed || tap.whole());
    TokenUsage reported = tap == null || !told ? null : tap.usage();
    if (reported == null && failed) {
      reported = TokenUsage.NONE;
    }
    ModelLog.Source source = reported != null
        ? ModelLog.Source.PROVIDER
        : estimated != null ? ModelLog.Source.ESTIMATED : ModelLog.Source.HELD;
    if (reported == null) {
      reported = estimated;
    }
    CallBounds bounds = quota.bounds();
    TokenUsage usage = reported == null ? TokenUsage.of(bounds.input(), bounds.output()) : reported;
    request.usage(usage.input(), usage.output());
    gateway.log().settled(asked.spender().tenant(), target, usage, source);
    long nanos = reported == null ? bounds.nanos() : nanos(usage);
    gateway.log().spent(asked.spender(), question.envelope().model(), target, usage, source, nanos);
    quota.settle(Amounts.ofRequest(usage.input(), usage.output(), nanos));
  }

  private long nanos(TokenUsage usage) {
    return from.price() == null
        ? 0
        : from.price()
            .nanos(usage.freshInput(), usage.cacheRead(), usage.cacheWrite(), usage.output());
  }
}
