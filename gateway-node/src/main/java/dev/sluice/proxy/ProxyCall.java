package dev.sluice.proxy;

import akka.util.ByteString;
import dev.sluice.edge.Arrival;
import dev.sluice.ingress.Action.Backend;
import dev.sluice.ingress.Action.Endpoint;
import dev.sluice.ingress.Relay;
import dev.sluice.ingress.Retries;
import dev.sluice.ingress.Route;
import dev.sluice.upstream.Origin;
import dev.sluice.upstream.UpstreamConnection;
import dev.sluice.upstream.UpstreamEvents;
import dev.sluice.upstream.UpstreamFailure;
import dev.sluice.upstream.UpstreamFailure.Kind;
import dev.sluice.wire.BodyLength;
import dev.sluice.wire.Deadlines;
import dev.sluice.wire.HeadSink;
import dev.sluice.wire.RequestHead;
import dev.sluice.wire.ResponseHead;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One request relayed to an upstream, and its answer relayed back. Bodies pass as they come, with their framing, in both
 * directions; whoever reads slowly holds the other side back. Another endpoint is tried only while nothing of the
 * client's body has been taken and no byte of an answer has come.
 */
final class ProxyCall implements Arrival.Events, UpstreamEvents {
  private static final Set<String> IDEMPOTENT =
      Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

  private final Inbound request;
  private final Route route;
  private final Backend backend;
  private final Relay relay;
  private final ProxyScope scope;
  private final RequestHead head;
  private final UpstreamChoice choice;
  private final @Nullable MirrorCall mirror;
  private final Set<Endpoint> failed = new HashSet<>(2);
  private @Nullable UpstreamConnection upstream;
  private @Nullable Origin waitingFor;
  private @Nullable Endpoint endpoint;
  private @Nullable Throttle throttle;
  private @Nullable BodyEncoder encoder;
  private EndpointLoads.@Nullable Load load;
  private final TryTime tryTime = new TryTime();
  private long firstTryNanos;
  private long tryNanos;
  private long bodyBytes;
  private int tries;
  private boolean tunnel;
  private long endsAtNanos;
  private boolean over;

  ProxyCall(Passage passed, Backend backend, Relay relay, ProxyScope scope) {
    this.request = passed.request();
    this.route = passed.route();
    this.mirror = passed.mirror();
    this.backend = backend;
    this.relay = relay;
    this.scope = scope;
    this.head = request.arrival().head();
    this.choice = new UpstreamChoice(request, backend, relay, scope);
  }

  void start() {
    request.arrival().listen(this);
    firstTryNanos = System.nanoTime();
    scope.retries().request(firstTryNanos);
    startDeadline();
    if (backend.endpoints().isEmpty()
        && relay.errors() != null
        && relay.errors().fallback() != null) {
      over = true;
      new ErrorCall(request, route, relay.errors(), 503, true, scope).start();
      return;
    }
    attempt();
  }

  /** The whole time that there is, by the settings and by what a caller of gRPC says. */
  private void startDeadline() {
    long most = scope.settings().requestTimeout().toNanos();
    long told = request.dialect() == Dialect.GRPC ? GrpcStatus.timeoutNanos(request) : 0;
    long nanos = most == 0 || told > 0 && told < most ? told : most;
    if (nanos > 0) {
      Deadlines.Deadline deadline = new Deadlines.Deadline() {
        @Override
        protected void expired() {
          if (!over) {
            giveUp();
            refuse(new Refusal.Unavailable(
                504, "no answer within the time that there was", "deadline_exceeded"));
          }
        }
      };
      scope.worker().deadlines().set(deadline, nanos);
      endsAtNanos = System.nanoTime() + nanos;
      request.whenOver(() -> scope.worker().deadlines().clear(deadline));
    }
  }

  /** One try has taken too long to answer. */
  private final class TryTime extends Deadlines.Deadline {
    @Override
    protected void expired() {
      if (!over && !request.arrival().headSent()) {
        giveUp();
        failed(new UpstreamFailure(
            Kind.SILENT, "no answer within " + scope.settings().tryTimeout().toMillis() + " ms"));
      }
    }
  }

  /** Takes the request back from whoever has it. */
  private void giveUp() {
    if (upstream != null) {
      upstream.cancel();
    } else if (waitingFor != null) {
      scope.upstreams().cancel(waitingFor, this);
    }
    upstream = null;
    waitingFor = null;
    tryEnded();
  }

  private void tryBegan(Endpoint with) {
    tries++;
    endpoint = with;
    tryNanos = System.nanoTime();
    Relay.Balance balance = relay.balance();
    if (!(balance instanceof Relay.InTurn || balance instanceof Relay.Sticky)) {
      load = scope.endpoints().loads().of(with);
      load.begun();
    }
    if (!scope.settings().tryTimeout().isZero()) {
      scope.worker().deadlines().set(tryTime, scope.settings().tryTimeout().toNanos());
    }
  }

  private void tryAnswered() {
    scope.worker().deadlines().clear(tryTime);
    if (load != null) {
      long now = System.nanoTime();
      load.answered(now - tryNanos, now);
    }
  }

  private void tryEnded() {
    scope.worker().deadlines().clear(tryTime);
    if (load != null) {
      load.ended();
      load = null;
    }
  }

  private void attempt() {
    Endpoint next = choice.endpoint(failed);
    if (next == null) {
      refuse(new Refusal.Unavailable(
          503, "no endpoint of " + backend.name() + " is ready", "no_endpoint"));
      return;
    }
    tryBegan(next);
    Origin origin = choice.origin(next);
    waitingFor = origin;
    request.upstream(origin.toString());
    request.upstreamTimes().asked();
    scope.upstreams().call(origin, route.timeouts().connect(), this);
  }

  @Override
  public void connected(UpstreamConnection connection) {
    waitingFor = null;
    upstream = connection;
    request.upstreamTimes().connected();
    if (relay.fastCgi() != null) {
      connection.params(CgiParams.of(request, relay.fastCgi(), scope.settings()));
    }
    boolean old = relay.http10() && head.bodyLength() != BodyLength.CHUNKED;
    HeadSink out = old
        ? connection.request10(
            head.method(),
            request.target(),
            route.timeouts().read(),
            route.timeouts().send())
        : connection.request(
            head.method(),
            request.target(),
            route.timeouts().read(),
            route.timeouts().send());
    ForwardedFields.request(request, scope.settings(), relay, out);
    connection.headEnd(head.bodyLength());
    if (head.hasBody()) {
      request.arrival().readBody(true);
    }
  }

  @Override
  public void requestBody(ByteString piece) {
    UpstreamConnection to = upstream;
    if (to == null || over || exceeds(piece.size(), to)) {
      return;
    }
    if (mirror != null) {
      mirror.body(piece);
    }
    to.send(piece);
    holdClient(to);
  }

  @Override
  public void requestLent(ByteBuffer piece) {
    UpstreamConnection to = upstream;
    if (mirror != null) {
      requestBody(ByteString.fromByteBuffer(piece));
    } else if (to != null && !over && !exceeds(piece.remaining(), to)) {
      to.sendLent(piece);
      holdClient(to);
    }
  }

  /** Counts what came of the body; true if that is more than its route takes, which ends the call. */
  private boolean exceeds(int more, UpstreamConnection to) {
    bodyBytes += more;
    request.received(more);
    boolean tooMuch = !tunnel && route.bodyBytes() > 0 && bodyBytes > route.bodyBytes();
    if (tooMuch) {
      to.cancel();
      refuse(new Refusal.BodyTooLarge(route.bodyBytes()));
    }
    return tooMuch;
  }

  private void holdClient(UpstreamConnection to) {
    if (to.unsent() > scope.settings().unsentBytes()) {
      request.arrival().pauseBody();
    }
  }

  @Override
  public void requestEnd() {
    if (upstream != null && !over) {
      upstream.sent();
      if (mirror != null) {
        mirror.end();
      }
    }
  }

  @Override
  public void upstreamDrained() {
    request.arrival().resumeBody();
  }

  @Override
  public void responseHead(ResponseHead answer) {
    UpstreamConnection from = upstream;
    if (from == null) {
      return;
    }
    if (answer.status() == 100) {
      request.arrival().sendContinue();
      return;
    }
    if (answer.interim()) {
      return;
    }
    request.upstreamTimes().headCame();
    tryAnswered();
    if (retries(answer.status())) {
      from.cancel();
      upstream = null;
      tryAgain();
      return;
    }
    if (isReplaced(answer.status()) && relay.errors() != null && !relay.errors().ownOnly()) {
      from.cancel();
      replace(relay.errors(), answer.status());
      return;
    }
    tunnel = answer.status() == 101;
    if (tunnel && !ForwardedFields.upgrades(head)) {
      from.cancel();
      refuse(new Refusal.Unavailable(
          502, "the upstream changed the protocol unasked", "bad_upstream"));
      return;
    }
    boolean bodiless = request.isAnsweredBare(answer.status());
    AnswerCoding coding =
        bodiless ? AnswerCoding.NONE : AnswerCoding.of(request.compression(), head, answer);
    HeadSink out = request.head(answer.status(), answer.reason());
    ForwardedFields.response(request, answer, bodiless, new AnswerFields(relay, coding), out);
    coding.writeFields(answer.fields(), out);
    if (tunnel) {
      request.headEnd(BodyLength.TUNNEL);
    } else if (bodiless) {
      request.headEnd(BodyLength.NONE);
    } else if (coding.encodes()) {
      BodyEncoder made = coding.encoder();
      encoder = made;
      request.whenOver(made::close);
      request.headEnd(BodyLength.CHUNKED);
    } else {
      request.headEnd(from, answer.bodyLength());
    }
    if (tunnel) {
      request.arrival().readBody(true);
    }
  }

  @Override
  public void responseBody(ByteString piece) {
    sendBody(encoder == null ? piece : encoder.piece(piece));
  }

  @Override
  public void responseLent(ByteBuffer piece) {
    if (encoder != null || relay.bytesPerSecond() > 0) {
      responseBody(ByteString.fromByteBuffer(piece));
    } else {
      request.sendLent(piece);
      holdUpstream();
    }
  }

  private void holdUpstream() {
    if (upstream != null && request.arrival().unsent() > scope.settings().unsentBytes()) {
      upstream.pause();
    }
  }

  private void sendBody(ByteString piece) {
    if (piece.isEmpty()) {
      return;
    }
    if (relay.bytesPerSecond() > 0) {
      throttled().send(piece);
      return;
    }
    request.send(piece);
    holdUpstream();
  }

  @Override
  public void clientDrained() {
    if (upstream != null && !over && throttle == null) {
      upstream.resume();
    }
  }

  @Override
  public void responseEnd() {
    over = true;
    request.upstreamTimes().ended();
    upstream = null;
    tryEnded();
    if (encoder != null) {
      sendBody(encoder.end());
    }
    if (throttle != null) {
      throttle.end();
    } else {
      request.end();
    }
  }

  private Throttle throttled() {
    Throttle made = throttle;
    if (made == null) {
      made = new Throttle(request, relay.bytesPerSecond(), relay.freeBytes(), scope, waits -> {
        UpstreamConnection from = upstream;
        if (from != null && !over) {
          if (waits) {
            from.pause();
          } else {
            from.resume();
          }
        }
      });
      throttle = made;
    }
    return made;
  }

  @Override
  public void clientGone() {
    if (throttle != null && throttle.stop()) {
      request.gone();
      over = true;
      return;
    }
    if (over) {
      return;
    }
    if (mirror != null) {
      mirror.cut();
    }
    over = true;
    giveUp();
    request.gone();
  }

  @Override
  public void failed(UpstreamFailure failure) {
    upstream = null;
    waitingFor = null;
    tryEnded();
    if (over) {
      return;
    }
    if (request.arrival().headSent()) {
      over = true;
      request.breakOff(failure.why());
    } else if (endsAtNanos != 0 && System.nanoTime() - endsAtNanos >= 0) {
      // An upstream that was told the time gives up by itself, and may do so before our timer
      // looks.
      refuse(new Refusal.Unavailable(
          504, "no answer within the time that there was", "deadline_exceeded"));
    } else if (mayTryAgain(failure.kind()) && scope.retries().retry(System.nanoTime())) {
      tryAgain();
    } else {
      request.note(failure.why());
      refuse(refusalOf(failure));
    }
  }

  private void tryAgain() {
    tryEnded();
    if (endpoint != null) {
      failed.add(endpoint);
    }
    attempt();
  }

  private boolean mayTryAgain(Kind kind) {
    if (!hasTriesLeft()) {
      return false;
    }
    Retries retries = route.retries();
    return switch (kind) {
      case UNREACHABLE, REFUSED -> retries.onError();
      case CONNECT_TIMEOUT -> retries.onTimeout();
      case CLOSED -> retries.onError() && mayRepeat();
      case SILENT -> retries.onTimeout() && mayRepeat();
      case MALFORMED -> retries.onMalformed() && mayRepeat();
      case OVERLOADED, CUT -> false;
    };
  }

  private boolean retries(int status) {
    return route.retries().statuses().contains(status)
        && hasTriesLeft()
        && mayRepeat()
        && scope.retries().retry(System.nanoTime());
  }

  private boolean hasTriesLeft() {
    Duration within = route.retries().within();
    return tries < route.retries().tries()
        && bodyBytes == 0
        && (within.isZero() || System.nanoTime() - firstTryNanos < within.toNanos());
  }

  private boolean mayRepeat() {
    return !head.hasBody()
        && (route.retries().nonIdempotent() || IDEMPOTENT.contains(head.method()));
  }

  private boolean isReplaced(int status) {
    return relay.errors() != null && relay.errors().statuses().contains(status);
  }

  private void replace(Relay.ErrorPages pages, int status) {
    over = true;
    upstream = null;
    tryEnded();
    if (pages.fallback() == null) {
      request.refuse(new Refusal.NoRoute());
    } else {
      new ErrorCall(request, route, pages, status, false, scope).start();
    }
  }

  private static Refusal refusalOf(UpstreamFailure failure) {
    return switch (failure.kind()) {
      case CONNECT_TIMEOUT, SILENT ->
        new Refusal.Unavailable(504, "the upstream did not answer in time", "upstream_timeout");
      case OVERLOADED ->
        new Refusal.Unavailable(503, "the upstream has no connection free", "overloaded");
      default -> new Refusal.Unavailable(502, "the upstream gave no usable answer", "bad_upstream");
    };
  }

  private void refuse(Refusal refusal) {
    if (mirror != null) {
      mirror.cut();
    }
    if (isReplaced(refusal.status()) && relay.errors() != null) {
      replace(relay.errors(), refusal.status());
      return;
    }
    over = true;
    upstream = null;
    tryEnded();
    request.refuse(refusal);
  }
}
