package dev.sluice.proxy;

import dev.sluice.edge.Arrival;
import dev.sluice.edge.Reply;
import dev.sluice.edge.Service;
import dev.sluice.ingress.Action;
import dev.sluice.ingress.Filter;
import dev.sluice.ingress.HostRoutes;
import dev.sluice.ingress.Route;
import dev.sluice.ingress.RouteTable;
import dev.sluice.upstream.Upstreams;
import dev.sluice.wire.Malformed;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The way of every request of one worker, from its head to whoever answers it. Reads the route table once a request. */
public final class Gateway implements Service {
  private final Supplier<RouteTable> routes;
  private final ModelService models;
  private final TrafficLog log;
  private final ProxySettings settings;
  private final ProxyScope scope;

  public Gateway(
      Supplier<RouteTable> routes,
      Upstreams upstreams,
      ModelService models,
      TrafficLog log,
      ProxySettings settings) {
    this.routes = routes;
    this.models = models;
    this.log = log;
    this.settings = settings;
    this.scope = new ProxyScope(upstreams, new EndpointChoice(), settings);
  }

  @Override
  public void malformed(Malformed malformed, Reply reply) {
    log.malformed(malformed);
    Refusals.answer(reply, malformed);
  }

  @Override
  public void arrived(Arrival arrival) {
    Inbound request = new Inbound(arrival, log);
    String target = arrival.head().target();
    RequestPath.Parsed parsed = RequestPath.parse(target.equals("*") ? "/" : target);
    String path = parsed.path();
    if (path == null) {
      request.refuse(new Refusal.BadRequest(400, "the path holds " + parsed.refusedFor()));
      return;
    }
    request.path(path);
    HostRoutes host = routes.get().host(arrival.head().host());
    Route route = host == null ? null : host.match(path, request);
    if (route == null) {
      request.refuse(new Refusal.NoRoute());
      return;
    }
    request.route(route);
    Refusal refusal = filter(request, route);
    if (refusal != null) {
      request.refuse(refusal);
      return;
    }
    act(request, route);
  }

  /** Runs the route's filters in order; the first refusal ends the way. */
  private @Nullable Refusal filter(Inbound request, Route route) {
    for (Filter filter : route.filters()) {
      if (filter instanceof Filter.RequireHttps https && !request.arrival().secure()) {
        return new Refusal.Redirect(https.status(), httpsUrl(request));
      }
    }
    long declared = request.arrival().head().bodyLength();
    return route.bodyBytes() > 0 && declared > route.bodyBytes()
        ? new Refusal.BodyTooLarge(route.bodyBytes())
        : null;
  }

  private void act(Inbound request, Route route) {
    if (route.action() instanceof Action.Forward forward) {
      Action.Backend backend = scope.endpoints().backend(forward.backends());
      if (backend == null) {
        request.refuse(new Refusal.Unavailable(503, "the route has no backend", "no_endpoint"));
      } else {
        new ProxyCall(request, route, backend, scope).start();
      }
    } else if (route.action() instanceof Action.Refuse closed) {
      request.refuse(new Refusal.Unavailable(closed.status(), closed.why(), "route_closed"));
    } else if (route.action() instanceof Action.Models call) {
      models.call(request, call);
    }
  }

  private String httpsUrl(Inbound request) {
    String target = request.arrival().head().target();
    String port = settings.httpsPort() == 443 ? "" : ":" + settings.httpsPort();
    return "https://" + request.arrival().head().host() + port + target;
  }
}
