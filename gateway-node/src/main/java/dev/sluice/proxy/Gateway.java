package dev.sluice.proxy;

import dev.sluice.edge.Arrival;
import dev.sluice.edge.Reply;
import dev.sluice.edge.Service;
import dev.sluice.edge.WorkerScope;
import dev.sluice.ingress.Action;
import dev.sluice.ingress.HostRoutes;
import dev.sluice.ingress.Relay;
import dev.sluice.ingress.Route;
import dev.sluice.ingress.RouteTable;
import dev.sluice.upstream.Upstreams;
import dev.sluice.wire.Malformed;
import java.util.function.Supplier;

/** The way of every request of one worker, from its head to whoever answers it. Reads the route table once a request. */
public final class Gateway implements Service {
  private final Supplier<RouteTable> routes;
  private final ModelService models;
  private final TrafficLog log;
  private final ProxyScope scope;

  /** @param memory what all workers of the node remember together */
  public Gateway(
      Supplier<RouteTable> routes,
      Upstreams upstreams,
      ModelService models,
      TrafficLog log,
      ProxySettings settings,
      NodeMemory memory,
      WorkerScope worker) {
    this.routes = routes;
    this.models = models;
    this.log = log;
    RetryBudget retries = new RetryBudget(settings.retriesPercent(), settings.retriesLeast());
    this.scope =
        new ProxyScope(upstreams, new EndpointChoice(), settings, memory, retries, worker);
  }

  @Override
  public boolean proxied() {
    return routes.get().trust().proxyProtocol();
  }

  @Override
  public long requestsPerConnection() {
    return routes.get().wide().requestsPerConnection();
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
    RouteTable table = routes.get();
    request.believe(table.trust());
    request.compression(table.wide().compression());
    if (table.trust().isBlocked(request.clientAddress())) {
      request.refuse(new Refusal.Forbidden("not from this address"));
      return;
    }
    HostRoutes host = table.host(arrival.head().host());
    Route route = host == null ? null : host.match(path, request);
    if (route == null) {
      request.refuse(new Refusal.NoRoute());
      return;
    }
    request.route(route);
    new Passage(request, route, scope, this::act).proceed();
  }

  private void act(Passage passed) {
    Inbound request = passed.request();
    Action action = passed.route().action();
    if (action instanceof Action.Forward forward) {
      forward(passed, forward);
    } else if (action instanceof Action.Refuse closed) {
      request.refuse(
          closed.status() == 404
              ? new Refusal.NoRoute()
              : new Refusal.Unavailable(closed.status(), closed.why(), "route_closed"));
    } else if (action instanceof Action.Models call) {
      models.call(request, call);
    }
  }

  private void forward(Passage passed, Action.Forward forward) {
    Inbound request = passed.request();
    Action.Backend backend = scope.endpoints().backend(forward.backends());
    if (backend == null) {
      request.refuse(new Refusal.Unavailable(503, "the route has no backend", "no_endpoint"));
      return;
    }
    Relay relay = forward.relay();
    Relay.Canary canary = relay.canary();
    boolean bound = false;
    boolean taken = false;
    if (canary != null) {
      if (canary.sticky() && relay.balance() instanceof Relay.Sticky sticky) {
        taken = Stickiness.binds(sticky, request, canary.backend())
            && !canary.backend().endpoints().isEmpty();
        bound = taken || Stickiness.binds(sticky, request, backend);
      }
      taken = bound ? taken : EndpointChoice.takes(canary, request);
    }
    if (canary != null && taken) {
      Relay own = canary.sticky() ? relay : relay.inTurn();
      new ProxyCall(passed, canary.backend(), own, scope).start();
    } else {
      new ProxyCall(passed, backend, relay, scope).start();
    }
  }
}
