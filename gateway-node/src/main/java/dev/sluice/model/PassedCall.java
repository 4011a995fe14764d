package dev.sluice.model;

import akka.util.ByteString;
import dev.sluice.edge.Arrival;
import dev.sluice.ingress.Action;
import dev.sluice.ingress.DeclaredTenant;
import dev.sluice.ingress.ModelLimit;
import dev.sluice.ingress.ModelPrice;
import dev.sluice.ingress.ModelProvider;
import dev.sluice.ingress.SpendingTree;
import dev.sluice.ingress.TenantTable;
import dev.sluice.model.chat.TokenUsage;
import dev.sluice.proxy.HttpDate;
import dev.sluice.proxy.Inbound;
import dev.sluice.proxy.Refusal;
import dev.sluice.proxy.Refusals;
import dev.sluice.quota.Admission;
import dev.sluice.quota.Amounts;
import dev.sluice.upstream.UpstreamConnection;
import dev.sluice.upstream.UpstreamEvents;
import dev.sluice.upstream.UpstreamFailure;
import dev.sluice.upstream.UpstreamFailure.Kind;
import dev.sluice.wire.BodyLength;
import dev.sluice.wire.Deadlines;
import dev.sluice.wire.Field;
import dev.sluice.wire.HeadSink;
import dev.sluice.wire.RequestHead;
import dev.sluice.wire.ResponseHead;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that a provider gets as it is, with the gateway's credential, and its answer: files, batches, realtime. A hold is put on
 * the quota first, while the body waits with the client; bodies are never kept. What the route says is charged, whole, once the
 * provider has taken the request.
 */
final class PassedCall implements Arrival.Events, UpstreamEvents, CallQuota.Asking, Place.Events {
  private final ModelGateway gateway;
  private final Inbound request;
  private final Action.Pass pass;
  private final TenantTable.Spender spender;
  private final ModelProvider provider;
  private final ProviderAddress address;
  private final RequestHead head;
  private final String model;
  private final TotalTime totalTime = new TotalTime();
  private @Nullable CallQuota quota;
  private @Nullable Place place;
  private @Nullable UpstreamConnection upstream;
  private boolean waiting;
  private boolean used;
  private String secret = "";
  private @Nullable SecretMask mask;
  private boolean refused;
  private boolean settled;
  private boolean tunnel;
  private boolean over;
  private long bodyBytes;
  private int queued;
  private boolean cancelled;

  PassedCall(ModelGateway gateway, Inbound request, Action.Pass pass, TenantTable.Spender spender) {
    this.gateway = gateway;
    this.request = request;
    this.pass = pass;
    this.spender = spender;
    this.provider = pass.provider();
    this.address = ProviderAddress.of(provider);
    this.head = request.arrival().head();
    this.model = PassedRequest.models(head.target()).stream().findFirst().orElse("");
  }

  void start() {
    request.arrival().listen(this);
    if (!PassedRequest.METHODS.contains(head.method())) {
      refuse(new Refusal.MethodNotAllowed("GET, HEAD, POST, PUT, PATCH and DELETE"));
      return;
    }
    if (PassedRequest.models(head.target()).size() > 1) {
      refuse(new Refusal.BadField("model", "only one model can be named"));
      return;
    }
    SpendingTree.Path path = spender.place().pathOf(model);
    ModelPrice price =
        ModelPrice.of(provider.prices(), model, LocalDate.now(ZoneOffset.UTC)).orElse(null);
    boolean byContext = pass.contextTokens() > 0;
    if (byContext && price == null && path.enforces(DeclaredTenant.Unit.COST)) {
      refuse(new Refusal.Unavailable(
          503, "what this costs is not known, and a limit counts cost", "unknown_price"));
      return;
    }
    long nanos = price == null ? 0 : price.nanosAtMost(pass.contextTokens(), pass.outputTokens());
    CallQuota held = new CallQuota(
        gateway, spender, path, new CallBounds(pass.contextTokens(), pass.outputTokens(), nanos));
    quota = held;
    held.ask(this);
  }

  @Override
  public void admitted() {
    ModelLimit limit = provider.limitOf(model);
    CallQuota held = quota;
    if (limit != null && held != null) {
      place = new Place(gateway, provider.name(), limit, true, this);
      place.ask(spender.tenant(), held.bounds());
    } else if (held != null) {
      call(held);
    }
  }

  @Override
  public void in(Place given, int position) {
    CallQuota held = quota;
    if (held != null) {
      queued = position;
      call(held);
    }
  }

  @Override
  public void out(Place none, int position, Duration retryAfter) {
    settle();
    finish();
    Refusals.answer(
        request,
        none.refusal(position, retryAfter),
        head -> head.field(Place.POSITION, Integer.toString(position)));
  }

  @Override
  public void unknown(Place none) {
    refuse(Place.unknownRefusal());
  }

  @Override
  public void lost(Place none) {
    giveUp();
    fail("nobody could say for too long that the provider still has room for it", false);
  }

  @Override
  public void refused(Admission.Refused why) {
    CallQuota held = quota;
    if (held != null) {
      finish();
      held.answer(request, why);
    }
  }

  private void call(CallQuota held) {
    request.upstream(provider.name());
    Duration total = held.left(provider.timeouts().total());
    gateway.scope().deadlines().set(totalTime, Math.max(1, total.toNanos()));
    waiting = true;
    gateway.upstreams().call(address.origin(), gateway.settings().connectTimeout(), this);
  }

  @Override
  public void connected(UpstreamConnection connection) {
    waiting = false;
    upstream = connection;
    used = true;
    String target = address.path() + PassedRequest.target(request, pass);
    Duration silence = provider.timeouts().silence();
    HeadSink out = connection
        .request(head.method(), target.isEmpty() ? "/" : target, silence, silence)
        .field(Field.HOST, address.authority())
        .field("User-Agent", "sluice")
        .field(Field.X_REQUEST_ID, request.id());
    PassedRequest.writeFields(head, out);
    Map<String, String> proof = credential(target);
    proof.forEach(out::field);
    secret = SecretMask.among(proof);
    connection.headEnd(head.bodyLength());
    if (head.hasBody()) {
      request.arrival().sendContinue();
      request.arrival().readBody(true);
    }
  }

  private Map<String, String> credential(String target) {
    return provider.credential().isEmpty()
        ? Map.of()
        : gateway
            .api(provider)
            .fields(
                provider.credential(),
                new ProviderApi.Sent(address.authority(), target, "", new byte[0]));
  }

  @Override
  public void requestBody(ByteString piece) {
    UpstreamConnection to = upstream;
    if (to == null || over) {
      return;
    }
    bodyBytes += piece.size();
    if (!tunnel && request.bodyLimit() > 0 && bodyBytes > request.bodyLimit()) {
      giveUp();
      refuse(new Refusal.BodyTooLarge(request.bodyLimit()));
      return;
    }
    to.send(piece);
    if (to.unsent() > gateway.settings().unsentBytes()) {
      request.arrival().pauseBody();
    }
  }

  @Override
  public void requestEnd() {
    if (upstream != null && !over) {
      upstream.sent();
    }
  }

  @Override
  public void upstreamDrained() {
    request.arrival().resumeBody();
  }

  @Override
  public void responseHead(ResponseHead answer) {
    UpstreamConnection from = upstream;
    if (from == null || over || answer.interim()) {
      return;
    }
    int status = answer.status();
    tunnel = status == 101;
    if (status == 401 || status == 403) {
      giveUp();
      used = false;
      request.note(provider.name() + " answered " + status);
      refuse(new Refusal.Unavailable(
          502, "the provider does not accept the gateway's credential", "provider_credential"));
      return;
    }
    if (tunnel && !PassedRequest.upgrades(head)) {
      giveUp();
      refuse(new Refusal.Unavailable(
          502, "the provider changed the protocol unasked", "provider_unreachable"));
      return;
    }
    refused = status >= 400;
    String type = answer.fields().first(Field.CONTENT_TYPE);
    mask = tunnel ? null : SecretMask.of(secret, status, type == null ? "" : type);
    HeadSink out = request
        .head(status, answer.reason())
        .field(Field.DATE, HttpDate.now())
        .field(Field.X_REQUEST_ID, request.id())
        .field("x-sluice-target", provider.name());
    PassedRequest.writeFields(answer, out);
    if (queued > 0) {
      out.field(Place.POSITION, Integer.toString(queued));
    }
    if (quota != null) {
      quota.tell(out);
    }
    boolean bodiless = head.method().equals("HEAD") || status == 204 || status == 304;
    if (tunnel) {
      request.headEnd(BodyLength.TUNNEL);
      request.arrival().readBody(true);
    } else if (bodiless) {
      request.headEnd(BodyLength.NONE);
    } else {
      request.headEnd(from, answer.bodyLength());
    }
  }

  @Override
  public void responseBody(ByteString piece) {
    if (over || piece.isEmpty()) {
      return;
    }
    request.send(
        mask == null ? piece : ByteString.fromArrayUnsafe(mask.pass(piece.toArrayUnsafe())));
    if (upstream != null && request.arrival().unsent() > gateway.settings().unsentBytes()) {
      upstream.pause();
    }
  }

  @Override
  public void clientDrained() {
    if (upstream != null && !over) {
      upstream.resume();
    }
  }

  @Override
  public void responseEnd() {
    upstream = null;
    if (!over) {
      if (mask != null) {
        request.send(ByteString.fromArrayUnsafe(mask.rest()));
      }
      settle();
      finish();
      request.end();
    }
  }

  @Override
  public void failed(UpstreamFailure failure) {
    upstream = null;
    waiting = false;
    cancelled = true;
    if (over) {
      return;
    }
    boolean slow = failure.kind() == Kind.CONNECT_TIMEOUT || failure.kind() == Kind.SILENT;
    fail(failure.why(), slow);
  }

  private void fail(String why, boolean slow) {
    request.note(why);
    settle();
    if (request.arrival().headSent()) {
      finish();
      request.breakOff(why);
      return;
    }
    refuse(
        slow
            ? new Refusal.Unavailable(
                504, "the model's provider did not answer in time", "provider_timeout")
            : new Refusal.Unavailable(
                502, "the model's provider gave no usable answer", "provider_unreachable"));
  }

  @Override
  public void clientGone() {
    if (over) {
      return;
    }
    giveUp();
    settle();
    finish();
    request.gone();
  }

  private void giveUp() {
    UpstreamConnection running = upstream;
    upstream = null;
    if (running != null) {
      cancelled = true;
      running.cancel();
    } else if (waiting) {
      gateway.upstreams().cancel(address.origin(), this);
    }
    waiting = false;
  }

  /** Charges all that was held once the provider may have done something; of what it refused, the request alone. */
  private void settle() {
    CallQuota held = quota;
    if (held == null || settled) {
      return;
    }
    settled = true;
    if (!used) {
      held.settle(Amounts.NONE);
      return;
    }
    CallBounds bounds = refused ? CallBounds.NONE : held.bounds();
    TokenUsage usage = TokenUsage.of(bounds.input(), bounds.output());
    request.usage(usage.input(), usage.output());
    gateway.log().settled(spender.tenant(), provider.name(), usage, ModelLog.Source.HELD);
    gateway
        .log()
        .spent(spender, pass.path(), provider.name(), usage, ModelLog.Source.HELD, bounds.nanos());
    held.settle(Amounts.ofRequest(bounds.input(), bounds.output(), bounds.nanos()));
  }

  @Override
  public boolean over() {
    return over;
  }

  @Override
  public void refuse(Refusal refusal) {
    settle();
    finish();
    request.refuse(refusal);
  }

  private void finish() {
    over = true;
    gateway.scope().deadlines().clear(totalTime);
    if (place != null) {
      place.over(cancelled);
      if (!used) {
        place.used(0);
      }
    }
  }

  /** A hold has an end. */
  private final class TotalTime extends Deadlines.Deadline {
    @Override
    protected void expired() {
      if (!over) {
        giveUp();
        fail("it was not over in time", true);
      }
    }
  }
}
