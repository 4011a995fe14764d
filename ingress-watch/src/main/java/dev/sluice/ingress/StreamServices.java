package dev.sluice.ingress;

import dev.sluice.ingress.StreamRoutes.StreamRoute;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the ConfigMaps of TCP and UDP services, and which hosts' TLS is passed on. */
final class StreamServices {
  private static final int MOST_PORT = 65_535;
  private static final Pattern PORT = Pattern.compile("[1-9]\\d{0,4}");
  private static final Pattern VALUE = Pattern.compile(
      "([a-z0-9-]+)/([a-z0-9.-]+):([a-z0-9-]+)(?::((?i:PROXY)?))?(?::((?i:PROXY)?))?");
  private static final String LEFT_OUT = "nobody listens on this port";

  private final Declarations declared;
  private final Collection<Problem> problems;
  private final ServiceBackends backends;

  private StreamServices(Declarations declared, Collection<Problem> problems) {
    this.declared = declared;
    this.problems = problems;
    this.backends = new ServiceBackends(declared, problems);
  }

  static StreamRoutes of(Declarations declared, Collection<Problem> problems) {
    StreamServices all = new StreamServices(declared, problems);
    ControllerFlags flags = declared.flags();
    return StreamRoutes.of(
        all.ports(flags.tcpServices(), false), all.ports(flags.udpServices(), true), all.hosts());
  }

  private Optional<DeclaredConfigMap> configMap(ObjectKey key) {
    return declared.configMap(key.namespace(), key.name());
  }

  private Map<Integer, StreamRoute> ports(@Nullable ObjectKey key, boolean udp) {
    Map<Integer, StreamRoute> ports = new HashMap<>();
    if (key == null) {
      return ports;
    }
    configMap(key)
        .ifPresent(map -> new TreeMap<>(map.data()).forEach((port, value) -> {
          String field = "data." + port;
          if (!PORT.matcher(port).matches() || Integer.parseInt(port) > MOST_PORT) {
            String expected = "a port from 1 to " + MOST_PORT;
            problems.add(map.problem(field, '"' + port + '"', expected, "it is left out"));
            return;
          }
          route(map, field, value.strip(), udp)
              .ifPresent(one -> ports.put(Integer.valueOf(port), one));
        }));
    return ports;
  }

  private Optional<StreamRoute> route(
      DeclaredConfigMap map, String field, String value, boolean udp) {
    Matcher matcher = VALUE.matcher(value);
    if (!matcher.matches()) {
      String expected =
          "namespace/service:port, and :PROXY for what is read, and once more for what is sent";
      problems.add(map.problem(field, '"' + value + '"', expected, LEFT_OUT));
      return Optional.empty();
    }
    ObjectKey service = new ObjectKey("Service", matcher.group(1), matcher.group(2));
    Optional<Action.Backend> backend = udp
        ? backends.ofDatagrams(service, matcher.group(3))
        : backends.ofService(service, matcher.group(3));
    if (backend.isEmpty()) {
      String what =
          service + " does not exist, or has no port " + matcher.group(3) + (udp ? " of UDP" : "");
      problems.add(map.problem(field, what, "a Service and one of its ports", LEFT_OUT));
    }
    boolean reads = !Objects.requireNonNullElse(matcher.group(4), "").isEmpty();
    boolean writes = !Objects.requireNonNullElse(matcher.group(5), "").isEmpty();
    if (udp && (reads || writes)) {
      problems.add(map.problem(
          field,
          "datagrams have no header of the PROXY protocol",
          "namespace/service:port",
          LEFT_OUT));
      return Optional.empty();
    }
    return backend.map(one -> new StreamRoute(one, reads, writes));
  }

  /** One Ingress that asks for it is enough for its hosts; the Service is that of their path /. */
  private Map<String, StreamRoute> hosts() {
    Map<String, StreamRoute> hosts = new HashMap<>();
    if (!declared.flags().sslPassthrough()) {
      return hosts;
    }
    for (DeclaredIngress ingress : declared.ingresses()) {
      if (is(ingress, "ssl-passthrough")) {
        for (DeclaredIngress.Rule rule : ingress.rules()) {
          if (!rule.host().isEmpty() && !hosts.containsKey(rule.host())) {
            root(rule.host())
                .ifPresentOrElse(
                    one -> hosts.put(rule.host(), new StreamRoute(one, false, false)),
                    () -> problems.add(ingress.problem(
                        "metadata.annotations." + Annotations.PREFIX + "ssl-passthrough",
                        rule.host() + " has no Service for the path /",
                        "a path / of this host: where its TLS goes",
                        "its TLS ends here")));
          }
        }
      }
    }
    return hosts;
  }

  private Optional<Action.Backend> root(String host) {
    for (DeclaredIngress ingress : declared.ingresses()) {
      for (DeclaredIngress.Rule rule : ingress.rules()) {
        for (DeclaredIngress.Path path : rule.paths()) {
          if (rule.host().equals(host) && path.path().equals("/") && !is(ingress, "canary")) {
            DeclaredIngress.Backend to = path.backend();
            String port = to.portName().isEmpty() ? "" + to.portNumber() : to.portName();
            return backends.ofService(ingress.key().sibling("Service", to.service()), port);
          }
        }
      }
    }
    return Optional.empty();
  }

  private static boolean is(DeclaredIngress ingress, String key) {
    String value = ingress.annotations().get(Annotations.PREFIX + key);
    return value != null && Boolean.TRUE.equals(Annotations.flagOf(value.strip()));
  }
}
