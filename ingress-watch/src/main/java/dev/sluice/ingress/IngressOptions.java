package dev.sluice.ingress;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the annotations of an Ingress ask for, with the meaning that ingress-nginx gave them.
 *
 * @param bodyBytes longest request body, 0 for any
 * @param closed why all routes of the Ingress must answer 503, or null
 * @param canaryRules which requests it takes, if it only offers another backend for paths that a main Ingress has
 * @param rewriteTarget empty for none
 * @param appRoot empty for none
 * @param aliases other names of its hosts
 * @param logged whether its requests stand in the access log
 * @param serviceUpstream whether a Service is reached by its own address
 * @param dropsTrace whether upstreams are not told of the client's trace
 * @param errorStatuses that are replaced by answers of the default backend
 * @param defaultBackend name of a Service, or empty
 */
record IngressOptions(
    boolean sslRedirect,
    boolean forceSslRedirect,
    boolean keepSlash,
    long bodyBytes,
    Timeouts timeouts,
    Retries retries,
    @Nullable String closed,
    BalanceOptions.@Nullable CanaryRules canaryRules,
    boolean useRegex,
    String rewriteTarget,
    String appRoot,
    List<String> aliases,
    boolean wwwRedirect,
    Map<String, String> responseFields,
    Filter.@Nullable ClientCertificate certificate,
    Filter.@Nullable Redirect redirect,
    Filter.@Nullable Cors cors,
    Filter.@Nullable Limits limits,
    Filter.@Nullable Access access,
    Filter.@Nullable Mirror mirror,
    boolean dropsTrace,
    boolean logged,
    boolean serviceUpstream,
    Relay relay,
    Set<Integer> errorStatuses,
    boolean ownErrorsOnly,
    String defaultBackend,
    List<Problem> problems) {
  private static final long DEFAULT_BODY_BYTES = 1024 * 1024;

  /** Annotations that keep somebody out. Served without them, a route would be open to those it must refuse. */
  private static final Set<String> GUARDS = Set.of("auth-tls-error-page");

  /** Whether it only offers another backend for paths that a main Ingress has, and so has none of its own. */
  boolean canary() {
    return canaryRules != null;
  }

  /** Whether all paths of its hosts are regular expressions. */
  boolean regex() {
    return useRegex || !rewriteTarget.isEmpty();
  }

  static IngressOptions of(DeclaredIngress ingress) {
    return of(ingress, new Declarations(List.of()));
  }

  static IngressOptions of(DeclaredIngress ingress, Declarations declared) {
    return new Reader(ingress, declared).read();
  }

  private static final class Reader {
    private final Annotations all;
    private final Declarations declared;

    Reader(DeclaredIngress ingress, Declarations declared) {
      this.all = new Annotations(ingress, declared);
      this.declared = declared;
    }

    IngressOptions read() {
      AccessOptions guards = new AccessOptions(all, declared);
      RelayOptions relays = new RelayOptions(all, declared);
      BalanceOptions balances = new BalanceOptions(all);
      BalanceOptions.CanaryRules canary = balances.canary();
      Filter.Access access = guards.access();
      String target = rewriteTarget();
      Relay relay = relays
          .relay(access != null && access.password() != null, prefix(target))
          .with(balances.balance());
      Timeouts timeouts = new Timeouts(
          all.seconds("proxy-connect-timeout", Timeouts.DEFAULT.connect()),
          all.seconds("proxy-read-timeout", Timeouts.DEFAULT.read()),
          all.seconds("proxy-send-timeout", Timeouts.DEFAULT.send()));
      Set<Integer> statuses = errorStatuses();
      boolean useRegex = all.flag("use-regex", false);
      boolean ssl = all.flag("ssl-redirect", true);
      boolean forced = all.flag("force-ssl-redirect", false);
      boolean keepSlash = all.flag("preserve-trailing-slash", false);
      long bodyBytes = all.size("proxy-body-size", DEFAULT_BODY_BYTES, "1m");
      String appRoot = appRoot();
      List<String> aliases = aliases();
      boolean www = all.flag("from-to-www-redirect", false);
      Map<String, String> fields = customHeaders();
      Filter.ClientCertificate certificate = new CertificateOptions(all, declared).read();
      Filter.Redirect redirect = redirect();
      Filter.Cors cors = CorsOptions.read(all);
      Filter.Limits limits = guards.limits();
      Filter.Mirror mirror = mirror();
      boolean dropsTrace = dropsTrace();
      boolean logged = all.flag("enable-access-log", true);
      boolean serviceUpstream = all.flag("service-upstream", false);
      boolean ownOnly = all.flag("disable-proxy-intercept-errors", false);
      String defaultBackend = Optional.ofNullable(all.text("default-backend")).orElse("");
      Retries retries = relays.retries();
      rest();
      List<Problem> problems = new TreeSet<>(all.problems()).stream().toList();
      return new IngressOptions(
          ssl,
          forced,
          keepSlash,
          bodyBytes,
          timeouts,
          retries,
          all.closed(),
          canary,
          useRegex,
          target,
          appRoot,
          aliases,
          www,
          fields,
          certificate,
          redirect,
          cors,
          limits,
          access,
          mirror,
          dropsTrace,
          logged,
          serviceUpstream,
          relay,
          statuses,
          ownOnly,
          defaultBackend,
          problems);
    }

    private String rewriteTarget() {
      String target = Optional.ofNullable(all.text("rewrite-target")).orElse("");
      if (target.isEmpty()) {
        return "";
      }
      boolean url = target.startsWith("http://") || target.startsWith("https://");
      if (!Annotations.isFieldValue(target)
          || !url && (target.matches(".*[?=&].*") || target.contains("//"))
          || target.matches(".*\\$(?!\\d).*")) {
        all.note(
            "rewrite-target",
            '"' + target + '"',
            "a path in which $1 and the like stand for groups, without ? = &",
            "paths are not rewritten");
        return "";
      }
      return target;
    }

    private String prefix(String rewriteTarget) {
      String prefix = Optional.ofNullable(all.text("x-forwarded-prefix")).orElse("");
      if (!prefix.isEmpty() && !Annotations.isPath(prefix)) {
        all.invalid("x-forwarded-prefix", "a path", "none");
        return "";
      }
      return rewriteTarget.isEmpty() ? "" : prefix;
    }

    private String appRoot() {
      String root = Optional.ofNullable(all.text("app-root")).orElse("");
      if (!root.isEmpty() && !Annotations.isPath(root)) {
        all.note("app-root", '"' + root + '"', "an absolute path", "it has no effect");
        return "";
      }
      return root;
    }

    private Filter.@Nullable Redirect redirect() {
      boolean relative = all.flag("relative-redirects", false);
      int permanentCode = all.number("permanent-redirect-code", 300, 308, 301);
      int temporalCode = all.number("temporal-redirect-code", 300, 307, 302);
      String temporal = location("temporal-redirect");
      String permanent = location("permanent-redirect");
      if (temporal != null) {
        return new Filter.Redirect(temporalCode, temporal, relative);
      }
      return permanent == null ? null : new Filter.Redirect(permanentCode, permanent, relative);
    }

    private @Nullable String location(String key) {
      String value = all.text(key);
      if (value == null || value.isEmpty()) {
        return null;
      }
      if (!Annotations.isUrl(value) && !Annotations.isPath(value)) {
        all.close(key, '"' + value + '"', "an absolute URL of HTTP without variables");
        return null;
      }
      return value;
    }

    private List<String> aliases() {
      List<String> aliases = new ArrayList<>();
      for (String alias : all.list("server-alias")) {
        String host = alias.toLowerCase(java.util.Locale.ROOT);
        if (host.matches("(\\*\\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?")) {
          aliases.add(host);
        } else {
          all.note("server-alias", '"' + alias + '"', "names of hosts", "this name is not served");
        }
      }
      return List.copyOf(aliases);
    }

    private Map<String, String> customHeaders() {
      if (!all.has("custom-headers")) {
        return Map.of();
      }
      ObjectKey name = all.reference("custom-headers", "ConfigMap", true);
      Optional<DeclaredConfigMap> map = name == null ? Optional.empty() : declared.configMap(name);
      if (map.isEmpty()) {
        all.closeUntil("custom-headers", "no such ConfigMap", "namespace/name of a ConfigMap");
        return Map.of();
      }
      Map<String, String> fields = new LinkedHashMap<>();
      List<String> allowed = all.config().list("global-allowed-response-headers");
      map.get().data().forEach((field, value) -> {
        boolean known = allowed.stream().anyMatch(field::equalsIgnoreCase);
        if (!known || !Annotations.isToken(field) || !Annotations.isFieldValue(value)) {
          all.close(
              "custom-headers",
              '"' + field + "\" in " + map.get().key(),
              "fields that global-allowed-response-headers lists");
        } else {
          fields.put(field, value);
        }
      });
      return fields;
    }

    private Set<Integer> errorStatuses() {
      Set<Integer> statuses = new TreeSet<>();
      for (String status : all.list("custom-http-errors")) {
        if (status.matches("[45]\\d\\d")) {
          statuses.add(Integer.valueOf(status));
        } else {
          all.note("custom-http-errors", '"' + status + '"', "400 to 599", "it is left out");
        }
      }
      return statuses;
    }

    private Filter.@Nullable Mirror mirror() {
      Template url = all.template("mirror-target");
      String text = String.valueOf(all.text("mirror-target"));
      String host = Optional.ofNullable(all.text("mirror-host")).orElse("");
      boolean body = all.onOff("mirror-request-body", true);
      if (url == null) {
        return null;
      }
      if (!text.matches("https?://[A-Za-z0-9._-]+(:\\d{1,5})?([/?$].*)?")
          || !host.matches("[A-Za-z0-9._:-]*")
          || Annotations.isOfTheMachine(text)) {
        all.note("mirror-target", '"' + text + '"', "an absolute URL", "nothing is mirrored");
        return null;
      }
      return new Filter.Mirror(url, host, body);
    }

    /** No spans are made here: a trace that is trusted goes on as it came, any other begins anew at the upstream. */
    private boolean dropsTrace() {
      boolean traced = all.flag("enable-opentelemetry", false);
      boolean trusted = all.flag("opentelemetry-trust-incoming-span", true);
      all.has("opentelemetry-operation-name");
      if (traced && all.has("enable-opentelemetry")) {
        all.note("enable-opentelemetry", "true", "", "traces are passed on, but no spans are made");
      }
      return traced && !trusted;
    }

    /** What is left: told by name, with what follows from it. */
    private void rest() {
      if (all.has("proxy-request-buffering")) {
        all.onOff("proxy-request-buffering", true);
      }
      for (String key : List.of("enable-modsecurity", "enable-owasp-core-rules")) {
        if (all.has(key) && all.flag(key, false)) {
          all.close(key, "there is no such firewall here", "one in front of the gateway");
        }
      }
      if (all.has("ssl-passthrough")
          && all.flag("ssl-passthrough", false)
          && !declared.flags().sslPassthrough()) {
        all.close(
            "ssl-passthrough", "switched off", "sluice.ingress.controller.ssl-passthrough = on");
      }
      for (String key : all.unread()) {
        if (key.endsWith("-snippet")) {
          snippet(key);
        } else if (GUARDS.contains(key)) {
          all.close(key, "not supported yet", "");
        } else {
          unread(key);
        }
      }
    }

    /** What nobody reads has no effect; that is passed over where nobody could see one. */
    private void unread(String key) {
      NginxKeys.Entry known = NginxKeys.annotation(key).orElse(null);
      if (known == null) {
        all.note(key, "no annotation of ingress-nginx 1.15", "", "it has no effect");
      } else if (!known.unseen() && !known.isAlike(String.valueOf(all.text(key)))) {
        String how = known.how().isEmpty() ? "not supported" : known.how();
        all.note(key, how, "", "it has no effect");
      }
    }

    /** Left out as ingress-nginx leaves it out; but where it was in force there, its absence could open something. */
    private void snippet(String key) {
      String what = "directives of nginx are never read";
      if (all.config().allowsSnippets() || key.equals("modsecurity-snippet")) {
        all.close(key, what, "annotations that say the same");
      } else {
        all.note(key, what, "annotations that say the same", "it has no effect");
      }
    }
  }

  /** What a path and a target make of requests; null if the target equals the path, or the path is no pattern. */
  static Filter.@Nullable Rewrite rewrite(String path, String target) {
    if (target.isEmpty() || target.equals(path)) {
      return null;
    }
    try {
      Pattern pattern = LinearPattern.compile(path, Pattern.CASE_INSENSITIVE);
      List<Filter.RewritePart> parts = new ArrayList<>();
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < target.length(); i++) {
        if (target.charAt(i) == '$') {
          parts.add(new Filter.RewritePart(text.toString(), -1));
          text.setLength(0);
          parts.add(new Filter.RewritePart("", target.charAt(++i) - '0'));
        } else {
          text.append(target.charAt(i));
        }
      }
      parts.add(new Filter.RewritePart(text.toString(), -1));
      return new Filter.Rewrite(pattern, List.copyOf(parts), target.startsWith("http"));
    } catch (PatternSyntaxException e) {
      return null;
    }
  }
}
