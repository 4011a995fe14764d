package dev.sluice.ingress;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The ConfigMap that ingress-nginx was configured by: defaults of annotations, and what holds for all hosts. */
final class ControllerConfig {
  private static final String ACME = "/.well-known/acme-challenge";
  private static final long YEAR_SECONDS = 31_536_000;

  /** Keys that mean for all what the annotation of the same name means for one. */
  private static final Set<String> SHARED = Set.of(
      "ssl-redirect",
      "force-ssl-redirect",
      "preserve-trailing-slash",
      "proxy-body-size",
      "proxy-connect-timeout",
      "proxy-read-timeout",
      "proxy-send-timeout",
      "proxy-next-upstream",
      "proxy-next-upstream-timeout",
      "proxy-next-upstream-tries",
      "proxy-request-buffering",
      "proxy-http-version",
      "proxy-cookie-domain",
      "proxy-cookie-path",
      "proxy-redirect-from",
      "proxy-redirect-to",
      "whitelist-source-range",
      "denylist-source-range",
      "custom-http-errors",
      "disable-proxy-intercept-errors",
      "limit-rate",
      "limit-rate-after",
      "relative-redirects",
      "enable-opentelemetry",
      "load-balance",
      "service-upstream",
      "opentelemetry-trust-incoming-span");

  private final @Nullable DeclaredConfigMap declared;
  private final Map<String, String> data;

  private ControllerConfig(@Nullable DeclaredConfigMap declared) {
    this.declared = declared;
    this.data = declared == null ? Map.of() : declared.data();
  }

  static ControllerConfig of(Declarations all) {
    ObjectKey key = all.flags().configMap();
    return new ControllerConfig(all.configMap(key.namespace(), key.name()).orElse(null));
  }

  /** The ConfigMap itself; null if there is none. */
  @Nullable
  DeclaredConfigMap declared() {
    return declared;
  }

  /** Tells what can't be honoured of the ConfigMaps that it names. */
  void tellProblems(Declarations all, Collection<Problem> problems) {
    ControllerProblems told = new ControllerProblems(declared, problems);
    for (String key : List.of("proxy-set-headers", "add-headers")) {
      Optional<DeclaredConfigMap> map = setBy(key, all);
      if (data.containsKey(key) && map.isEmpty()) {
        told.add(
            key,
            '"' + data.get(key) + "\" is no ConfigMap that there is",
            "namespace/name of a ConfigMap",
            "no fields are set");
      }
      map.ifPresent(fields -> fields.data().forEach((name, value) -> {
        boolean set = key.equals("add-headers")
            ? Annotations.isToken(name) && Annotations.isFieldValue(value)
            : isSettable(name, value) && Template.parse(value).isPresent();
        if (!set) {
          told.add(
              key,
              '"' + name + "\" in " + fields.key(),
              "header fields that may be set, with no variables but those of the documentation",
              "this field is not set");
        }
      }));
    }
  }

  /** The default of an annotation, or null. */
  @Nullable
  String defaultOf(String annotation) {
    return SHARED.contains(annotation) ? data.get(annotation) : null;
  }

  @Nullable
  String text(String key) {
    return data.get(key);
  }

  boolean is(String key, boolean otherwise) {
    String value = data.get(key);
    Boolean flag = value == null ? null : Annotations.flagOf(value.strip());
    return flag == null ? otherwise : flag;
  }

  long number(String key, long otherwise) {
    try {
      String value = data.get(key);
      return value == null ? otherwise : Long.parseLong(value.strip());
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  List<String> list(String key) {
    List<String> items = new ArrayList<>();
    for (String item : data.getOrDefault(key, "").split(",", -1)) {
      if (!item.isBlank()) {
        items.add(item.strip());
      }
    }
    return items;
  }

  boolean allowsSnippets() {
    return is("allow-snippet-annotations", false);
  }

  /** Whether Ingresses may name Secrets and ConfigMaps of other namespaces. */
  boolean allowsOtherNamespaces() {
    return is("allow-cross-namespace-resources", false);
  }

  int redirectStatus() {
    long status = number("http-redirect-code", 308);
    return status == 301 || status == 302 || status == 307 ? (int) status : 308;
  }

  /** Whether no request below this path of a rule is ever sent to HTTPS. */
  boolean isPlain(String path) {
    return startsWithAny(path, "no-tls-redirect-locations");
  }

  /** Whether nobody is asked who he is below this path of a rule. */
  boolean isOpen(String path) {
    return startsWithAny(path, "no-auth-locations");
  }

  private boolean startsWithAny(String path, String key) {
    List<String> prefixes = data.containsKey(key) ? list(key) : List.of(ACME);
    return prefixes.stream().anyMatch(path::startsWith);
  }

  /** Strict-Transport-Security, or null if none is sent. */
  @Nullable
  String hsts() {
    if (!is("hsts", true)) {
      return null;
    }
    return "max-age=" + number("hsts-max-age", YEAR_SECONDS)
        + (is("hsts-include-subdomains", true) ? "; includeSubDomains" : "")
        + (is("hsts-preload", false) ? "; preload" : "");
  }

  /** Header fields of all answers. */
  Map<String, String> addedHeaders(Declarations all) {
    Map<String, String> fields = new LinkedHashMap<>();
    if (is("server-tokens", false)) {
      fields.put("Server", "sluice");
    }
    setBy("add-headers", all)
        .ifPresent(map -> map.data().forEach((key, value) -> {
          if (Annotations.isToken(key) && Annotations.isFieldValue(value)) {
            fields.put(key, value);
          }
        }));
    return fields;
  }

  /** Header fields for all upstreams; what can't be set is left out, and said as a problem. */
  Map<String, Template> requestHeaders(Declarations all) {
    Map<String, Template> fields = new LinkedHashMap<>();
    setBy("proxy-set-headers", all)
        .ifPresent(map -> new TreeMap<>(map.data()).forEach((name, value) -> {
          if (isSettable(name, value)) {
            Template.parse(value).ifPresent(template -> fields.put(name, template));
          }
        }));
    return fields;
  }

  private static boolean isSettable(String name, String value) {
    return Annotations.isToken(name)
        && Annotations.isFieldValue(value)
        && !AccessOptions.KEPT_FIELDS.contains(name.toLowerCase(Locale.ROOT));
  }

  /** The ConfigMap that a key names. */
  private Optional<DeclaredConfigMap> setBy(String key, Declarations all) {
    ObjectKey name = Annotations.named("ConfigMap", data.getOrDefault(key, "").strip(), "");
    return name == null ? Optional.empty() : all.configMap(name);
  }

  /** Header fields of upstreams that clients are not shown. */
  List<String> hidden() {
    List<String> hidden = list("hide-headers");
    hidden.removeIf(name -> !Annotations.isToken(name));
    if (!is("allow-backend-server-header", false)) {
      hidden.add("Server");
    }
    return hidden;
  }

  /** The ConfigMap itself and those that it names: what hosts are made of. */
  List<Declaration> inputs(Declarations all) {
    List<Declaration> inputs = new ArrayList<>();
    if (declared != null) {
      inputs.add(declared);
      setBy("add-headers", all).ifPresent(inputs::add);
      setBy("proxy-set-headers", all).ifPresent(inputs::add);
    }
    return inputs;
  }
}
