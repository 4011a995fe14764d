package dev.sluice.ingress.report;

import dev.sluice.ingress.DeclaredIngress;
import dev.sluice.ingress.ObjectKey;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What an Ingress names. */
final class References {
  private static final String PREFIX = "nginx.ingress.kubernetes.io/";
  /** Kinds of what annotations name. */
  private static final Map<String, String> KINDS = Map.of(
      "auth-secret", "Secret",
      "auth-tls-secret", "Secret",
      "proxy-ssl-secret", "Secret",
      "custom-headers", "ConfigMap",
      "auth-proxy-set-headers", "ConfigMap",
      "fastcgi-params-configmap", "ConfigMap",
      "default-backend", "Service");

  private References() {}

  static Set<ObjectKey> of(DeclaredIngress ingress) {
    Set<ObjectKey> keys = new TreeSet<>();
    ObjectKey own = ingress.key();
    ingress
        .rules()
        .forEach(rule -> rule.paths()
            .forEach(path -> keys.add(own.sibling("Service", path.backend().service()))));
    if (ingress.defaultBackend() != null) {
      keys.add(own.sibling("Service", ingress.defaultBackend().service()));
    }
    ingress.tls().forEach(tls -> {
      if (!tls.secretName().isEmpty()) {
        keys.add(own.sibling("Secret", tls.secretName()));
      }
    });
    KINDS.forEach((key, kind) -> {
      String value = ingress.annotations().get(PREFIX + key);
      if (value != null && !value.isBlank()) {
        int slash = value.indexOf('/');
        String namespace =
            slash < 0 ? own.namespace() : value.substring(0, slash).strip();
        keys.add(new ObjectKey(kind, namespace, value.substring(slash + 1).strip()));
      }
    });
    return keys;
  }
}
