package dev.sluice.ingress;

import static dev.sluice.ingress.Answers.HOST;
import static dev.sluice.ingress.Answers.answer;
import static dev.sluice.ingress.Answers.match;
import static dev.sluice.ingress.Manifests.path;
import static dev.sluice.ingress.Manifests.rule;
import static dev.sluice.ingress.Manifests.rules;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What stands behind a path, and how it is spoken to. */
class UpstreamOptionsTest {
  private static Manifests shop(String annotations, String service) {
    return new Manifests()
        .add("v1", "Service", "name: a", "spec: {" + service + "ports: [{name: http, port: 80}]}")
        .slice("a-1", "a", "10.0.0.1")
        .ingress(
            "name: i, annotations: {" + annotations + "}",
            rules(rule(HOST, path("Prefix", "/", "a"))));
  }

  private static String key(String key, String value) {
    return "nginx.ingress.kubernetes.io/" + key + ": '" + value + "'";
  }

  @Test
  void aServiceIsReachedByItsOwnAddressWhereThatIsAskedFor() {
    String asks = key("service-upstream", "true");
    assertThat(answer(shop(asks, "clusterIP: 10.96.0.7, ").reconcile(), "/"))
        .isEqualTo("10.96.0.7:80");
    assertThat(answer(shop(asks, "clusterIP: None, ").reconcile(), "/")).isEqualTo("10.0.0.1:8080");
    assertThat(answer(shop("", "clusterIP: 10.96.0.7, ").reconcile(), "/"))
        .isEqualTo("10.0.0.1:8080");
  }

  @Test
  void anApplicationThatSpeaksFastCgiIsToldItsIndexAndMore() {
    Reconciled made = shop(
            key("backend-protocol", "FCGI") + ", " + key("fastcgi-index", "index.php") + ", "
                + key("fastcgi-params-configmap", "php"),
            "")
        .add(
            "v1",
            "ConfigMap",
            "name: php",
            "data: {SCRIPT_FILENAME: '/app$fastcgi_script_name', APP_ENV: prod}")
        .reconcile();
    assertThat(made.problems()).isEmpty();
    Relay relay =
        ((Action.Forward) Objects.requireNonNull(match(made, HOST, "/")).action()).relay();
    assertThat(relay.protocol()).isEqualTo(Relay.Protocol.FCGI);
    Relay.FastCgi cgi = Objects.requireNonNull(relay.fastCgi());
    assertThat(cgi.index()).isEqualTo("index.php");
    assertThat(cgi.params().get("SCRIPT_FILENAME").expand(variable -> "/x.php"))
        .isEqualTo("/app/x.php");
    assertThat(cgi.params()).containsOnlyKeys("APP_ENV", "SCRIPT_FILENAME");
  }

  @Test
  void parametersThatCannotBeReadCloseThePaths() {
    for (String data : List.of("A: '$lua_x'", "'A B': x")) {
      Reconciled made = shop(
              key("backend-protocol", "FCGI") + ", " + key("fastcgi-params-configmap", "php"), "")
          .add("v1", "ConfigMap", "name: php", "data: {" + data + "}")
          .reconcile();
      assertThat(answer(made, "/")).as(data).isEqualTo("503");
    }
  }

  @Test
  void endpointsMeantForTheZoneOfTheGatewayAreUsedIfAllAreMeantForSome() {
    String hints = "endpoints: [{addresses: [10.0.0.1], hints: {forZones: [{name: z1}]}},"
        + " {addresses: [10.0.0.2], hints: {forZones: [{name: z2}]}}]";
    assertThat(answerIn("z1", hints)).isEqualTo("10.0.0.1:8080");
    assertThat(answerIn("z3", hints)).isEqualTo("10.0.0.1:8080 10.0.0.2:8080");
    assertThat(answerIn("", hints)).isEqualTo("10.0.0.1:8080 10.0.0.2:8080");
    assertThat(answerIn("z1", hints.replace("hints: {forZones: [{name: z2}]}", "hints: {}")))
        .isEqualTo("10.0.0.1:8080 10.0.0.2:8080");
  }

  private static String answerIn(String zone, String endpoints) {
    List<Declaration> declared = new Manifests()
        .add("v1", "Service", "name: a", "spec: {ports: [{name: http, port: 80}]}")
        .add(
            "discovery.k8s.io/v1",
            "EndpointSlice",
            "name: a-1, labels: {kubernetes.io/service-name: a}",
            "ports: [{name: http, port: 8080}]\n" + endpoints)
        .ingress("name: i", rules(rule(HOST, path("Prefix", "/", "a"))))
        .read();
    ControllerFlags flags = new ControllerFlags(
        ControllerFlags.DEFAULT.configMap(), null, null, true, true, null, null, false, zone);
    return answer(
        RouteReconciler.reconcile(declared, ClassRules.DEFAULT, flags, Reconciled.NOTHING), "/");
  }

  @Test
  void digestAuthenticationTakesTheUsersOfItsRealm() {
    Reconciled made = shop(
            key("auth-type", "digest") + ", " + key("auth-secret", "users") + ", "
                + key("auth-realm", "shop"),
            "")
        .secret("users", "auth: \"joe:shop:ABCDEF\\nann:other:0123\"")
        .reconcile();
    assertThat(made.problems()).isEmpty();
    Filter.Access access = Objects.requireNonNull(match(made, HOST, "/")).filters().stream()
        .filter(Filter.Access.class::isInstance)
        .map(Filter.Access.class::cast)
        .findFirst()
        .orElseThrow();
    Filter.PasswordAuth password = Objects.requireNonNull(access.password());
    assertThat(password.digest()).isNotNull();
    assertThat(password.passwords().hashes()).containsExactly(java.util.Map.entry("joe", "abcdef"));
    assertThat(password.toString()).doesNotContain("abcdef").contains("digest=digest");
  }
}
