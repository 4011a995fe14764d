package dev.sluice.ingress;

import dev.sluice.ingress.Action.Backend;
import dev.sluice.ingress.Action.Endpoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Which endpoints stand behind the Services that Ingresses name. */
final class ServiceBackends {
  private static final String SERVES_503 = "its path answers 503";

  private final Declarations declared;
  private final Collection<Problem> problems;

  ServiceBackends(Declarations declared, Collection<Problem> problems) {
    this.declared = declared;
    this.problems = problems;
  }

  /**
   * Null, and a problem, if there is no such Service or port.
   *
   * @param replaced whether somebody else answers then
   * @param asOne whether the Service's own address is used, if it has one, rather than those of its endpoints
   */
  @Nullable
  Backend of(
      DeclaredIngress ingress, DeclaredIngress.Backend backend, boolean replaced, boolean asOne) {
    String effect = replaced ? "the default backend answers" : SERVES_503;
    ObjectKey key = ingress.key().sibling("Service", backend.service());
    Optional<DeclaredService> service = declared.service(key);
    if (service.isEmpty()) {
      String field = backend.field() + ".service.name";
      problems.add(ingress
          .problem(
              field, key + " does not exist", "the name of a Service in this namespace", effect)
          .missing());
      return null;
    }
    Optional<DeclaredService.Port> port = port(service.get(), backend);
    if (port.isEmpty()) {
      String wanted = backend.portName().isEmpty()
          ? "number " + backend.portNumber()
          : '"' + backend.portName() + '"';
      String field = backend.field() + ".service.port";
      problems.add(ingress
          .problem(field, key + " has no port " + wanted, portsOf(service.get()), effect)
          .missing());
      return null;
    }
    if (!service.get().externalName().isEmpty() && !declared.flags().externalNames()) {
      problems.add(ingress.problem(
          backend.field() + ".service.name",
          key + " names a host outside",
          "a Service with endpoints, or sluice.ingress.controller.external-names",
          effect));
    }
    return asOne && !service.get().clusterIp().isEmpty()
        ? new Backend(
            nameOf(service.get(), port.get()),
            List.of(new Endpoint(service.get().clusterIp(), port.get().number())))
        : backend(service.get(), port.get());
  }

  /** The first port of a Service that is ready, or null. */
  @Nullable
  Backend firstPort(DeclaredIngress ingress, String name) {
    Optional<DeclaredService> service = declared.service(ingress.key().sibling("Service", name));
    if (service.isEmpty() || service.get().ports().isEmpty()) {
      return null;
    }
    Backend backend = backend(service.get(), service.get().ports().get(0));
    return backend.endpoints().isEmpty() ? null : backend;
  }

  /** Empty if there is no such Service or port. */
  Optional<Backend> ofService(ObjectKey key, String port) {
    boolean number = port.matches("\\d{1,5}");
    DeclaredIngress.Backend wanted = new DeclaredIngress.Backend(
        "", key.name(), number ? "" : port, number ? Integer.parseInt(port) : 0);
    return declared
        .service(key)
        .flatMap(service -> port(service, wanted).map(one -> backend(service, one)));
  }

  /** Empty if there is no such Service or port of UDP. */
  Optional<Backend> ofDatagrams(ObjectKey key, String port) {
    return declared
        .service(key)
        .flatMap(service -> service.udpPorts().stream()
            .filter(one -> one.name().equals(port) || ("" + one.number()).equals(port))
            .findFirst()
            .map(one -> new Backend(nameOf(service, one), endpoints(service, one, true))));
  }

  private Backend backend(DeclaredService service, DeclaredService.Port port) {
    return new Backend(nameOf(service, port), endpoints(service, port, false));
  }

  private static String nameOf(DeclaredService service, DeclaredService.Port port) {
    return service.key().namespace() + "/" + service.key().name() + ":" + port.number();
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

  private List<Endpoint> endpoints(
      DeclaredService service, DeclaredService.Port port, boolean udp) {
    if (!service.externalName().isEmpty()) {
      if (!declared.flags().externalNames()) {
        return List.of();
      }
      String name = service.externalName();
      boolean rooted = name.endsWith(".");
      return List.of(
          new Endpoint(rooted ? name.substring(0, name.length() - 1) : name, port.number()));
    }
    List<Endpoint> all = endpoints(service, port, udp, "");
    String zone = declared.flags().zone();
    List<Endpoint> near =
        !zone.isEmpty() && isDealtOut(service) ? endpoints(service, port, udp, zone) : List.of();
    return near.isEmpty() ? all : near;
  }

  /** Whether each endpoint is meant for some zones. */
  private boolean isDealtOut(DeclaredService service) {
    return declared.endpointsOf(service.key()).stream()
        .flatMap(slice -> slice.ready().stream())
        .noneMatch(one -> one.zones().isEmpty());
  }

  /** @param zone for which they are meant; empty for any */
  private List<Endpoint> endpoints(
      DeclaredService service, DeclaredService.Port port, boolean udp, String zone) {
    Set<String> seen = new TreeSet<>();
    List<Endpoint> endpoints = new ArrayList<>();
    for (DeclaredEndpoints slice : declared.endpointsOf(service.key())) {
      for (DeclaredEndpoints.Port target : udp ? slice.udpPorts() : slice.ports()) {
        if (!target.name().equals(port.name())) {
          continue;
        }
        for (DeclaredEndpoints.Ready one : slice.ready()) {
          boolean meant = zone.isEmpty() || one.zones().contains(zone);
          if (meant && seen.add(one.address() + " " + target.number())) {
            endpoints.add(new Endpoint(one.address(), target.number()));
          }
        }
      }
    }
    return List.copyOf(endpoints);
  }
}
