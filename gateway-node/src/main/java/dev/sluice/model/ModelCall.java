package dev.sluice.model;

import akka.util.ByteString;
import dev.sluice.edge.Arrival;
import dev.sluice.ingress.Action;
import dev.sluice.ingress.DeclaredTenant;
import dev.sluice.ingress.ModelPrice;
import dev.sluice.ingress.ModelTable;
import dev.sluice.ingress.SpendingTree;
import dev.sluice.ingress.TenantTable;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerReader;
import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.CallerDialect;
import dev.sluice.model.chat.Envelope;
import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.ProviderDialect;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.TokenUsage;
import dev.sluice.model.chat.UnsayableException;
import dev.sluice.proxy.Dialect;
import dev.sluice.proxy.HttpDate;
import dev.sluice.proxy.Inbound;
import dev.sluice.proxy.Refusal;
import dev.sluice.proxy.Refusals;
import dev.sluice.quota.Admission;
import dev.sluice.quota.Amounts;
import dev.sluice.wire.BodyLength;
import dev.sluice.wire.Chunks;
import dev.sluice.wire.Deadlines;
import dev.sluice.wire.Field;
import dev.sluice.wire.HeadSink;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One call of a model: read the envelope, put a hold on the quota, ask the targets in order, pass the answer on, and
 * settle the hold by what was really used. Whatever happens on the way, a hold is settled, once.
 */
final class ModelCall implements Arrival.Events, Target.Events {
  /** @param price of its tokens; null if nobody has said */
  private record Candidate(Target target, @Nullable ModelPrice price) {}

  private static final List<String> CARRIED = List.of("anthropic-version", "anthropic-beta");
  private static final Refusal NOT_IN_TIME = new Refusal.Unavailable(
      504, "the model's provider did not answer in time", "provider_timeout");
  private static final Refusal NO_USABLE_ANSWER = new Refusal.Unavailable(
      502, "the model's provider gave no usable answer", "provider_unreachable");

  private final ModelGateway gateway;
  private final Inbound request;
  private final Action.Call asked;
  private final CallerDialect dialect;
  private final ModelTable models;
  private final TenantTable.Spender spender;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final Deque<Candidate> targets = new ArrayDeque<>();
  private final TotalTime totalTime = new TotalTime();
  private @Nullable Question question;
  private @Nullable CallQuota quota;
  private @Nullable ModelPrice price;
  private Target.@Nullable Call call;
  private Losses losses = new Losses(false);
  private Target.@Nullable Plan plan;
  private @Nullable AnswerTap tap;
  private @Nullable TranslatedAnswer translated;
  private @Nullable ProviderFailure error;
  private boolean streamed;
  private String target = "";
  private Duration total = Duration.ZERO;
  private long outputCap;
  private int attempts;
  private boolean capCut;
  private boolean chunked;
  private boolean failed;
  private boolean over;

  ModelCall(
      ModelGateway gateway,
      Inbound request,
      Action.Call asked,
      CallerDialect dialect,
      ModelTable models,
      TenantTable.Spender spender) {
    this.gateway = gateway;
    this.asked = asked;
    this.dialect = dialect;
    this.request = request;
    this.models = models;
    this.spender = spender;
  }

  void start() {
    Arrival arrival = request.arrival();
    arrival.listen(this);
    arrival.sendContinue();
    arrival.readBody(false);
    if (!arrival.bodyPending()) {
      requestEnd();
    }
  }

  @Override
  public void requestBody(ByteString piece) {
    long most = request.bodyLimit();
    if (over) {
      return;
    }
    if (body.size() + piece.size() > most) {
      refuse(new Refusal.BodyTooLarge(most));
    } else {
      body.writeBytes(piece.toArrayUnsafe());
    }
  }

  @Override
  public void requestEnd() {
    if (over || question != null) {
      return;
    }
    String type = request.arrival().head().fields().first(Field.CONTENT_TYPE);
    QuestionRead read = dialect.read(pathAndQuery(), type == null ? "" : type, body.toByteArray());
    if (read instanceof QuestionRead.Bad bad) {
      refuse(new Refusal.BadField(bad.field(), bad.message()));
    } else if (read instanceof QuestionRead.Good good) {
      question = good.question();
      plan(good.question().envelope());
    }
  }

  private String pathAndQuery() {
    String target = request.arrival().head().target();
    int mark = target.indexOf('?');
    return mark < 0 ? request.path() : request.path() + target.substring(mark);
  }

  /** What Anthropic's dialect says in the head of a request. */
  private Map<String, String> carried() {
    Map<String, String> carried = new HashMap<>();
    if (asked == Action.Call.MESSAGES || asked == Action.Call.COUNT_TOKENS) {
      for (String name : CARRIED) {
        String value = request.arrival().head().fields().first(name);
        if (value != null) {
          carried.put(name, value);
        }
      }
    }
    return carried;
  }

  /** Finds who can answer, and what it may come to. */
  private void plan(Envelope envelope) {
    Optional<ModelTable.Entry> found = models.find(envelope.model());
    if (found.isEmpty()) {
      refuse(new Refusal.NoSuchModel(envelope.model()));
      return;
    }
    ModelTable.Entry entry = found.get();
    SpendingTree.Path path = spender.place().pathOf(envelope.model());
    boolean unpriced = collectTargets(envelope, entry, path);
    if (targets.isEmpty()) {
      refuse(noTarget(envelope, entry, unpriced));
      return;
    }
    String unbounded = envelope.unbounded();
    if (unbounded != null && entry.contextTokens() == 0) {
      refuse(new Refusal.BadField(
          unbounded,
          "only text can be sent to this model: how many tokens this may cost is not known"));
      return;
    }
    Long ownCap = envelope.outputCap();
    outputCap =
        ownCap == null ? entry.maxOutputTokens() : Math.min(ownCap, entry.maxOutputTokens());
    capCut = ownCap != null && ownCap > outputCap;
    CallBounds bounds = CallBounds.NONE;
    for (Candidate one : targets) {
      bounds = bounds.max(bounds(envelope, one, unbounded == null ? 0 : entry.contextTokens()));
    }
    losses = new Losses(entry.dropsUnsayable());
    Refusal unsayable = sayToFirst();
    if (unsayable != null) {
      refuse(unsayable);
      return;
    }
    admit(new CallQuota(gateway, spender, path, bounds));
  }

  /**
   * Says the request to the first target that has words for it; those before it are left out.
   *
   * @return why none has; null if one has
   */
  private @Nullable Refusal sayToFirst() {
    Question said = question;
    Refusal why = null;
    plan = null;
    while (said != null && plan == null && !targets.isEmpty()) {
      try {
        plan = targets.element().target().plan(asked, said, outputCap, carried(), losses);
      } catch (UnsayableException e) {
        why = why == null ? new Refusal.BadField(e.field(), e.why()) : why;
        targets.remove();
      }
    }
    return plan == null ? why : null;
  }

  /**
   * Finds those who can answer, and the longest they may take.
   *
   * @return whether one was left out because a limit counts what it costs, and nobody has said what that is
   */
  private boolean collectTargets(
      Envelope envelope, ModelTable.Entry entry, SpendingTree.Path path) {
    boolean unpriced = false;
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    for (ModelTable.Target one : entry.targets()) {
      Optional<Target> found = gateway.target(one, envelope.model());
      String model = one.model().isEmpty() ? envelope.model() : one.model();
      ModelPrice known = ModelPrice.of(one.provider().prices(), model, today).orElse(null);
      if (found.isPresent() && known == null && path.enforces(DeclaredTenant.Unit.COST)) {
        unpriced = true;
      } else if (found.isPresent()) {
        targets.add(new Candidate(found.get(), known));
        Duration most = one.provider().timeouts().total();
        total = total.compareTo(most) < 0 ? most : total;
      }
    }
    return unpriced;
  }

  private static Refusal noTarget(Envelope envelope, ModelTable.Entry entry, boolean unpriced) {
    if (unpriced) {
      return new Refusal.Unavailable(
          503,
          "what the model \"" + envelope.model() + "\" costs is not known, and a limit counts cost",
          "unknown_price");
    }
    return entry.targets().isEmpty()
        ? new Refusal.Unavailable(
            503,
            "the model \"" + envelope.model() + "\" has no target that can be called",
            "no_target")
        : new Refusal.NoSuchModel(envelope.model());
  }

  /** @param context tokens of the context window if the input's bytes don't bound it; else 0 */
  private CallBounds bounds(Envelope envelope, Candidate one, long context) {
    long input = context > 0 ? context : one.target().inputBound(envelope);
    long output = one.target().outputBound(envelope, outputCap) * envelope.choices();
    long nanos = one.price() == null ? 0 : one.price().nanosAtMost(input, output);
    return new CallBounds(input, output, nanos);
  }

  private void admit(CallQuota held) {
    quota = held;
    if (!held.limited()) {
      attempt();
      return;
    }
    Admission answer = held.ask(later -> gateway.scope().execute(() -> admitted(held, later)));
    if (answer != null) {
      admitted(held, answer);
    }
  }

  private void admitted(CallQuota held, Admission answer) {
    if (answer instanceof Admission.Admitted admitted) {
      held.took(admitted);
      if (over) {
        held.settle(Amounts.NONE);
      } else {
        attempt();
      }
    } else if (over) {
      return;
    } else if (answer instanceof Admission.Refused refused) {
      gateway.log().refused(spender.tenant(), refused.room().bucket());
      finish();
      Refusal refusal = QuotaFields.refusal(spender.tenant(), refused, held.bounds());
      Refusals.answer(request, refusal, head -> QuotaFields.refused(refused, head));
    } else if (!held.enforced()) {
      attempt();
    } else {
      refuse(new Refusal.QuotaUnreachable(Duration.ofSeconds(1)));
    }
  }

  private void attempt() {
    Target.Plan said = plan;
    Candidate next = targets.poll();
    CallQuota held = quota;
    if (next == null || said == null || held == null) {
      return;
    }
    target = next.target().name();
    price = next.price();
    request.upstream(target);
    gateway.scope().deadlines().set(totalTime, Math.max(1, held.left(total).toNanos()));
    int attempt = ++attempts;
    Target.Call started = next.target().start(held.told(said), request.id(), this);
    if (attempt == attempts && !over) {
      call = started;
    }
  }

  @Override
  public void targetHead(int status, String contentType, String retryAfter, long length) {
    Question said = question;
    Target.Plan asPlanned = plan;
    if (over || said == null || asPlanned == null) {
      return;
    }
    if (status == 401 || status == 403) {
      cancelCall();
      settle(Amounts.NONE);
      request.note(target + " answered " + status);
      refuse(new Refusal.Unavailable(
          502, "the provider does not accept the gateway's credential", "provider_credential"));
      return;
    }
    failed = status >= 400;
    if (asPlanned.dialect() != null) {
      translate(said, asPlanned.dialect(), status, contentType, retryAfter);
      return;
    }
    boolean document =
        contentType.startsWith("application/json") && Callers.words(asked) != Dialect.GEMINI;
    streamed = !failed && said.envelope().stream() && !document;
    tap = dialect.tap(said, streamed);
    sendHead(status, contentType, retryAfter, streamed ? -1 : length);
  }

  private void translate(
      Question said, ProviderDialect from, int status, String contentType, String retryAfter) {
    if (failed) {
      error = new ProviderFailure(from, status, retryAfter);
      return;
    }
    streamed = said.envelope().stream();
    AnswerReader reader =
        contentType.startsWith("application/json") ? from.document() : from.stream();
    TranslatedAnswer answer = new TranslatedAnswer(
        reader, streamed ? dialect.stream(said, terms(said)) : dialect.document(said, terms(said)));
    translated = answer;
    tap = answer;
    if (streamed) {
      sendHead(status, answer.contentType(), retryAfter, -1);
    }
  }

  private AnswerTerms terms(Question said) {
    return new AnswerTerms(
        request.id(),
        said.envelope().model(),
        System.currentTimeMillis() / 1000,
        !said.hidesUsage());
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
    if (capCut) {
      head.field("x-sluice-output-cap", Long.toString(outputCap));
    }
    if (!losses.dropped().isEmpty()) {
      head.field("x-sluice-dropped", String.join(", ", losses.dropped()));
    }
    if (quota != null) {
      quota.tell(head);
    }
    chunked = length < 0 && request.arrival().head().http11();
    request.headEnd(chunked ? BodyLength.CHUNKED : length < 0 ? BodyLength.UNTIL_CLOSE : length);
  }

  @Override
  public void targetBody(byte[] bytes, int from, int to) {
    if (over) {
      return;
    }
    if (error != null) {
      error.read(bytes, from, to);
    } else if (tap != null) {
      byte[] passed = tap.pass(bytes, from, to);
      if (translated != null && translated.failure() != null) {
        cancelCall();
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
      refuse(ProviderErrors.refusal(why, request.dialect()));
      return;
    }
    send(told, 0, told.length);
    endStream();
  }

  private void endStream() {
    settleByUsage();
    finish();
    if (chunked) {
      request.send(Chunks.LAST);
    }
    request.end();
  }

  /** A stream was cut: the caller is told in its dialect, and gets none of the marks of a whole answer. */
  private void cut(String why) {
    request.note(why);
    Question said = question;
    if (said == null || !Callers.converses(asked)) {
      settleByUsage();
      finish();
      request.breakOff(why);
      return;
    }
    ProviderError what =
        new ProviderError(502, ProviderError.Kind.FAILED, "the provider's answer was cut off");
    byte[] told;
    if (translated != null) {
      told = translated.fail(what);
    } else {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      dialect.stream(said, terms(said)).write(new AnswerEvent.Failed(what), out);
      told = out.toByteArray();
    }
    send(told, 0, told.length);
    endStream();
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

  @Override
  public void clientDrained() {
    if (call != null && !over) {
      call.resume();
    }
  }

  @Override
  public void targetEnd() {
    if (over) {
      return;
    }
    call = null;
    if (error != null) {
      settle(Amounts.NONE);
      refuse(ProviderErrors.refusal(error.told(), request.dialect()));
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
      document(answer, rest);
    } else {
      send(rest, 0, rest.length);
      endStream();
    }
  }

  /** A whole answer that was translated: its head had to wait for it. */
  private void document(AnswerTap answer, byte[] bytes) {
    if (!answer.whole()) {
      settleByUsage();
      refuse(NO_USABLE_ANSWER);
      return;
    }
    sendHead(200, translated == null ? "" : translated.contentType(), "", bytes.length);
    send(bytes, 0, bytes.length);
    endStream();
  }

  @Override
  public void targetFailed(boolean nothingSent, boolean timedOut, String why) {
    if (over) {
      return;
    }
    call = null;
    request.note(why);
    if (request.arrival().headSent() && streamed) {
      cut(why);
    } else if (request.arrival().headSent()) {
      settleByUsage();
      finish();
      request.breakOff(why);
    } else if (nothingSent && !targets.isEmpty() && sayToFirst() == null) {
      attempt();
    } else {
      if (timedOut && !nothingSent) {
        settleByUsage();
      } else {
        settle(Amounts.NONE);
      }
      refuse(timedOut ? NOT_IN_TIME : NO_USABLE_ANSWER);
    }
  }

  @Override
  public void clientGone() {
    if (over) {
      return;
    }
    boolean asked = call != null;
    cancelCall();
    if (asked) {
      settleByUsage();
    } else {
      settle(Amounts.NONE);
    }
    finish();
    request.gone();
  }

  /** Settles by what the provider reported; where it has not, the hold stands: never less than was used. */
  private void settleByUsage() {
    // What a stream told before it was cut may be less than it has used.
    boolean told = tap != null && (!streamed || tap.whole());
    TokenUsage reported = tap == null || !told ? null : tap.usage();
    if (reported == null && failed) {
      reported = TokenUsage.NONE;
    }
    CallBounds bounds = quota == null ? CallBounds.NONE : quota.bounds();
    TokenUsage usage = reported == null ? TokenUsage.of(bounds.input(), bounds.output()) : reported;
    request.usage(usage.input(), usage.output());
    ModelLog.Source source = reported == null ? ModelLog.Source.HELD : ModelLog.Source.PROVIDER;
    gateway.log().settled(spender.tenant(), target, usage, source);
    long nanos = reported == null ? bounds.nanos() : nanos(usage);
    Question said = question;
    String model = said == null ? "" : said.envelope().model();
    gateway.log().spent(spender, model, target, usage, source, nanos);
    settle(Amounts.ofRequest(usage.input(), usage.output(), nanos));
  }

  private long nanos(TokenUsage usage) {
    return price == null
        ? 0
        : price.nanos(usage.freshInput(), usage.cacheRead(), usage.cacheWrite(), usage.output());
  }

  private void settle(Amounts used) {
    if (quota != null) {
      quota.settle(used);
    }
  }

  private void refuse(Refusal refusal) {
    settle(Amounts.NONE);
    finish();
    request.refuse(refusal);
  }

  private void finish() {
    over = true;
    gateway.scope().deadlines().clear(totalTime);
  }

  private void cancelCall() {
    Target.Call running = call;
    call = null;
    if (running != null) {
      running.cancel();
    }
  }

  /** An answer must have an end, or its hold would have none. */
  private final class TotalTime extends Deadlines.Deadline {
    @Override
    protected void expired() {
      if (!over) {
        cancelCall();
        targetFailed(false, true, "no whole answer within " + total.toSeconds() + " s");
      }
    }
  }
}
