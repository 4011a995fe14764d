package dev.sluice.proxy;

import static java.util.concurrent.TimeUnit.SECONDS;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.sluice.edge.EdgeSettings;
import dev.sluice.edge.PassedOn;
import dev.sluice.edge.ServiceFactory;
import dev.sluice.edge.Workers;
import dev.sluice.ingress.Action;
import dev.sluice.ingress.Declaration;
import dev.sluice.ingress.DeclaredAt;
import dev.sluice.ingress.DeclaredEndpoints;
import dev.sluice.ingress.DeclaredIngress;
import dev.sluice.ingress.DeclaredService;
import dev.sluice.ingress.ObjectKey;
import dev.sluice.ingress.RouteReconciler;
import dev.sluice.ingress.RouteTable;
import dev.sluice.node.GeneratedTls;
import dev.sluice.upstream.UpstreamSettings;
import dev.sluice.upstream.Upstreams;
import dev.sluice.wire.Malformed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** The real edge on real sockets: workers, gateway, pools, and routes that are declared as Ingresses. */
final class RunningEdge implements AutoCloseable {
  /** Of any single step of a test; a step that takes longer has failed. */
  static final Duration DEADLINE = Duration.ofSeconds(20);

  private static final byte[] ADDRESS = {127, 0, 2, 1};

  private final Map<String, List<Declaration>> declared = new HashMap<>();
  private final Queue<String> over = new ConcurrentLinkedQueue<>();
  private final Config config;
  private final Differences differences = new Differences(100, Clock.systemUTC(), ShadowLog.NONE);
  private final NodeMemory memory = new NodeMemory(differences);
  private final Workers workers;
  private volatile RouteTable routes = RouteTable.EMPTY;
  private boolean stopped;

  private RunningEdge(Map<String, Object> given, ServiceFactory services)
      throws IOException, GeneralSecurityException {
    Map<String, Object> settings = new HashMap<>();
    settings.put("sluice.edge.host", "127.0.2.1");
    settings.put("sluice.edge.port", freePort());
    settings.put("sluice.edge.tls-port", freePort());
    settings.put("sluice.edge.workers", 1);
    settings.put("sluice.edge.timer-tick", "20 ms");
    settings.putAll(given);
    config = ConfigFactory.parseMap(settings)
        .withFallback(ConfigFactory.defaultReference())
        .resolve();
    workers = await(Workers.start(
            EdgeSettings.from(config),
            config,
            GeneratedTls.engines(),
            services == null ? gateway() : services)
        .toCompletableFuture());
  }

  /** @param given settings by path, over reference.conf */
  static RunningEdge start(boolean eventLoop, Map<String, Object> given) {
    return start(eventLoop, given, null);
  }

  /** @param given settings and their values, in turn */
  static RunningEdge startWith(boolean eventLoop, Object... given) {
    Map<String, Object> settings = new HashMap<>();
    for (int i = 0; i < given.length; i += 2) {
      settings.put((String) given[i], given[i + 1]);
    }
    return start(eventLoop, settings);
  }

  /** @param services what answers in place of a gateway */
  static RunningEdge start(boolean eventLoop, Map<String, Object> given, ServiceFactory services) {
    Map<String, Object> settings = new HashMap<>(given);
    settings.put("sluice.edge.event-loop", eventLoop);
    try {
      return new RunningEdge(settings, services);
    } catch (IOException | GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static final class NoModels implements ModelService {
    @Override
    public void call(Inbound request, Action.Models models) {
      request.refuse(new Refusal.NoRoute());
    }

    @Override
    public void pass(Inbound request, Action.Pass pass) {
      request.refuse(new Refusal.NoRoute());
    }
  }

  private ServiceFactory gateway() {
    return scope -> new Gateway(
        () -> routes,
        new Upstreams(
            UpstreamSettings.from(config), scope, scope.deadlines(), GeneratedTls.upstreams()),
        new NoModels(),
        new Log(),
        ProxySettings.from(config),
        memory,
        scope);
  }

  /** Routes all paths of a host to these endpoints. */
  void route(String host, Map<String, String> annotations, ScriptedUpstream... upstreams) {
    routeToPorts(
        host,
        annotations,
        java.util.Arrays.stream(upstreams).map(ScriptedUpstream::port).toList());
  }

  /** Routes all paths of a host to these ports of the address that upstreams have. */
  void routeToPorts(String host, Map<String, String> annotations, List<Integer> ports) {
    declare(
        host,
        objects(
            host,
            annotations,
            ports.stream()
                .map(port -> new InetSocketAddress(ScriptedUpstream.HOST, port))
                .toList()));
  }

  /** What declares that all paths of a host lead to these addresses. */
  static List<Declaration> objects(
      String host, Map<String, String> annotations, List<InetSocketAddress> endpoints) {
    List<Declaration> objects = new ArrayList<>();
    Map<String, String> full = new HashMap<>();
    annotations.forEach((key, value) -> full.put("nginx.ingress.kubernetes.io/" + key, value));
    objects.add(new DeclaredIngress(
        new ObjectKey("Ingress", "test", host),
        DeclaredAt.API_SERVER,
        "",
        full,
        null,
        List.of(new DeclaredIngress.Rule(
            host,
            List.of(new DeclaredIngress.Path(
                "path", "/", DeclaredIngress.PathType.PREFIX, backend(host))))),
        List.of()));
    objects.add(new DeclaredService(
        new ObjectKey("Service", "test", host),
        DeclaredAt.API_SERVER,
        "",
        List.of(new DeclaredService.Port("", 80))));
    for (InetSocketAddress one : endpoints) {
      objects.add(new DeclaredEndpoints(
          new ObjectKey("EndpointSlice", "test", host + one.getPort()),
          DeclaredAt.API_SERVER,
          host,
          List.of(new DeclaredEndpoints.Port("", one.getPort())),
          List.of(one.getAddress().getHostAddress())));
    }
    return objects;
  }

  /** Declares these objects in place of those of that name. */
  void declare(String name, List<Declaration> objects) {
    declared.put(name, objects);
    routes = RouteReconciler.reconcile(
            declared.values().stream().flatMap(List::stream).toList())
        .routes();
  }

  private static DeclaredIngress.Backend backend(String host) {
    return new DeclaredIngress.Backend("backend", host, "", 80);
  }

  /** What the gateway wrote down of each request that is over: its status and its note. */
  Queue<String> over() {
    return over;
  }

  /** How its answers differ from those of another gateway. */
  Differences differences() {
    return differences;
  }

  InetSocketAddress http() {
    return new InetSocketAddress(address(), config.getInt("sluice.edge.port"));
  }

  InetSocketAddress https() {
    return new InetSocketAddress(address(), config.getInt("sluice.edge.tls-port"));
  }

  RawClient client() {
    return RawClient.open(http());
  }

  CompletableFuture<Void> stop(Duration patience) {
    stopped = true;
    return workers.stop(patience).toCompletableFuture();
  }

  @Override
  public void close() {
    if (!stopped) {
      await(stop(Duration.ZERO));
    }
  }

  static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(DEADLINE.toSeconds(), SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, address())) {
      return socket.getLocalPort();
    }
  }

  private static InetAddress address() {
    try {
      return InetAddress.getByAddress(ADDRESS);
    } catch (java.net.UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private final class Log implements TrafficLog {
    @Override
    public void over(Inbound request) {
      over.add(request.header("Host") + " " + request.status() + " " + request.note()
          + (request.logged() ? "" : " unlogged"));
    }

    @Override
    public void malformed(Malformed malformed) {
      over.add("malformed " + malformed.status());
    }

    @Override
    public void passedOn(PassedOn passed, boolean written) {
      over.add("passed on " + passed.status() + " " + passed.name());
    }
  }
}
