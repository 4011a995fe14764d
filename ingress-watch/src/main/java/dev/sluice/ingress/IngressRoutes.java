package dev.sluice.ingress;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.sluice.ingress.Action.Backend;
import dev.sluice.ingress.DeclaredIngress.PathType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What Ingresses make of one host. */
final class IngressRoutes {
  private static final String CATCH_ALL = "";

  /** What no path of an Ingress claims: it has no canary. */
  private static final String NO_CLAIM = "";

  private static final Map<String, String> NO_TRACE =
      Collections.unmodifiableMap(new TreeMap<>(Map.of("traceparent", "", "tracestate", "")));

  /** Annotations that name a Secret or a ConfigMap. */
  private static final List<String> REFERENCES = List.of(
      "auth-secret",
      "auth-tls-secret",
      "proxy-ssl-secret",
      "custom-headers",
      "fastcgi-params-configmap",
      "auth-proxy-set-headers");

  private final String host;
  private final Declarations declared;
  private final List<Problem> problems;
  private final List<Route> routes = new ArrayList<>();
  private final Map<String, DeclaredIngress> holders = new HashMap<>();
  private final Map<String, DeclaredIngress> canaries = new HashMap<>();
  private final Map<DeclaredIngress, IngressOptions> options = new LinkedHashMap<>();
  private String appRoot = "";
  private Filter.@Nullable ClientCertificate certificate;
  private boolean regex;

  private IngressRoutes(String host, Declarations declared, List<Problem> problems) {
    this.host = host;
    this.declared = declared;
    this.problems = problems;
  }

  /** Adds to each host what its routes are made of: Ingresses, and what they name. */
  static void collectInputs(Declarations all, Map<String, List<Declaration>> inputs) {
    Map<String, Set<Declaration>> sets = new HashMap<>();
    List<Declaration> config = ControllerConfig.of(all).inputs(all);
    ObjectKey last = all.flags().defaultBackend();
    if (last != null && all.service(last).isPresent()) {
      config.add(all.service(last).get());
      config.addAll(all.endpointsOf(last));
      sets.computeIfAbsent(CATCH_ALL, none -> new LinkedHashSet<>()).addAll(config);
    }
    for (DeclaredIngress ingress : all.ingresses()) {
      Set<Declaration> used = new LinkedHashSet<>();
      used.add(ingress);
      Set<String> services = new LinkedHashSet<>();
      backendsOf(ingress).forEach(backend -> services.add(backend.service()));
      services.add(ingress.annotations().getOrDefault(Annotations.PREFIX + "default-backend", ""));
      for (String name : services) {
        ObjectKey service = ingress.key().sibling("Service", name);
        all.service(service).ifPresent(used::add);
        used.addAll(all.endpointsOf(service));
      }
      for (String key : REFERENCES) {
        String named = ingress.annotations().get(Annotations.PREFIX + key);
        if (named != null) {
          String own = ingress.key().namespace();
          ObjectKey secret = Annotations.named("Secret", named.strip(), own);
          if (secret != null) {
            all.secret(secret).ifPresent(used::add);
            all.configMap(secret.sibling("ConfigMap", secret.name())).ifPresent(used::add);
            if (!secret.namespace().equals(own)) {
              used.addAll(all.grantsOf(secret.namespace()));
            }
          }
        }
      }
      used.addAll(config);
      for (String host : hostsOf(ingress)) {
        sets.computeIfAbsent(host, none -> new LinkedHashSet<>()).addAll(used);
      }
    }
    sets.forEach(
        (host, used) -> inputs.computeIfAbsent(host, none -> new ArrayList<>()).addAll(used));
  }

  static List<Route> routes(String host, Declarations declared, List<Problem> problems) {
    IngressRoutes made = new IngressRoutes(host, declared, problems);
    made.readOptions();
    made.options.forEach(made::addCanary);
    made.options.forEach(made::add);
    made.options.forEach(made::addDefault);
    made.addRest();
    return made.routes;
  }

  static Set<String> hostsOf(DeclaredIngress ingress) {
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

  private void readOptions() {
    List<String> words = ControllerConfig.of(declared).list("annotation-value-word-blocklist");
    for (DeclaredIngress ingress : declared.ingresses()) {
      String blocked = new Annotations(ingress, declared).keyHolding(words);
      if (blocked != null) {
        problems.add(ingress.problem(
            "metadata.annotations." + Annotations.PREFIX + blocked,
            "holds a word that annotation-value-word-blocklist forbids",
            "",
            "this Ingress is left out"));
        continue;
      }
      IngressOptions one = IngressOptions.of(ingress, declared);
      problems.addAll(one.problems());
      options.put(ingress, one);
      if (hostsOf(ingress).contains(host) && !one.canary()) {
        regex |=
            one.useRegex() || pathsOf(ingress).stream().anyMatch(path -> isRewritten(path, one));
        if (appRoot.isEmpty()) {
          appRoot = one.appRoot();
        }
        if (certificate == null) {
          certificate = one.certificate();
        }
      }
    }
  }

  private static boolean isRewritten(DeclaredIngress.Path path, IngressOptions options) {
    return !options.rewriteTarget().isEmpty() && !options.rewriteTarget().equals(path.path());
  }

  private List<DeclaredIngress.Path> pathsOf(DeclaredIngress ingress) {
    List<DeclaredIngress.Path> paths = new ArrayList<>();
    for (DeclaredIngress.Rule rule : ingress.rules()) {
      if (rule.host().equals(host)) {
        paths.addAll(rule.paths());
      }
    }
    return paths;
  }

  /** Type and path: what the API calls one path of a host. */
  private static String claim(DeclaredIngress.Path path) {
    String text = path.path();
    if (path.type() == PathType.EXACT) {
      return "= " + text;
    }
    return text.length() > 1 && text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  private void addCanary(DeclaredIngress ingress, IngressOptions one) {
    if (one.canary()) {
      for (DeclaredIngress.Path path : pathsOf(ingress)) {
        canaries.putIfAbsent(claim(path), ingress);
      }
    }
  }

  private void add(DeclaredIngress ingress, IngressOptions one) {
    if (one.canary()) {
      return;
    }
    for (DeclaredIngress.Path path : pathsOf(ingress)) {
      DeclaredIngress holder = holders.putIfAbsent(claim(path), ingress);
      if (holder != null) {
        problems.add(ingress.problem(
            path.field() + ".path",
            '"' + path.path() + "\" is held by " + holder.key(),
            "a path of this host that no older Ingress has",
            "this path is left out"));
        continue;
      }
      PathRule match = match(ingress, path);
      if (match == null) {
        String literal = path.path().replaceAll("[^A-Za-z0-9/_-].*", "");
        routes.add(closed(ingress, new PathRule.Regex(Pattern.compile("^" + literal)), 503));
      } else {
        routes.add(route(ingress, one, match, path.path(), claim(path), path.backend()));
      }
    }
  }

  /** Null for a path that is meant as a pattern and is none. */
  private @Nullable PathRule match(DeclaredIngress ingress, DeclaredIngress.Path path) {
    if (!regex) {
      return path.type() == PathType.EXACT
          ? new PathRule.Exact(path.path())
          : new PathRule.Prefix(path.path());
    }
    try {
      return new PathRule.Regex(LinearPattern.compile("^" + path.path(), Pattern.CASE_INSENSITIVE));
    } catch (PatternSyntaxException e) {
      problems.add(ingress.problem(
          path.field() + ".path",
          String.valueOf(e.getMessage()),
          "a regular expression in RE2's syntax, as an Ingress of this host asks for them",
          "paths that begin like it answer 503"));
      return null;
    }
  }

  /** The default backend takes what the paths of its Ingress' hosts leave; the oldest one of a host wins. */
  private void addDefault(DeclaredIngress ingress, IngressOptions one) {
    DeclaredIngress.Backend backend = ingress.defaultBackend();
    if (backend != null
        && !one.canary()
        && hostsOf(ingress).contains(host)
        && holders.putIfAbsent("/", ingress) == null) {
      routes.add(route(ingress, one, new PathRule.Prefix("/"), "/", "/", backend));
    }
  }

  /** What no path takes is 404, but only for those whom the host's oldest Ingress lets so far. */
  private void addRest() {
    if (holders.containsKey("/")) {
      return;
    }
    DeclaredIngress last = lastResort(declared);
    for (Map.Entry<DeclaredIngress, IngressOptions> entry : options.entrySet()) {
      IngressOptions one = entry.getValue();
      boolean here = hostsOf(entry.getKey()).contains(host) && !one.canary();
      if (here && !pathsOf(entry.getKey()).isEmpty()) {
        PathRule all = new PathRule.Prefix("/");
        Route rest = last != null && one.closed() == null
            ? lastResort(last)
            : closed(entry.getKey(), all, one.closed() == null ? 404 : 503);
        List<Filter> filters = filters(entry.getKey(), one, "/");
        boolean matters = filters.stream()
            .anyMatch(one1 -> !(one1 instanceof Filter.ResponseFields)
                && !(one1 instanceof Filter.NeedEndpoints));
        if (matters || one.closed() != null || last != null) {
          filters.removeIf(filter -> filter instanceof Filter.NeedEndpoints);
          routes.add(new Route(
              rest.declaredBy(),
              all,
              null,
              List.of(),
              List.copyOf(filters),
              rest.action(),
              one.timeouts(),
              one.retries(),
              one.bodyBytes()));
        }
        return;
      }
    }
    if (last != null) {
      routes.add(lastResort(last));
    }
  }

  private Route lastResort(DeclaredIngress last) {
    DeclaredIngress.Backend backend = Objects.requireNonNull(last.defaultBackend());
    IngressOptions one = IngressOptions.of(last, declared);
    return route(last, one, new PathRule.Prefix("/"), "/", NO_CLAIM, backend);
  }

  /** The Service that answers what no Ingress takes, as an Ingress would name it; null if there is none. */
  private static @Nullable DeclaredIngress lastResort(Declarations all) {
    ObjectKey key = all.flags().defaultBackend();
    DeclaredService service = key == null ? null : all.service(key).orElse(null);
    if (service == null || service.ports().isEmpty()) {
      return null;
    }
    int port = service.ports().get(0).number();
    return new DeclaredIngress(
        service.key(),
        service.at(),
        "",
        Map.of(),
        null,
        new DeclaredIngress.Backend("metadata", service.key().name(), "", port),
        List.of(),
        List.of());
  }

  private static Route closed(DeclaredIngress ingress, PathRule match, int status) {
    String why = status == 404 ? "no route for this path" : "the path can't be honoured";
    return new Route(
        ingress.key(),
        match,
        null,
        List.of(),
        List.of(),
        new Action.Refuse(status, why),
        Timeouts.DEFAULT,
        Retries.DEFAULT,
        0);
  }

  private Route route(
      DeclaredIngress ingress,
      IngressOptions one,
      PathRule match,
      String path,
      String claim,
      DeclaredIngress.Backend backend) {
    Action action = one.closed() != null
        ? new Action.Refuse(503, one.closed())
        : forward(ingress, one, path, claim, backend);
    List<Filter> filters = one.closed() != null ? List.of() : filters(ingress, one, path);
    return new Route(
        ingress.key(),
        match,
        null,
        List.of(),
        Canonical.of(List.copyOf(filters)),
        Canonical.of(action),
        Canonical.of(one.timeouts()),
        Canonical.of(one.retries()),
        one.bodyBytes());
  }

  /** In the order of nginx's phases. */
  private List<Filter> filters(DeclaredIngress ingress, IngressOptions one, String path) {
    ControllerConfig config = ControllerConfig.of(declared);
    List<Filter> filters = new ArrayList<>();
    Map<String, String> fields = config.addedHeaders(declared);
    fields.putAll(one.responseFields());
    config.hidden().forEach(name -> fields.putIfAbsent(name, ""));
    if (!fields.isEmpty()) {
      filters.add(new Filter.ResponseFields(fields, false));
    }
    if (config.hsts() != null) {
      filters.add(new Filter.ResponseFields(
          Map.of("Strict-Transport-Security", String.valueOf(config.hsts())), true));
    }
    addUnlessNull(filters, certificate);
    if (!one.logged()) {
      filters.add(new Filter.Unlogged());
    }
    if (!appRoot.isEmpty()) {
      filters.add(new Filter.AppRoot(appRoot));
    }
    addUnlessNull(filters, one.redirect());
    addUnlessNull(filters, one.cors());
    addUnlessNull(filters, IngressOptions.rewrite(path, one.rewriteTarget()));
    if (!config.isPlain(path) && (one.forceSslRedirect() || one.sslRedirect() && hasTls(ingress))) {
      filters.add(new Filter.RequireHttps(config.redirectStatus(), one.keepSlash()));
    }
    filters.add(new Filter.NeedEndpoints());
    addUnlessNull(filters, one.limits());
    Filter.Access access = one.access();
    if (access != null && config.isOpen(path)) {
      access = access.denied().isEmpty() && access.allowed().isEmpty()
          ? null
          : new Filter.Access(access.any(), access.denied(), access.allowed(), null, null);
    }
    addUnlessNull(filters, access);
    Map<String, Template> set = config.requestHeaders(declared);
    if (!set.isEmpty()) {
      filters.add(new Filter.SetFields(set));
    }
    if (one.dropsTrace()) {
      filters.add(new Filter.RequestFields(NO_TRACE));
    }
    addUnlessNull(filters, one.mirror());
    return filters;
  }

  private static void addUnlessNull(List<Filter> filters, @Nullable Filter filter) {
    if (filter != null) {
      filters.add(filter);
    }
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

  private Action forward(
      DeclaredIngress ingress,
      IngressOptions one,
      String path,
      String claim,
      DeclaredIngress.Backend backend) {
    ServiceBackends backends = new ServiceBackends(declared, problems);
    Action.Backend main =
        backends.of(ingress, backend, !one.defaultBackend().isEmpty(), one.serviceUpstream());
    Action.Backend fallback = backends.firstPort(ingress, one.defaultBackend());
    if (main == null && fallback == null) {
      return new Action.Refuse(503, "its Service or port does not exist");
    }
    Relay.ErrorPages pages = one.errorStatuses().isEmpty() && fallback == null
        ? null
        : new Relay.ErrorPages(
            one.errorStatuses(),
            fallback,
            one.ownErrorsOnly(),
            ingress.key().namespace(),
            ingress.key().name(),
            backend.service(),
            backend.portName().isEmpty() ? "" + backend.portNumber() : backend.portName());
    Relay relay = one.relay();
    if (relay.balance() instanceof Relay.Sticky sticky && sticky.path().isEmpty()) {
      relay = relay.with(new Relay.Sticky(
          sticky.cookie(),
          path,
          sticky.domain(),
          sticky.expiresSeconds(),
          sticky.maxAgeSeconds(),
          sticky.secure(),
          sticky.sameSite(),
          sticky.noneIfKnown(),
          sticky.changeOnFailure(),
          sticky.persistent()));
    }
    String name = ingress.key().namespace() + "/" + backend.service();
    return new Action.Forward(
        List.of(new Action.WeightedBackend(1, main == null ? new Backend(name, List.of()) : main)),
        relay.with(canary(claim, backends, backend), pages));
  }

  private Relay.@Nullable Canary canary(
      String claim, ServiceBackends backends, DeclaredIngress.Backend main) {
    DeclaredIngress ingress = canaries.get(claim);
    IngressOptions one = ingress == null ? null : options.get(ingress);
    if (ingress == null || one == null || one.canaryRules() == null) {
      return null;
    }
    BalanceOptions.CanaryRules rules = one.canaryRules();
    for (DeclaredIngress.Path path : pathsOf(ingress)) {
      if (claim(path).equals(claim) && !path.backend().service().equals(main.service())) {
        Action.Backend backend = backends.of(ingress, path.backend(), false, one.serviceUpstream());
        return backend == null
            ? null
            : new Relay.Canary(
                backend,
                rules.header(),
                rules.value(),
                rules.pattern(),
                rules.broken(),
                rules.cookie(),
                rules.weight(),
                rules.total(),
                rules.sticky());
      }
    }
    return null;
  }
}
