package dev.sluice.ingress;

import dev.sluice.ingress.Action.Backend;
import dev.sluice.ingress.Action.Endpoint;
import dev.sluice.ingress.DeclaredIngress.PathType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What Ingresses make of one host. */
final class IngressRoutes {
  private static final String CATCH_ALL = "";
  private static final String SERVES_503 = "its path answers 503";

  private final String host;
  private final Declarations declared;
  private final List<Problem> problems;
  private final List<Route> routes = new ArrayList<>();
  private final Map<String, DeclaredIngress> holders = new HashMap<>();

  private IngressRoutes(String host, Declarations declared, List<Problem> problems) {
    this.host = host;
    this.declared = declared;
    this.problems = problems;
  }

  /** Adds to each host what its routes are made of: Ingresses, and the Services and EndpointSlices they name. */
  static void collectInputs(Declarations all, Map<String, List<Declaration>> inputs) {
    Map<String, Set<Declaration>> sets = new HashMap<>();
    for (DeclaredIngress ingress : all.ingresses()) {
      Set<Declaration> used = new LinkedHashSet<>();
      used.add(ingress);
      for (DeclaredIngress.Backend backend : backendsOf(ingress)) {
        ObjectKey service = ingress.key().sibling("Service", backend.service());
        all.service(service).ifPresent(used::add);
        used.addAll(all.endpointsOf(service));
      }
      for (String host : hostsOf(ingress)) {
        sets.computeIfAbsent(host, none -> new LinkedHashSet<>()).addAll(used);
      }
    }
    sets.forEach(
        (host, used) -> inputs.computeIfAbsent(host, none -> new ArrayList<>()).addAll(used));
  }

  static List<Route> routes(String host, Declarations declared, List<Problem> problems) {
    IngressRoutes made = new IngressRoutes(host, declared, problems);
    declared.ingresses().forEach(made::add);
    declared.ingresses().forEach(made::addDefault);
    return made.routes;
  }

  private static Set<String> hostsOf(DeclaredIngress ingress) {
    Set<String> hosts = new TreeSet<>();
    ingress.rules().forEach(rule -> hosts.add(rule.host()));
    if (hosts.isEmpty()) {
      hosts.add(CATCH_ALL);
    }
    return hosts;
  }

  private static List<DeclaredIngress.Backend> backendsOf(DeclaredIngress ingress) {
    List<DeclaredIngress.Backend> backends = new ArrayList<>();
    ingress.rules().forEach(rule -> rule.paths().forEach(path -> backends.add(path.backend())));
    if (ingress.defaultBackend() != null) {
      backends.add(ingress.defaultBackend());
    }
    return backends;
  }

  private void add(DeclaredIngress ingress) {
    IngressOptions options = IngressOptions.of(ingress);
    problems.addAll(options.problems());
    if (options.canary()) {
      return;
    }
    for (DeclaredIngress.Rule rule : ingress.rules()) {
      if (!rule.host().equals(host)) {
        continue;
      }
      for (DeclaredIngress.Path path : rule.paths()) {
        PathRule match = path.type() == PathType.EXACT
            ? new PathRule.Exact(path.path())
            : new PathRule.Prefix(path.path());
        DeclaredIngress holder = holders.putIfAbsent(match.toString(), ingress);
        if (holder != null) {
          problems.add(ingress.problem(
              path.field() + ".path",
              '"' + path.path() + "\" is held by " + holder.key(),
              "a path of this host that no older Ingress has",
              "this path is left out"));
          continue;
        }
        routes.add(route(ingress, options, match, path.backend()));
      }
    }
  }

  /** The default backend takes what the paths of its Ingress' hosts leave; the oldest one of a host wins. */
  private void addDefault(DeclaredIngress ingress) {
    DeclaredIngress.Backend backend = ingress.defaultBackend();
    IngressOptions options = IngressOptions.of(ingress);
    PathRule everything = new PathRule.Prefix("/");
    if (backend != null
        && !options.canary()
        && hostsOf(ingress).contains(host)
        && holders.putIfAbsent(everything.toString(), ingress) == null) {
      routes.add(route(ingress, options, everything, backend));
    }
  }

  private Route route(
      DeclaredIngress ingress,
      IngressOptions options,
      PathRule match,
      DeclaredIngress.Backend backend) {
    boolean https = options.forceSslRedirect() || options.sslRedirect() && hasTls(ingress);
    List<Filter> filters = https ? List.of(new Filter.RequireHttps(308)) : List.of();
    Action action = options.closed() != null
        ? new Action.Refuse(503, options.closed())
        : forward(ingress, backend);
    return new Route(
        ingress.key(),
        match,
        null,
        List.of(),
        filters,
        action,
        options.timeouts(),
        options.retries(),
        options.bodyBytes());
  }

  /** Whether any Ingress of the host gives it a certificate, valid or not. */
  private boolean hasTls(DeclaredIngress ingress) {
    for (DeclaredIngress one : declared.ingresses()) {
      for (DeclaredIngress.Tls tls : one.tls()) {
        if (tls.hosts().stream().anyMatch(name -> Certificates.covers(name, host))
            || one.key().equals(ingress.key()) && tls.hosts().isEmpty()) {
          return true;
        }
      }
    }
    return false;
  }

  private Action forward(DeclaredIngress ingress, DeclaredIngress.Backend backend) {
    ObjectKey key = ingress.key().sibling("Service", backend.service());
    Optional<DeclaredService> service = declared.service(key);
    if (service.isEmpty()) {
      String field = backend.field() + ".service.name";
      problems.add(ingress.problem(
          field, key + " does not exist", "the name of a Service in this namespace", SERVES_503));
      return new Action.Refuse(503, key + " does not exist");
    }
    Optional<DeclaredService.Port> port = port(service.get(), backend);
    if (port.isEmpty()) {
      String wanted = backend.portName().isEmpty()
          ? "number " + backend.portNumber()
          : '"' + backend.portName() + '"';
      String field = backend.field() + ".service.port";
      problems.add(ingress.problem(
          field, key + " has no port " + wanted, portsOf(service.get()), SERVES_503));
      return new Action.Refuse(503, key + " has no such port");
    }
    String name = key.namespace() + "/" + key.name() + ":" + port.get().number();
    return new Action.Forward(List.of(
        new Action.WeightedBackend(1, new Backend(name, endpoints(service.get(), port.get())))));
  }

  private static Optional<DeclaredService.Port> port(
      DeclaredService service, DeclaredIngress.Backend backend) {
    for (DeclaredService.Port port : service.ports()) {
      if (backend.portName().isEmpty()
          ? port.number() == backend.portNumber()
          : port.name().equals(backend.portName())) {
        return Optional.of(port);
      }
    }
    boolean external = !service.externalName().isEmpty() && backend.portName().isEmpty();
    return external
        ? Optional.of(new DeclaredService.Port("", backend.portNumber()))
        : Optional.empty();
  }

  private static String portsOf(DeclaredService service) {
    List<String> ports = new ArrayList<>();
    service
        .ports()
        .forEach(port -> ports.add(
            port.name().isEmpty() ? "" + port.number() : port.number() + " " + port.name()));
    return ports.isEmpty() ? "a Service with ports" : "one of " + String.join(", ", ports);
  }

  private List<Endpoint> endpoints(DeclaredService service, DeclaredService.Port port) {
    if (!service.externalName().isEmpty()) {
      return List.of(new Endpoint(service.externalName(), port.number()));
    }
    Set<String> seen = new TreeSet<>();
    List<Endpoint> endpoints = new ArrayList<>();
    for (DeclaredEndpoints slice : declared.endpointsOf(service.key())) {
      for (DeclaredEndpoints.Port target : slice.ports()) {
        if (!target.name().equals(port.name())) {
          continue;
        }
        for (String address : slice.readyAddresses()) {
          if (seen.add(address + " " + target.number())) {
            endpoints.add(new Endpoint(address, target.number()));
          }
        }
      }
    }
    return List.copyOf(endpoints);
  }
}
