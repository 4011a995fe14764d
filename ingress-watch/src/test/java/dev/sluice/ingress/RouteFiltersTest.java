package dev.sluice.ingress;

import static dev.sluice.ingress.Answers.HOST;
import static dev.sluice.ingress.Answers.answer;
import static dev.sluice.ingress.Answers.match;
import static dev.sluice.ingress.Answers.twoServices;
import static dev.sluice.ingress.Manifests.path;
import static dev.sluice.ingress.Manifests.rule;
import static dev.sluice.ingress.Manifests.rules;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What annotations become in routes: filters in nginx's order, and the form of requests and answers. */
class RouteFiltersTest {
  private static final String NGINX = "nginx.ingress.kubernetes.io/";

  private static String metadata(String name, String... annotations) {
    StringBuilder all = new StringBuilder("name: " + name + ", annotations: {");
    for (String annotation : annotations) {
      all.append(NGINX).append(annotation).append(", ");
    }
    return all + "}";
  }

  private static Route only(String... annotations) {
    return only(twoServices(), annotations);
  }

  private static Route only(Manifests others, String... annotations) {
    Reconciled made = others
        .ingress(metadata("i", annotations), rules(rule(HOST, path("Prefix", "/", "a"))))
        .reconcile();
    Route route = match(made, HOST, "/");
    assertThat(route).isNotNull();
    return route;
  }

  private static <T extends Filter> T filter(Route route, Class<T> kind) {
    return route.filters().stream()
        .filter(kind::isInstance)
        .map(kind::cast)
        .findFirst()
        .orElseThrow();
  }

  private static Relay relay(Route route) {
    return ((Action.Forward) route.action()).relay();
  }

  @Test
  void standInTheOrderOfNginxsPhases() {
    Route route = only(
        twoServices().secret("users", "auth: 'u:{PLAIN}p'"),
        "mirror-target: 'http://copy.example.com'",
        "auth-type: basic",
        "auth-secret: users",
        "limit-rps: '5'",
        "force-ssl-redirect: 'true'",
        "rewrite-target: /x",
        "enable-cors: 'true'",
        "permanent-redirect: 'https://else.example.com'",
        "app-root: /start");
    assertThat(route.filters())
        .extracting(one -> one.getClass().getSimpleName())
        .containsExactly(
            "ResponseFields",
            "ResponseFields",
            "AppRoot",
            "Redirect",
            "Cors",
            "Rewrite",
            "RequireHttps",
            "NeedEndpoints",
            "Limits",
            "Access",
            "Mirror");
  }

  @Test
  void turnAllPathsOfTheHostIntoPatternsOnceOneIngressAsksForThat() {
    Reconciled made = twoServices()
        .ingress("name: plain", rules(rule(HOST, path("Prefix", "/shop", "a"))))
        .ingress(
            metadata("regex", "use-regex: 'true'"),
            rules(rule(HOST, path("ImplementationSpecific", "/id/[0-9]{3}$", "b"))))
        .ingress("name: other", rules(rule("other.example.com", path("Prefix", "/shop", "a"))))
        .reconcile();
    assertThat(answer(made, "/SHOPPING")).isEqualTo("10.0.0.1:8080");
    assertThat(answer(made, "/id/123")).isEqualTo("10.0.0.2:8080");
    assertThat(answer(made, "/id/1234")).isEqualTo("no route");
    assertThat(answer(made, "other.example.com", "/SHOPPING")).isEqualTo("no route");
  }

  @Test
  void preferThePatternWhoseTextIsLonger() {
    Reconciled made = twoServices()
        .ingress("name: plain", rules(rule(HOST, path("Prefix", "/foo/bar/bar", "a"))))
        .ingress(
            metadata("regex", "rewrite-target: /new"),
            rules(rule(HOST, path("ImplementationSpecific", "/foo/bar/[a-z]{3}", "b"))))
        .reconcile();
    assertThat(answer(made, "/foo/bar/bar")).isEqualTo("10.0.0.2:8080");
  }

  @Test
  void closeWhatBeginsLikeAPatternThatIsNone() {
    Reconciled made = twoServices()
        .ingress(
            metadata("regex", "use-regex: 'true'"),
            rules(rule(
                HOST,
                path("ImplementationSpecific", "/admin/(?!public)", "b"),
                path("Prefix", "/", "a"))))
        .reconcile();
    assertThat(answer(made, "/admin/secret")).isEqualTo("503");
    assertThat(answer(made, "/open")).isEqualTo("10.0.0.1:8080");
    assertThat(made.problems()).hasSize(1);
  }

  @Test
  void putGroupsOfThePathIntoTheTarget() {
    Reconciled made = twoServices()
        .ingress(
            metadata("i", "rewrite-target: /v2/$2-$1"),
            rules(rule(HOST, path("ImplementationSpecific", "/(a+)/(b+)", "a"))))
        .reconcile();
    Route route = match(made, HOST, "/a/b");
    assertThat(route).isNotNull();
    Filter.Rewrite rewrite = filter(route, Filter.Rewrite.class);
    assertThat(rewrite.parts())
        .extracting(part -> part.group() < 0 ? part.text() : "$" + part.group())
        .containsExactly("/v2/", "$2", "-", "$1", "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a?b", "/a=b", "/a&b", "//evil.example.com", "/$uri", "/$"})
  void leavePathsAsTheyAreIfTheTargetIsNone(String target) {
    Route route = only("rewrite-target: '" + target + "'");
    assertThat(route.filters()).noneMatch(one -> one instanceof Filter.Rewrite);
    assertThat(route.path()).isInstanceOf(PathRule.Prefix.class);
  }

  @ParameterizedTest
  @CsvSource({
    "permanent-redirect, , 301",
    "permanent-redirect, permanent-redirect-code: '308', 308",
    "permanent-redirect, permanent-redirect-code: '309', 301",
    "temporal-redirect, , 302",
    "temporal-redirect, temporal-redirect-code: '307', 307",
    "temporal-redirect, temporal-redirect-code: '308', 302"
  })
  void redirectWithTheStatusThatIsAskedFor(String key, String code, int status) {
    Route route = only(key + ": 'https://else.example.com/a?b=c'", code == null ? "x-y: z" : code);
    assertThat(filter(route, Filter.Redirect.class))
        .isEqualTo(new Filter.Redirect(status, "https://else.example.com/a?b=c", false));
  }

  @Test
  void knowOriginsByTheirWholeText() {
    Filter.Cors cors = filter(
        only(
            "enable-cors: 'true'",
            "cors-allow-origin: 'https://a.example.com, http://*.b.example.com:8080'"),
        Filter.Cors.class);
    assertThat(List.of(
            "https://a.example.com", "HTTPS://A.example.com", "http://x.b.example.com:8080"))
        .allMatch(origin -> cors.origins().stream().anyMatch(one -> one.matches(origin)));
    assertThat(List.of(
            "https://axexample.com",
            "evil://https://a.example.com",
            "https://a.example.com.evil.com",
            "http://x.y.b.example.com:8080",
            "http://b.example.com:8080",
            "http://evil.com/.b.example.com:8080"))
        .noneMatch(origin -> cors.origins().stream().anyMatch(one -> one.matches(origin)));
  }

  @Test
  void readUsersOfFilesAndOfMaps() {
    Manifests file = twoServices().secret("users", "auth: \"u:{PLAIN}p\\nv:$apr1$x$y\\n\"");
    Manifests map = twoServices().secret("users", "u: '{PLAIN}p'");
    Filter.PasswordAuth ofFile = filter(
            only(file, "auth-type: basic", "auth-secret: users"), Filter.Access.class)
        .password();
    Filter.PasswordAuth ofMap = filter(
            only(map, "auth-type: basic", "auth-secret: users", "auth-secret-type: auth-map"),
            Filter.Access.class)
        .password();
    assertThat(ofFile).isNotNull();
    assertThat(ofMap).isNotNull();
    assertThat(ofFile.passwords().hashes()).isEqualTo(Map.of("u", "{PLAIN}p", "v", "$apr1$x$y"));
    assertThat(ofMap.passwords().hashes()).isEqualTo(Map.of("u", "{PLAIN}p"));
    assertThat(ofFile.toString()).doesNotContain("{PLAIN}");
  }

  @Test
  void remakeTheHostWhenASecretOfItsUsersChanges() {
    List<Declaration> before = withUser("p").read();
    List<Declaration> after = withUser("q").read();
    Reconciled first = RouteReconciler.reconcile(before);
    Reconciled second = RouteReconciler.reconcile(after, first);
    assertThat(second.routes().version())
        .isNotEqualTo(first.routes().version())
        .isEqualTo(RouteReconciler.reconcile(after).routes().version());
  }

  private static Manifests withUser(String password) {
    return twoServices()
        .secret("users", "auth: 'u:{PLAIN}" + password + "'")
        .ingress(
            metadata("i", "auth-type: basic", "auth-secret: users"),
            rules(rule(HOST, path("Prefix", "/", "a"))));
  }

  @Test
  void offerACanaryOnPathsThatAMainIngressHasAndNowhereElse() {
    Reconciled made = twoServices()
        .ingress("name: main", rules(rule(HOST, path("Prefix", "/", "a"))))
        .ingress(
            metadata("canary", "canary: 'true'", "canary-weight: '10'"),
            rules(rule(HOST, path("Prefix", "/", "b"), path("Prefix", "/alone", "b"))))
        .reconcile();
    Route route = match(made, HOST, "/alone");
    assertThat(route).isNotNull();
    Relay.Canary canary = relay(route).canary();
    assertThat(canary).isNotNull();
    assertThat(canary.backend().name()).isEqualTo("default/b:80");
    assertThat(canary.weight()).isEqualTo(10);
    assertThat(canary.total()).isEqualTo(100);
    assertThat(answer(made, "/alone")).isEqualTo("10.0.0.1:8080");
  }

  @Test
  void bindACookieToThePathOfTheRule() {
    Reconciled made = twoServices()
        .ingress(
            metadata("i", "affinity: cookie"),
            rules(rule(HOST, path("Prefix", "/a", "a"), path("Prefix", "/b", "b"))))
        .reconcile();
    for (String path : List.of("/a", "/b")) {
      Route route = match(made, HOST, path);
      assertThat(route).isNotNull();
      assertThat(relay(route).balance())
          .isEqualTo(
              new Relay.Sticky("INGRESSCOOKIE", path, "", 0, 0, false, "", false, false, false));
    }
  }

  @Test
  void serveAliasesAndSendTheTwinOfAHostToIt() {
    Reconciled made = twoServices()
        .ingress(
            metadata(
                "i",
                "server-alias: 'b.example.com, c.example.com'",
                "from-to-www-redirect: 'true'"),
            rules(rule(HOST, path("Prefix", "/", "a"))))
        .ingress("name: j", rules(rule("c.example.com", path("Prefix", "/", "b"))))
        .reconcile();
    assertThat(answer(made, "b.example.com", "/")).isEqualTo("10.0.0.1:8080");
    assertThat(answer(made, "c.example.com", "/")).isEqualTo("10.0.0.2:8080");
    Route twin = match(made, "www." + HOST, "/x");
    assertThat(twin).isNotNull();
    assertThat(twin.filters()).containsExactly(new Filter.RedirectHost(308, HOST));
  }

  @Test
  void guardWhatNoPathTakesAsTheOldestIngressOfTheHostGuardsItsOwn() {
    Reconciled made = twoServices()
        .ingress(
            metadata("i", "whitelist-source-range: 10.0.0.0/8"),
            rules(rule(HOST, path("Prefix", "/a", "a"))))
        .reconcile();
    Route rest = match(made, HOST, "/other");
    assertThat(rest).isNotNull();
    assertThat(rest.action()).isEqualTo(new Action.Refuse(404, "no route for this path"));
    assertThat(filter(rest, Filter.Access.class).allowed()).hasSize(1);
  }

  @Test
  void takeDefaultsFromTheConfigMapOfTheController() {
    Manifests config = twoServices()
        .add(
            "v1",
            "ConfigMap",
            "name: ingress-nginx-controller, namespace: ingress-nginx",
            "data: {whitelist-source-range: 10.0.0.0/8, hsts-max-age: '1', hsts-include-subdomains: 'false', proxy-body-size: 8m}");
    Route route = only(config, "proxy-read-timeout: '7'");
    assertThat(filter(route, Filter.Access.class).allowed()).hasSize(1);
    assertThat(route.bodyBytes()).isEqualTo(8 << 20);
    assertThat(route.filters())
        .contains(
            new Filter.ResponseFields(Map.of("Strict-Transport-Security", "max-age=1"), true));
  }

  @Test
  void leaveSnippetsOutByNameAndCloseWhereTheyWereInForce() {
    assertThat(only("configuration-snippet: deny all;").action())
        .isInstanceOf(Action.Forward.class);
    Manifests allowed = twoServices()
        .add(
            "v1",
            "ConfigMap",
            "name: ingress-nginx-controller, namespace: ingress-nginx",
            "data: {allow-snippet-annotations: 'true'}");
    assertThat(only(allowed, "configuration-snippet: deny all;").action())
        .isInstanceOf(Action.Refuse.class);
  }

  @ParameterizedTest
  @CsvSource({
    "'error timeout http_502', 1, true, true, 502",
    "'http_503 non_idempotent', 1, false, false, 503"
  })
  void readWhenAnotherEndpointIsTried(
      String value, int statuses, boolean onError, boolean onTimeout, int status) {
    Retries retries = only("proxy-next-upstream: '" + value + "'").retries();
    assertThat(retries.statuses()).containsExactly(status).hasSize(statuses);
    assertThat(retries.onError()).isEqualTo(onError);
    assertThat(retries.onTimeout()).isEqualTo(onTimeout);
  }
}
