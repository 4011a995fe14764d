package dev.sluice.ingress;

import static dev.sluice.ingress.Answers.HOST;
import static dev.sluice.ingress.Answers.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ingress.manifest.ManifestReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Objects that somebody would write to break in. Each is refused with a problem that names the field, nothing is thrown,
 * and what others declare is served as if it were not there.
 */
class HostileObjectsTest {
  /**
   * One of them.
   *
   * @param annotations of it, below nginx.ingress.kubernetes.io/
   * @param path of its rule
   * @param field that the problem names, by its end
   */
  private record Hostile(
      String name, Map<String, String> annotations, String type, String path, String field) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Hostile annotation(String name, String... keysAndValues) {
    Map<String, String> annotations = new TreeMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      annotations.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return new Hostile(name, annotations, "Prefix", "/evil", "/" + keysAndValues[0]);
  }

  private static Hostile path(String name, String type, String path) {
    return new Hostile(name, Map.of(), type, path, ".path");
  }

  private static Hostile regex(String name, String path) {
    return new Hostile(name, Map.of("use-regex", "true"), "ImplementationSpecific", path, ".path");
  }

  static Stream<Hostile> hostile() {
    String jump = "\n} location /x { return 200; #";
    return Stream.of(
        annotation(
            "a snippet of a location, where they are allowed",
            "configuration-snippet",
            "return 200;"),
        annotation("a snippet of a server", "server-snippet", "location / {}"),
        annotation("a snippet of a stream", "stream-snippet", "server {}"),
        annotation(
            "a snippet of a question", "auth-snippet", "proxy_pass x;", "auth-url", "http://a/"),
        annotation("rules of a firewall", "modsecurity-snippet", "Include /etc/passwd"),
        annotation("a firewall that is not there", "enable-modsecurity", "true"),
        annotation("a line in a realm", "auth-realm", "x\"" + jump, "auth-type", "basic"),
        annotation("a quote in a realm", "auth-realm", "a\" b", "auth-type", "basic"),
        annotation("a bell in a realm", "auth-realm", "a\u0007b"),
        annotation("a control character of C1", "session-cookie-domain", "a\u0085b"),
        annotation("a NUL in a host", "upstream-vhost", "a\u0000b"),
        annotation("directives in a host", "upstream-vhost", "a; proxy_pass b"),
        annotation("a kind of authentication that is none", "auth-type", "xbasic"),
        annotation(
            "a Secret of another namespace", "auth-secret", "other/users", "auth-type", "basic"),
        annotation("a Secret outside", "auth-secret", "../../etc/passwd", "auth-type", "basic"),
        annotation(
            "a kind of Secret that is none",
            "auth-secret-type",
            "file",
            "auth-type",
            "basic",
            "auth-secret",
            "users"),
        annotation("a URL with a line", "auth-url", "http://a/" + jump),
        annotation("a URL with a variable for its host", "auth-url", "http://$http_x/"),
        annotation("a URL with an unknown variable", "auth-url", "http://a/$document_root"),
        annotation("a URL of another scheme", "auth-url", "file:///etc/passwd"),
        annotation("a URL with a user", "auth-url", "http://good@evil/"),
        annotation("a URL of the cloud's metadata", "auth-url", "http://169.254.169.254/latest"),
        annotation("a method that is none", "auth-method", "GET\"; x", "auth-url", "http://a/"),
        annotation("a method with more behind it", "auth-method", "GETX", "auth-url", "http://a/"),
        annotation(
            "a field that is none", "auth-response-headers", "a: b", "auth-url", "http://a/"),
        annotation(
            "a place to sign in with a line",
            "auth-signin",
            "http://a/" + jump,
            "auth-url",
            "http://a/"),
        annotation(
            "a parameter with a line",
            "auth-signin-redirect-param",
            "rd\r\nSet-Cookie: x=y",
            "auth-url",
            "http://a/"),
        annotation(
            "a key of a cache with an unknown variable",
            "auth-cache-key",
            "$ssl_client_raw_cert",
            "auth-url",
            "http://a/"),
        annotation(
            "a time that is none", "auth-cache-duration", "200 5m; x", "auth-url", "http://a/"),
        annotation(
            "header fields of another namespace",
            "auth-proxy-set-headers",
            "other/map",
            "auth-url",
            "http://a/"),
        annotation("a ConfigMap of another namespace", "custom-headers", "other/map"),
        annotation("authorities of another namespace", "auth-tls-secret", "other/ca"),
        annotation("a subject without its authority", "auth-tls-match-cn", "CN=(.*)"),
        annotation("a page for errors of TLS", "auth-tls-error-page", "http://a/"),
        annotation("a certificate of another namespace", "proxy-ssl-secret", "other/client"),
        annotation("verification without an authority", "proxy-ssl-verify", "on"),
        annotation("a name of TLS that is none", "proxy-ssl-name", "a b\nc"),
        annotation("a redirect with a variable", "permanent-redirect", "https://$host/"),
        annotation("a redirect with directives", "permanent-redirect", "https://a/;}"),
        annotation("a redirect to a script", "temporal-redirect", "javascript:alert(1)"),
        annotation("a redirect with a line", "temporal-redirect", "https://a/\r\nx: y"),
        annotation("addresses that are none", "whitelist-source-range", "10.0.0.0/8, all"),
        annotation("no addresses", "allowlist-source-range", " "),
        annotation("addresses that are denied and none", "denylist-source-range", "0.0.0.0/99"),
        annotation("a limit that is none", "limit-rps", "ten"),
        annotation("a limit below none", "limit-connections", "-1"),
        annotation(
            "those whom no limit binds, and none", "limit-allowlist", "::/x", "limit-rps", "1"),
        annotation("a word that is neither any nor all", "satisfy", "some"),
        annotation("a key of a ring with an unknown variable", "upstream-hash-by", "$evil"),
        annotation("a mirror with an unknown variable", "mirror-target", "http://a/$evil"),
        annotation(
            "parameters that somebody else has written",
            "fastcgi-params-configmap",
            "other/params",
            "backend-protocol",
            "FCGI"),
        path("a line in a path", "Prefix", "/x\n} location /y {"),
        path("a NUL in a path", "ImplementationSpecific", "/x\u0000"),
        path("blanks in a path", "Exact", "/x { return 200; }"),
        path("a path above its root", "Prefix", "/../etc"),
        path("an encoded slash", "Prefix", "/a%2Fb"),
        path("a path too long", "Prefix", "/" + "x".repeat(4000)),
        path("quotes in a path", "ImplementationSpecific", "/x\";"),
        regex("a pattern as large as memory", "/(((((a{1000}){1000}){1000}){1000}){1000})"),
        regex("a pattern as deep as the stack", "/" + "(".repeat(1500) + "a" + ")".repeat(1500)),
        regex("a pattern that looks behind", "/(?<=x)y"),
        regex("a pattern that is none", "/evil/("));
  }

  private static final String OTHERS = """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
      data: {allow-snippet-annotations: 'true'}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: a}
      spec: {ports: [{name: http, port: 80}]}
      ---
      apiVersion: discovery.k8s.io/v1
      kind: EndpointSlice
      metadata: {name: a-1, labels: {kubernetes.io/service-name: a}}
      ports: [{name: http, port: 8080}]
      endpoints: [{addresses: [10.0.0.1]}]
      ---
      apiVersion: v1
      kind: Secret
      metadata: {name: users}
      stringData: {auth: 'joe:x'}
      ---
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata: {name: good, creationTimestamp: '2026-01-01T00:00:00Z'}
      spec:
        rules:
        - host: shop.example.com
          http: {paths: [{path: /good, pathType: Prefix, backend: {service: {name: a, port: {number: 80}}}}]}
      """;

  private static String yaml(Hostile hostile) {
    StringBuilder annotations = new StringBuilder();
    hostile
        .annotations()
        .forEach((key, value) -> annotations
            .append("    nginx.ingress.kubernetes.io/")
            .append(key)
            .append(": ")
            .append(quoted(value))
            .append('\n'));
    return "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: evil\n"
        + "  creationTimestamp: '2026-02-01T00:00:00Z'\n"
        + (annotations.isEmpty() ? "" : "  annotations:\n" + annotations)
        + "spec:\n  rules:\n  - host: shop.example.com\n    http: {paths: [{path: "
        + quoted(hostile.path()) + ", pathType: " + hostile.type()
        + ", backend: {service: {name: a, port: {number: 80}}}}]}\n";
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.chars()
        .forEach(c -> quoted.append(
            c < ' ' || c == '"' || c == '\\' || c > 126
                ? String.format("\\u%04x", c)
                : "" + (char) c));
    return quoted.append('"').toString();
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void isRefusedByNameAndOthersServeOn(Hostile hostile) {
    ManifestReader reader = new ManifestReader();
    reader.readFile("test.yaml", OTHERS + yaml(hostile));
    List<Problem> problems = new ArrayList<>(reader.problems());
    Reconciled made = RouteReconciler.reconcile(reader.declared());
    problems.addAll(made.problems());
    assertThat(problems)
        .filteredOn(problem -> problem.weight() == Problem.Weight.REFUSED)
        .as(problems.toString())
        .anySatisfy(problem -> {
          assertThat(problem.object()).isEqualTo("Ingress default/evil");
          assertThat(problem.field()).endsWith(hostile.field());
          assertThat(problem.effect()).isNotEmpty();
        });
    assertThat(answer(made, HOST, "/evil")).isIn("503", "404", "no route");
    assertThat(answer(made, HOST, "/good/x")).isEqualTo("10.0.0.1:8080");
  }
}
