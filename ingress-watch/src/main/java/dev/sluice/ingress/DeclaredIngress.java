package dev.sluice.ingress;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An Ingress (networking.k8s.io/v1).
 *
 * @param created RFC 3339 instant as the API server wrote it, or empty; orders objects that claim the same path
 * @param className name of an IngressClass ({@code spec.ingressClassName}); null if the field is not there
 */
public record DeclaredIngress(
    ObjectKey key,
    DeclaredAt at,
    String created,
    Map<String, String> annotations,
    @Nullable String className,
    @Nullable Backend defaultBackend,
    List<Rule> rules,
    List<Tls> tls)
    implements Declaration {
  /** One that names no class. */
  public DeclaredIngress(
      ObjectKey key,
      DeclaredAt at,
      String created,
      Map<String, String> annotations,
      @Nullable Backend defaultBackend,
      List<Rule> rules,
      List<Tls> tls) {
    this(key, at, created, annotations, null, defaultBackend, rules, tls);
  }

  /** @param host lower case; empty for every host, or with a leading {@code *.} for one label */
  public record Rule(String host, List<Path> paths) {}

  /** @param field where in the object it stands, for messages */
  public record Path(String field, String path, PathType type, Backend backend) {}

  public enum PathType {
    EXACT,
    PREFIX,
    IMPLEMENTATION_SPECIFIC
  }

  /** A Service and one of its ports, by name or by number (0 if by name). */
  public record Backend(String field, String service, String portName, int portNumber) {}

  public record Tls(String field, List<String> hosts, String secretName) {}
}
