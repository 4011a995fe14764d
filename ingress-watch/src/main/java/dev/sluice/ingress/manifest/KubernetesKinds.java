package dev.sluice.ingress.manifest;

import dev.sluice.ingress.Declaration;
import dev.sluice.ingress.DeclaredAt;
import dev.sluice.ingress.DeclaredConfigMap;
import dev.sluice.ingress.DeclaredEndpoints;
import dev.sluice.ingress.DeclaredIngress;
import dev.sluice.ingress.DeclaredIngress.PathType;
import dev.sluice.ingress.DeclaredIngressClass;
import dev.sluice.ingress.DeclaredNamespace;
import dev.sluice.ingress.DeclaredReferenceGrant;
import dev.sluice.ingress.DeclaredSecret;
import dev.sluice.ingress.DeclaredService;
import dev.sluice.ingress.ObjectKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The kinds of Kubernetes itself. What the API server would refuse is refused here too, for those who have none. */
final class KubernetesKinds {
  private static final int MOST_PATH_CHARS = 2048;
  private static final int MOST_PATHS = 100_000;
  private static final int MOST_PORTS = 65_535;

  private KubernetesKinds() {}

  static Declaration ingress(ObjectKey key, DeclaredAt at, Value object) {
    Value metadata = object.field("metadata");
    Value spec = object.field("spec");
    List<DeclaredIngress.Rule> rules = new ArrayList<>();
    for (Value rule : spec.field("rules").items()) {
      rules.add(rule(rule));
    }
    List<DeclaredIngress.Tls> tls = new ArrayList<>();
    for (Value entry : spec.field("tls").items()) {
      List<String> hosts = new ArrayList<>();
      for (Value host : entry.field("hosts").items()) {
        hosts.add(host.requiredText(Names::isHost, Names.HOST_EXPECTED));
      }
      String secret = entry.field("secretName").text(Names::isSubdomain, "the name of a Secret");
      tls.add(new DeclaredIngress.Tls(entry.path(), hosts, secret));
    }
    Value fallback = spec.field("defaultBackend");
    Value className = spec.field("ingressClassName");
    if (rules.isEmpty() && !fallback.exists()) {
      spec.field("rules").refuse("at least one rule, or a spec.defaultBackend");
    }
    return new DeclaredIngress(
        key,
        at,
        metadata.field("creationTimestamp").text(),
        metadata.field("annotations").texts(),
        className.exists() ? className.text() : null,
        fallback.exists() ? backend(fallback) : null,
        rules,
        tls);
  }

  static Declaration ingressClass(ObjectKey key, DeclaredAt at, Value object) {
    Value metadata = object.field("metadata");
    return new DeclaredIngressClass(
        new ObjectKey(key.kind(), "", key.name()),
        at,
        metadata.field("creationTimestamp").text(),
        object.field("spec").field("controller").text(),
        metadata
            .field("annotations")
            .field("ingressclass.kubernetes.io/is-default-class")
            .text()
            .equals("true"));
  }

  private static DeclaredIngress.Rule rule(Value rule) {
    String host = rule.field("host").text(Names::isHost, Names.HOST_EXPECTED);
    List<DeclaredIngress.Path> paths = new ArrayList<>();
    Value http = rule.field("http");
    List<Value> entries = http.exists()
        ? http.field("paths").requiredItems(MOST_PATHS, "at least one path")
        : List.of();
    for (Value entry : entries) {
      Optional<PathType> type =
          entry.field("pathType").requiredChoice(PathType.values(), KubernetesKinds::word);
      DeclaredIngress.Backend backend = backend(entry.field("backend"));
      if (type.isPresent() && backend != null) {
        String path = path(entry.field("path"), type.get());
        paths.add(new DeclaredIngress.Path(entry.path(), path, type.get(), backend));
      }
    }
    return new DeclaredIngress.Rule(host, paths);
  }

  private static String path(Value path, PathType type) {
    if (type == PathType.IMPLEMENTATION_SPECIFIC) {
      String text = path.text(
          any -> any.startsWith("/") && isVisible(any),
          "a path that begins with /, of at most " + MOST_PATH_CHARS + " visible characters");
      return text.isEmpty() ? "/" : text;
    }
    return path.requiredText(
        KubernetesKinds::isPath,
        "a path that begins with / and has no blanks, no empty, . or .. segments and no %2F");
  }

  private static DeclaredIngress.@Nullable Backend backend(Value backend) {
    if (backend.field("resource").exists()) {
      backend.field("resource").refuse("a service: resource backends can't be served");
      return null;
    }
    Value service = backend.field("service");
    String name = service.field("name").requiredText(Names::isSubdomain, "the name of a Service");
    Value port = service.field("port");
    String portName =
        port.field("name").text(Names::isPortName, "the name of one of the Service's ports");
    int number = (int) port.field("number").number(1, 65535, 0);
    if (portName.isEmpty() != port.field("number").exists()) {
      port.refuse("either a name or a number");
    }
    return new DeclaredIngress.Backend(backend.path(), name, portName, number);
  }

  static Declaration service(ObjectKey key, DeclaredAt at, Value object) {
    Value spec = object.field("spec");
    boolean external = spec.field("type").text().equals("ExternalName");
    String externalName = external ? spec.field("externalName").requiredText() : "";
    String clusterIp = spec.field("clusterIP").text();
    boolean headless = clusterIp.equals("None");
    List<DeclaredService.Port> ports = new ArrayList<>();
    List<DeclaredService.Port> udpPorts = new ArrayList<>();
    Value all = spec.field("ports");
    for (Value port :
        external || headless ? all.items() : all.requiredItems(MOST_PORTS, "at least one port")) {
      String name =
          port.field("name").text(Names::isLabel, "a name of lower-case letters, digits and '-'");
      int number = (int) port.field("port").requiredNumber(1, 65535);
      if (isOf(port, "TCP")) {
        ports.add(new DeclaredService.Port(name, number));
      } else if (isOf(port, "UDP")) {
        udpPorts.add(new DeclaredService.Port(name, number));
      }
    }
    return new DeclaredService(
        key, at, externalName, headless ? "" : clusterIp, ports, List.copyOf(udpPorts));
  }

  static Declaration endpoints(ObjectKey key, DeclaredAt at, Value object) {
    String service = object
        .field("metadata")
        .field("labels")
        .field("kubernetes.io/service-name")
        .text();
    if (service.isEmpty()) {
      object.field("metadata").field("labels").refuse("the label kubernetes.io/service-name");
    }
    List<DeclaredEndpoints.Port> ports = new ArrayList<>();
    List<DeclaredEndpoints.Port> udpPorts = new ArrayList<>();
    for (Value port : object.field("ports").items()) {
      List<DeclaredEndpoints.Port> same =
          isOf(port, "TCP") ? ports : isOf(port, "UDP") ? udpPorts : List.of();
      if (same == ports || same == udpPorts) {
        same.add(new DeclaredEndpoints.Port(
            port.field("name").text(), (int) port.field("port").requiredNumber(1, 65535)));
      }
    }
    List<DeclaredEndpoints.Ready> ready = new ArrayList<>();
    for (Value endpoint : object.field("endpoints").items()) {
      Value conditions = endpoint.field("conditions");
      boolean serves = !conditions.field("ready").exists()
          || conditions.field("ready").node().asBoolean();
      List<String> zones = new ArrayList<>();
      for (Value zone : endpoint.field("hints").field("forZones").items()) {
        zones.add(zone.field("name").requiredText());
      }
      for (Value address : endpoint.field("addresses").items()) {
        String text = address.requiredText();
        if (serves && !text.isEmpty()) {
          ready.add(new DeclaredEndpoints.Ready(text, List.copyOf(zones)));
        }
      }
    }
    return new DeclaredEndpoints(key, at, service, ports, List.copyOf(udpPorts), ready);
  }

  static Declaration secret(ObjectKey key, DeclaredAt at, Value object) {
    Map<String, byte[]> data = new TreeMap<>();
    for (Value entry : object.field("data").secret().entries()) {
      data.put(entry.name(), entry.base64());
    }
    for (Value entry : object.field("stringData").secret().entries()) {
      data.put(entry.name(), entry.text().getBytes(StandardCharsets.UTF_8));
    }
    return new DeclaredSecret(key, at, data);
  }

  static Declaration configMap(ObjectKey key, DeclaredAt at, Value object) {
    return new DeclaredConfigMap(key, at, object.field("data").texts());
  }

  static Declaration namespace(ObjectKey key, DeclaredAt at, Value object) {
    return new DeclaredNamespace(
        new ObjectKey(key.kind(), "", key.name()),
        at,
        object.field("metadata").field("labels").texts());
  }

  static Declaration referenceGrant(ObjectKey key, DeclaredAt at, Value object) {
    Value spec = object.field("spec");
    List<DeclaredReferenceGrant.From> from = new ArrayList<>();
    for (Value one : spec.field("from").items()) {
      from.add(new DeclaredReferenceGrant.From(
          one.field("group").text(),
          one.field("kind").requiredText(),
          one.field("namespace").requiredText()));
    }
    List<DeclaredReferenceGrant.To> to = new ArrayList<>();
    for (Value one : spec.field("to").items()) {
      to.add(new DeclaredReferenceGrant.To(
          one.field("group").text(),
          one.field("kind").requiredText(),
          one.field("name").text()));
    }
    return new DeclaredReferenceGrant(key, at, from, to);
  }

  /** A Service may have the same number for TCP and for UDP. */
  private static boolean isOf(Value port, String wanted) {
    String protocol = port.field("protocol").text();
    return protocol.isEmpty() ? wanted.equals("TCP") : protocol.equals(wanted);
  }

  /** What a request's path can be, or a pattern of one: no blanks, quotes, angle brackets or control characters. */
  private static boolean isVisible(String path) {
    return path.length() <= MOST_PATH_CHARS
        && path.chars().noneMatch(c -> c <= ' ' || c >= 127 && c < 160 || "\"<>`#".indexOf(c) >= 0);
  }

  private static boolean isPath(String path) {
    if (!path.startsWith("/")
        || !isVisible(path)
        || path.contains("//")
        || path.contains("%2f")
        || path.contains("%2F")) {
      return false;
    }
    for (String segment : path.split("/", -1)) {
      if (segment.equals(".") || segment.equals("..")) {
        return false;
      }
    }
    return true;
  }

  private static String word(PathType type) {
    return switch (type) {
      case EXACT -> "Exact";
      case PREFIX -> "Prefix";
      case IMPLEMENTATION_SPECIFIC -> "ImplementationSpecific";
    };
  }
}
