package dev.sluice.ingress;

import static dev.sluice.ingress.Answers.HOST;
import static dev.sluice.ingress.Answers.answer;
import static dev.sluice.ingress.Answers.match;
import static dev.sluice.ingress.Answers.twoServices;
import static dev.sluice.ingress.Manifests.path;
import static dev.sluice.ingress.Manifests.rule;
import static dev.sluice.ingress.Manifests.rules;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the annotations of Ingresses do to requests. */
class IngressAnnotationsTest {
  private static final String NGINX = "nginx.ingress.kubernetes.io/";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "auth-url: 'https://au th'",
        "auth-url: 'ftp://auth.example.com'",
        "auth-url: 'https://$http_host/'",
        "auth-url: 'https://auth.example.com/$lua_code'",
        "auth-type: kerberos",
        "auth-type: xbasic",
        "auth-tls-secret: default/ca",
        "whitelist-source-range: 10.0.0.0/33",
        "allowlist-source-range: somewhere",
        "denylist-source-range: '10.0.0.1, x'",
        "satisfy: either",
        "limit-rps: many",
        "limit-rpm: '-1'",
        "limit-connections: five",
        "proxy-ssl-verify: 'on'",
        "proxy-ssl-secret: default/missing",
        "proxy-ssl-secret: other/ca",
        "custom-headers: default/missing",
        "enable-modsecurity: 'true'",
        "modsecurity-snippet: x",
        "permanent-redirect: 'https://a.example.com/$request_uri'",
        "temporal-redirect: 'javascript:x'",
        "upstream-vhost: 'a b'",
        "ssl-passthrough: 'true'"
      })
  void closesARouteWhoseGuardOrDirectionItCannotHonour(String annotation) {
    Reconciled made = twoServices()
        .ingress(
            "name: i, annotations: {" + NGINX + annotation + "}",
            rules(rule(HOST, path("Prefix", "/", "a"))))
        .ingress("name: j", rules(rule(HOST, path("Prefix", "/open", "b"))))
        .reconcile();
    assertThat(answer(made, "/")).isEqualTo("503");
    assertThat(answer(made, "/open")).isEqualTo("10.0.0.2:8080");
    assertThat(made.problems())
        .extracting(Problem::field)
        .containsExactly("metadata.annotations." + NGINX + annotation.split(":", 2)[0]);
  }

  @Test
  void closesTheDefaultBackendOfAGuardedIngressToo() {
    Reconciled made = twoServices()
        .ingress(
            "name: i, annotations: {" + NGINX + "auth-url: nowhere}",
            "{defaultBackend: {service: {name: a, port: {number: 80}}}}")
        .reconcile();
    assertThat(answer(made, "/")).isEqualTo("503");
  }

  @Test
  void servesAnIngressWithAnnotationsOfOthersAsIfTheyWereNotThere() {
    Reconciled made = twoServices()
        .ingress(
            "name: i, annotations: {cert-manager.io/issuer: a, kubernetes.io/ingress.class: nginx}",
            rules(rule(HOST, path("Prefix", "/", "a"))))
        .reconcile();
    assertThat(answer(made, "/")).isEqualTo("10.0.0.1:8080");
    assertThat(made.problems()).isEmpty();
  }

  @Test
  void leavesThePathsOfACanaryToTheMainIngressEvenIfThatIsYounger() {
    Reconciled made = twoServices()
        .ingress(
            "name: canary, creationTimestamp: '2026-01-01T00:00:00Z', annotations: {" + NGINX
                + "canary: 'true', " + NGINX + "canary-weight: '10'}",
            rules(rule(HOST, path("Prefix", "/", "b"))))
        .ingress(
            "name: main, creationTimestamp: '2026-02-01T00:00:00Z'",
            rules(rule(HOST, path("Prefix", "/", "a"))))
        .reconcile();
    assertThat(answer(made, "/")).isEqualTo("10.0.0.1:8080");
    assertThat(made.problems()).isEmpty();
  }

  @Test
  void redirectsToHttpsOnHostsThatATlsEntryCovers() {
    Reconciled made = twoServices()
        .ingress(
            "name: i",
            "{tls: [{hosts: ['*.example.com']}], rules: ["
                + rule(HOST, path("Prefix", "/", "a")) + ", "
                + rule("plain.example.org", path("Prefix", "/", "a")) + "]}")
        .ingress(
            "name: j, annotations: {" + NGINX + "ssl-redirect: 'false'}",
            rules(rule(HOST, path("Prefix", "/plain", "a"))))
        .ingress(
            "name: k, annotations: {" + NGINX + "force-ssl-redirect: 'true'}",
            rules(rule("forced.example.org", path("Prefix", "/", "a"))))
        .reconcile();
    Filter redirect = new Filter.RequireHttps(308);
    assertThat(match(made, HOST, "/").filters()).contains(redirect);
    assertThat(match(made, HOST, "/plain").filters()).doesNotContain(redirect);
    assertThat(match(made, "plain.example.org", "/").filters()).doesNotContain(redirect);
    assertThat(match(made, "forced.example.org", "/").filters()).contains(redirect);
  }
}
