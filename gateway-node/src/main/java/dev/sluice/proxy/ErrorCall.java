package dev.sluice.proxy;

import akka.util.ByteString;
import dev.sluice.edge.Arrival;
import dev.sluice.ingress.Action.Backend;
import dev.sluice.ingress.Action.Endpoint;
import dev.sluice.ingress.Relay;
import dev.sluice.ingress.Route;
import dev.sluice.upstream.Origin;
import dev.sluice.upstream.UpstreamConnection;
import dev.sluice.upstream.UpstreamEvents;
import dev.sluice.upstream.UpstreamFailure;
import dev.sluice.wire.BodyLength;
import dev.sluice.wire.Field;
import dev.sluice.wire.HeadSink;
import dev.sluice.wire.ResponseHead;
import org.jspecify.annotations.Nullable;

/** Asks the error backend for an answer in place of an error, and relays it as it is. An error of its own stays one. */
final class ErrorCall implements Arrival.Events, UpstreamEvents {
  private final Inbound request;
  private final Route route;
  private final Relay.ErrorPages pages;
  private final int status;
  private final boolean keepsPath;
  private final ProxyScope scope;
  private @Nullable UpstreamConnection upstream;
  private @Nullable Origin waitingFor;
  private boolean over;

  /**
   * @param status that is replaced
   * @param keepsPath whether the backend stands in for another rather than explaining an error
   */
  ErrorCall(
      Inbound request,
      Route route,
      Relay.ErrorPages pages,
      int status,
      boolean keepsPath,
      ProxyScope scope) {
    this.request = request;
    this.route = route;
    this.pages = pages;
    this.status = status;
    this.keepsPath = keepsPath;
    this.scope = scope;
  }

  void start() {
    request.arrival().listen(this);
    Backend backend = pages.fallback();
    Endpoint endpoint = backend == null ? null : scope.endpoints().endpoint(backend);
    if (endpoint == null) {
      over = true;
      request.refuse(new Refusal.Unavailable(status, "no endpoint is ready", "no_endpoint"));
      return;
    }
    Origin origin = Origin.plain(endpoint.host(), endpoint.port());
    waitingFor = origin;
    request.upstream(origin.toString());
    scope.upstreams().call(origin, route.timeouts().connect(), this);
  }

  @Override
  public void connected(UpstreamConnection connection) {
    waitingFor = null;
    upstream = connection;
    HeadSink out = connection.request(
        request.method(),
        keepsPath ? request.target() : "/",
        route.timeouts().read(),
        route.timeouts().send());
    out.field(Field.HOST, request.authority());
    ForwardedFields.copy(request, scope.settings(), out);
    String accepts = request.header("Accept");
    out.field("X-Code", Integer.toString(status))
        .field("X-Format", accepts == null ? "" : accepts)
        .field("X-Namespace", pages.namespace())
        .field("X-Ingress-Name", pages.ingress())
        .field("X-Service-Name", pages.service())
        .field("X-Service-Port", pages.port());
    if (!keepsPath) {
      out.field("X-Original-URI", request.arrival().head().target());
    }
    connection.headEnd(0);
  }

  @Override
  public void responseHead(ResponseHead answer) {
    UpstreamConnection from = upstream;
    if (answer.interim() || from == null || over) {
      return;
    }
    boolean bodiless = request.isAnsweredBare(answer.status());
    ForwardedFields.response(
        request,
        answer,
        bodiless,
        new AnswerFields(Relay.PLAIN, AnswerCoding.NONE),
        request.head(answer.status(), answer.reason()));
    if (bodiless) {
      request.headEnd(BodyLength.NONE);
    } else {
      request.headEnd(from, answer.bodyLength());
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
    over = true;
    if (request.arrival().headSent()) {
      request.breakOff(failure.why());
    } else {
      request.note(failure.why());
      request.refuse(
          new Refusal.Unavailable(status, "the error backend gave no answer", "bad_upstream"));
    }
  }

  @Override
  public void requestBody(ByteString piece) {}

  @Override
  public void requestEnd() {}

  @Override
  public void upstreamDrained() {}
}
