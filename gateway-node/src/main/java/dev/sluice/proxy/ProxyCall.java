package dev.sluice.proxy;

import akka.util.ByteString;
import dev.sluice.edge.Arrival;
import dev.sluice.ingress.Action.Backend;
import dev.sluice.ingress.Action.Endpoint;
import dev.sluice.ingress.Route;
import dev.sluice.upstream.Origin;
import dev.sluice.upstream.UpstreamConnection;
import dev.sluice.upstream.UpstreamEvents;
import dev.sluice.upstream.UpstreamFailure;
import dev.sluice.upstream.UpstreamFailure.Kind;
import dev.sluice.wire.BodyLength;
import dev.sluice.wire.RequestHead;
import dev.sluice.wire.ResponseHead;
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
  private final ProxyScope scope;
  private final RequestHead head;
  private @Nullable UpstreamConnection upstream;
  private @Nullable Origin waitingFor;
  private long bodyBytes;
  private int tries;
  private boolean tunnel;
  private boolean over;

  ProxyCall(Inbound request, Route route, Backend backend, ProxyScope scope) {
    this.request = request;
    this.route = route;
    this.backend = backend;
    this.scope = scope;
    this.head = request.arrival().head();
  }

  void start() {
    request.arrival().listen(this);
    attempt();
  }

  private void attempt() {
    Endpoint endpoint = scope.endpoints().endpoint(backend);
    if (endpoint == null) {
      refuse(new Refusal.Unavailable(
          503, "no endpoint of " + backend.name() + " is ready", "no_endpoint"));
      return;
    }
    tries++;
    Origin origin = Origin.plain(endpoint.host(), endpoint.port());
    waitingFor = origin;
    request.upstream(origin.toString());
    scope.upstreams().call(origin, route.timeouts().connect(), this);
  }

  @Override
  public void connected(UpstreamConnection connection) {
    waitingFor = null;
    upstream = connection;
    ForwardedFields.request(
        request,
        scope.settings(),
        connection.request(
            head.method(),
            head.target(),
            route.timeouts().read(),
            route.timeouts().send()));
    connection.headEnd(head.bodyLength());
    if (head.hasBody()) {
      request.arrival().readBody(true);
    }
  }

  @Override
  public void requestBody(ByteString piece) {
    UpstreamConnection to = upstream;
    if (to == null || over) {
      return;
    }
    bodyBytes += piece.size();
    if (!tunnel && route.bodyBytes() > 0 && bodyBytes > route.bodyBytes()) {
      to.cancel();
      refuse(new Refusal.BodyTooLarge(route.bodyBytes()));
      return;
    }
    to.send(piece);
    if (to.unsent() > scope.settings().unsentBytes()) {
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
    tunnel = answer.status() == 101;
    long length = answer.bodyLength();
    if (tunnel && !ForwardedFields.upgrades(head)) {
      from.cancel();
      refuse(new Refusal.Unavailable(
          502, "the upstream changed the protocol unasked", "bad_upstream"));
      return;
    }
    boolean bodiless =
        head.method().equals("HEAD") || answer.status() == 204 || answer.status() == 304;
    ForwardedFields.response(answer, bodiless, request.head(answer.status(), answer.reason()));
    if (tunnel) {
      request.headEnd(BodyLength.TUNNEL);
    } else if (bodiless) {
      request.headEnd(BodyLength.NONE);
    } else if (length == BodyLength.CHUNKED && !head.http11()) {
      request.headEnd(BodyLength.UNTIL_CLOSE);
    } else {
      from.framed();
      request.headEnd(length);
    }
    if (tunnel) {
      request.arrival().readBody(true);
    }
  }

  @Override
  public void responseBody(ByteString piece) {
    request.send(piece);
    if (upstream != null && request.arrival().unsent() > scope.settings().unsentBytes()) {
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
    over = true;
    upstream = null;
    request.end();
  }

  @Override
  public void clientGone() {
    if (over) {
      return;
    }
    over = true;
    if (upstream != null) {
      upstream.cancel();
    } else if (waitingFor != null) {
      scope.upstreams().cancel(waitingFor, this);
    }
    request.gone();
  }

  @Override
  public void failed(UpstreamFailure failure) {
    upstream = null;
    waitingFor = null;
    if (over) {
      return;
    }
    if (request.arrival().headSent()) {
      over = true;
      request.breakOff(failure.why());
    } else if (mayTryAgain(failure.kind())) {
      attempt();
    } else {
      request.note(failure.why());
      refuse(refusalOf(failure));
    }
  }

  private boolean mayTryAgain(Kind kind) {
    if (tries >= route.retries().tries() || bodyBytes > 0) {
      return false;
    }
    return switch (kind) {
      case UNREACHABLE, CONNECT_TIMEOUT -> true;
      case CLOSED, SILENT -> IDEMPOTENT.contains(head.method()) && !head.hasBody();
      case OVERLOADED, MALFORMED, CUT -> false;
    };
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
    over = true;
    upstream = null;
    request.refuse(refusal);
  }
}
