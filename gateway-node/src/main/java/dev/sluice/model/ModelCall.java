package dev.sluice.model;

import akka.util.ByteString;
import dev.sluice.edge.Arrival;
import dev.sluice.ingress.DeclaredTenant;
import dev.sluice.ingress.ModelPrice;
import dev.sluice.ingress.ModelTable;
import dev.sluice.ingress.SpendingTree;
import dev.sluice.ingress.TenantTable;
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
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One call of a model: read the envelope, put a hold on the quota, ask the targets in order, pass the answer on, and
 * settle the hold by what was really used. Whatever happens on the way, a hold is settled, once.
 */
final class ModelCall implements Arrival.Events, Target.Events {
  /** @param price of its tokens; null if nobody has said */
  private record Candidate(Target target, @Nullable ModelPrice price) {}

  private final ModelGateway gateway;
  private final Inbound request;
  private final ModelTable models;
  private final TenantTable.Spender spender;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final Deque<Candidate> targets = new ArrayDeque<>();
  private final TotalTime totalTime = new TotalTime();
  private @Nullable ChatRequest chat;
  private @Nullable CallQuota quota;
  private @Nullable ModelPrice price;
  private Target.@Nullable Call call;
  private @Nullable SseUsage stream;
  private @Nullable JsonUsage document;
  private String target = "";
  private Duration total = Duration.ZERO;
  private long outputCap;
  private int attempts;
  private boolean capCut;
  private boolean chunked;
  private boolean failed;
  private boolean over;

  ModelCall(ModelGateway gateway, Inbound request, ModelTable models, TenantTable.Spender spender) {
    this.gateway = gateway;
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
    if (over || chat != null) {
      return;
    }
    ChatRequest.Read read = ChatRequest.read(body.toByteArray());
    if (read instanceof ChatRequest.Bad bad) {
      refuse(bad.refusal());
    } else if (read instanceof ChatRequest.Good good) {
      plan(good.request());
    }
  }

  /** Finds who can answer, and what it may come to. */
  private void plan(ChatRequest asked) {
    chat = asked;
    Optional<ModelTable.Entry> found = models.find(asked.model());
    if (found.isEmpty()) {
      refuse(new Refusal.NoSuchModel(asked.model()));
      return;
    }
    ModelTable.Entry entry = found.get();
    SpendingTree.Path path = spender.place().pathOf(asked.model());
    boolean unpriced = collectTargets(asked, entry, path);
    if (targets.isEmpty()) {
      refuse(noTarget(asked, entry, unpriced));
      return;
    }
    String unbounded = asked.unboundedInput();
    if (unbounded != null && entry.contextTokens() == 0) {
      refuse(new Refusal.BadField(
          unbounded,
          "only text can be sent to this model: how many tokens this may cost is not known"));
      return;
    }
    Long ownCap = asked.outputCap();
    outputCap =
        ownCap == null ? entry.maxOutputTokens() : Math.min(ownCap, entry.maxOutputTokens());
    capCut = ownCap != null && ownCap > outputCap;
    CallBounds bounds = CallBounds.NONE;
    for (Candidate one : targets) {
      bounds = bounds.max(bounds(asked, one, unbounded == null ? 0 : entry.contextTokens()));
    }
    admit(new CallQuota(gateway, spender, path, bounds));
  }

  /**
   * Finds those who can answer, and the longest they may take.
   *
   * @return whether one was left out because a limit counts what it costs, and nobody has said what that is
   */
  private boolean collectTargets(
      ChatRequest asked, ModelTable.Entry entry, SpendingTree.Path path) {
    boolean unpriced = false;
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    for (ModelTable.Target one : entry.targets()) {
      Optional<Target> found = gateway.target(one, asked.model());
      String model = one.model().isEmpty() ? asked.model() : one.model();
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

  private static Refusal noTarget(ChatRequest asked, ModelTable.Entry entry, boolean unpriced) {
    if (unpriced) {
      return new Refusal.Unavailable(
          503,
          "what the model \"" + asked.model() + "\" costs is not known, and a limit counts cost",
          "unknown_price");
    }
    return entry.targets().isEmpty()
        ? new Refusal.Unavailable(
            503,
            "the model \"" + asked.model() + "\" has no target that can be called",
            "no_target")
        : new Refusal.NoSuchModel(asked.model());
  }

  /** @param context tokens of the context window if the input's bytes don't bound it; else 0 */
  private CallBounds bounds(ChatRequest asked, Candidate one, long context) {
    long input = context > 0 ? context : one.target().inputBound(asked);
    long output = one.target().outputBound(asked, outputCap) * asked.choices();
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
    Candidate next = targets.poll();
    ChatRequest asked = chat;
    CallQuota held = quota;
    if (next == null || asked == null || held == null) {
      return;
    }
    target = next.target().name();
    price = next.price();
    request.upstream(target);
    gateway.scope().deadlines().set(totalTime, Math.max(1, held.left(total).toNanos()));
    int attempt = ++attempts;
    Target.Call started = next.target().start(asked, outputCap, request.id(), this);
    if (attempt == attempts && !over) {
      call = started;
    }
  }

  @Override
  public void targetHead(int status, String contentType, String retryAfter, long length) {
    if (over || chat == null) {
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
    boolean events = contentType.startsWith("text/event-stream");
    if (events) {
      stream = new SseUsage(!chat.includeUsage());
    } else {
      document = new JsonUsage();
    }
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
    if (quota != null) {
      quota.tell(head);
    }
    chunked = (length < 0 || events) && request.arrival().head().http11();
    request.headEnd(
        chunked ? BodyLength.CHUNKED : length < 0 || events ? BodyLength.UNTIL_CLOSE : length);
  }

  @Override
  public void targetBody(byte[] bytes, int from, int to) {
    if (over) {
      return;
    }
    if (stream != null) {
      byte[] passed = stream.pass(bytes, from, to);
      send(passed, 0, passed.length);
    } else if (document != null) {
      document.read(bytes, from, to);
      send(bytes, from, to);
    }
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
    if (stream != null) {
      byte[] rest = stream.rest();
      send(rest, 0, rest.length);
    }
    settleByUsage();
    finish();
    if (chunked) {
      request.send(Chunks.LAST);
    }
    request.end();
  }

  @Override
  public void targetFailed(boolean nothingSent, boolean timedOut, String why) {
    if (over) {
      return;
    }
    call = null;
    request.note(why);
    if (request.arrival().headSent()) {
      settleByUsage();
      finish();
      request.breakOff(why);
    } else if (nothingSent && !targets.isEmpty()) {
      attempt();
    } else {
      if (timedOut && !nothingSent) {
        settleByUsage();
      } else {
        settle(Amounts.NONE);
      }
      refuse(new Refusal.Unavailable(
          timedOut ? 504 : 502,
          timedOut
              ? "the model's provider did not answer in time"
              : "the model's provider gave no usable answer",
          timedOut ? "provider_timeout" : "provider_unreachable"));
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
    TokenUsage reported =
        stream != null ? stream.usage() : document != null ? document.usage() : null;
    if (reported == null && failed) {
      reported = new TokenUsage(0, 0);
    }
    CallBounds bounds = quota == null ? CallBounds.NONE : quota.bounds();
    TokenUsage usage =
        reported == null ? new TokenUsage(bounds.input(), bounds.output()) : reported;
    request.usage(usage.input(), usage.output());
    ModelLog.Source source = reported == null ? ModelLog.Source.HELD : ModelLog.Source.PROVIDER;
    gateway.log().settled(spender.tenant(), target, usage, source);
    long nanos = reported == null ? bounds.nanos() : nanos(usage);
    gateway.log().spent(spender, chat == null ? "" : chat.model(), target, usage, source, nanos);
    settle(Amounts.ofRequest(usage.input(), usage.output(), nanos));
  }

  private long nanos(TokenUsage usage) {
    return price == null
        ? 0
        : price.nanos(usage.input() - usage.cachedInput(), usage.cachedInput(), usage.output());
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
