package dev.sluice.proxy;

import dev.sluice.edge.Arrival;
import dev.sluice.edge.EdgeSettings;
import dev.sluice.edge.Onward;
import dev.sluice.edge.PassedOn;
import dev.sluice.edge.Reply;
import dev.sluice.edge.Service;
import dev.sluice.edge.WorkerScope;
import dev.sluice.ingress.Action;
import dev.sluice.ingress.GatewayWide;
import dev.sluice.ingress.HostRoutes;
import dev.sluice.ingress.Relay;
import dev.sluice.ingress.Route;
import dev.sluice.ingress.RouteTable;
import dev.sluice.ingress.StreamRoutes;
import dev.sluice.ingress.Trust;
import dev.sluice.upstream.Upstreams;
import dev.sluice.wire.Addresses;
import dev.sluice.wire.Malformed;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The way of every request of one worker, from its head to whoever answers it. Reads the route table once a request. */
public final class Gateway implements Service {
  private final Supplier<RouteTable> routes;
  private final ModelService models;
  private final TrafficLog log;
  private final ProxyScope scope;
  private final Shadow shadow;
  private final Supplier<Set<Integer>> streamPorts;
  private final Supplier<Set<Integer>> datagramPorts;
  private int turn;

  /** @param memory what all workers of the node remember together */
  public Gateway(
      Supplier<RouteTable> routes,
      Upstreams upstreams,
      ModelService models,
      TrafficLog log,
      ProxySettings settings,
      NodeMemory memory,
      WorkerScope worker) {
    this(routes, Set::of, Set::of, upstreams, models, log, settings, memory, worker);
  }

  /**
   * One that passes connections on, too.
   *
   * @param streamPorts of those that the routes lead somewhere, the ones that can be listened on
   * @param datagramPorts likewise, of UDP
   * @param memory what all workers of the node remember together
   */
  public Gateway(
      Supplier<RouteTable> routes,
      Supplier<Set<Integer>> streamPorts,
      Supplier<Set<Integer>> datagramPorts,
      Upstreams upstreams,
      ModelService models,
      TrafficLog log,
      ProxySettings settings,
      NodeMemory memory,
      WorkerScope worker) {
    this.routes = routes;
    this.streamPorts = streamPorts;
    this.datagramPorts = datagramPorts;
    this.models = models;
    this.log = log;
    RetryBudget retries = new RetryBudget(settings.retriesPercent(), settings.retriesLeast());
    this.scope = new ProxyScope(upstreams, new EndpointChoice(), settings, memory, retries, worker);
    this.shadow = new Shadow(scope);
  }

  @Override
  public boolean proxied() {
    return routes.get().trust().proxyProtocol();
  }

  @Override
  public long requestsPerConnection() {
    GatewayWide wide = routes.get().wide();
    return ClientSettings.keepsNone(wide.clients()) ? 1 : wide.requestsPerConnection();
  }

  @Override
  public EdgeSettings settings(EdgeSettings own) {
    return ClientSettings.of(own, routes.get().wide().clients());
  }

  @Override
  public Set<Integer> streamPorts() {
    return streamPorts.get();
  }

  @Override
  public @Nullable Onward stream(int port) {
    return onward(routes.get().streams().ports().get(port));
  }

  @Override
  public Set<Integer> datagramPorts() {
    return datagramPorts.get();
  }

  @Override
  public @Nullable Onward datagrams(int port) {
    return onward(routes.get().streams().datagrams().get(port));
  }

  @Override
  public boolean passesTls() {
    return !routes.get().streams().hosts().isEmpty();
  }

  @Override
  public @Nullable Onward passesTls(String host) {
    return onward(routes.get().streams().host(host));
  }

  /** Endpoints take turns. */
  private @Nullable Onward onward(StreamRoutes.@Nullable StreamRoute route) {
    if (route == null) {
      return null;
    }
    List<InetSocketAddress> endpoints = new ArrayList<>();
    for (Action.Endpoint one : route.backend().endpoints()) {
      endpoints.add(Addresses.of(one.host(), one.port()));
    }
    if (!endpoints.isEmpty()) {
      Collections.rotate(endpoints, turn++ % endpoints.size());
    }
    return new Onward(route.backend().name(), endpoints, route.readsProxy(), route.writesProxy());
  }

  @Override
  public void passedOn(PassedOn passed) {
    log.passedOn(passed, routes.get().wide().logging().streams());
  }

  @Override
  public void malformed(Malformed malformed, Reply reply) {
    log.malformed(malformed);
    Refusals.answer(reply, malformed);
  }

  @Override
  public void arrived(Arrival arrival) {
    Inbound request = new Inbound(arrival, log);
    shadow.watch(request);
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
    request.wide(table.wide());
    String blocked = table.trust().blocks() ? blocked(request, table.trust()) : null;
    if (blocked != null) {
      request.refuse(new Refusal.Forbidden(blocked));
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

  /** Why nobody like this client is served on any host; null if that is not so. */
  private static @Nullable String blocked(Inbound request, Trust trust) {
    if (trust.isBlocked(request.clientAddress())) {
      return "not from this address";
    }
    String agent = request.header("User-Agent");
    if (trust.blockedAgents().mean(agent == null ? "" : agent)) {
      return "not with this User-Agent";
    }
    String referer = request.header("Referer");
    return trust.blockedReferers().mean(referer == null ? "" : referer)
        ? "not with this Referer"
        : null;
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
    } else if (action instanceof Action.Pass pass) {
      models.pass(request, pass);
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
      request.canary(canary.backend().name());
      Relay own = canary.sticky() ? relay : relay.inTurn();
      new ProxyCall(passed, canary.backend(), own, scope).start();
    } else {
      new ProxyCall(passed, backend, relay, scope).start();
    }
  }
}
