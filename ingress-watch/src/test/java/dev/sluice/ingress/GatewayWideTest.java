package dev.sluice.ingress;

import static dev.sluice.ingress.Answers.HOST;
import static dev.sluice.ingress.Answers.answer;
import static dev.sluice.ingress.Answers.match;
import static dev.sluice.ingress.Answers.twoServices;
import static dev.sluice.ingress.Manifests.path;
import static dev.sluice.ingress.Manifests.rule;
import static dev.sluice.ingress.Manifests.rules;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the controller's ConfigMap says of all hosts at once. */
class GatewayWideTest {
  private static Reconciled reconcile(String data) {
    return twoServices()
        .ingress("name: i", rules(rule(HOST, path("Prefix", "/", "a"))))
        .add(
            "v1",
            "ConfigMap",
            "name: ingress-nginx-controller, namespace: ingress-nginx",
            "data: {" + data + "}")
        .reconcile();
  }

  private static GatewayWide wide(String data) {
    Reconciled made = reconcile(data);
    assertThat(made.problems()).isEmpty();
    return made.routes().wide();
  }

  private static List<String> fieldsOf(Reconciled made) {
    return made.problems().stream().map(Problem::field).toList();
  }

  @Test
  void saysNothingIfItIsNotThere() {
    assertThat(wide("")).isEqualTo(GatewayWide.DEFAULT);
  }

  @Test
  void blocksByUserAgentAndReferer() {
    Trust trust =
        wide("block-user-agents: 'BadBot,~*crawl(er)?', block-referers: '~^https?://spam\\.'")
            .trust();
    assertThat(trust.blockedAgents().mean("badbot")).isTrue();
    assertThat(trust.blockedAgents().mean("BadBot/2")).isFalse();
    assertThat(trust.blockedAgents().mean("a CRAWL b")).isTrue();
    assertThat(trust.blockedReferers().mean("http://spam.example/")).isTrue();
    assertThat(trust.blockedReferers().mean("HTTP://spam.example/")).isFalse();
    assertThat(wide("block-user-agents: x").trust()).isNotEqualTo(Trust.NONE);
  }

  @Test
  void tellsWhatItCannotReadAndTakesTheRest() {
    Reconciled made = reconcile("block-user-agents: '~(?=x),bad', block-cidrs: '10.0.0.0/8,x',"
        + " ssl-protocols: 'TLSv1.1 TLSv1.3', ssl-ciphers: 'HIGH:ECDHE-RSA-AES128-GCM-SHA256',"
        + " forwarded-for-header: 'a b', proxy-set-headers: default/none");
    assertThat(fieldsOf(made))
        .containsExactlyInAnyOrder(
            "data.block-user-agents",
            "data.block-cidrs",
            "data.ssl-protocols",
            "data.ssl-ciphers",
            "data.forwarded-for-header",
            "data.proxy-set-headers");
    GatewayWide wide = made.routes().wide();
    assertThat(wide.trust().blockedAgents().mean("bad")).isTrue();
    assertThat(wide.trust().blocked()).hasSize(1);
    assertThat(wide.clients().tlsVersions()).containsExactly("TLSv1.3");
    assertThat(wide.clients().tlsCiphers())
        .containsExactly("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
    assertThat(answer(made, "/")).isEqualTo("10.0.0.1:8080");
  }

  @Test
  void namesCiphersAsTheJdkDoes() {
    assertThat(wide("ssl-ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305:"
                + "DHE-RSA-AES256-SHA256:AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA'")
            .clients()
            .tlsCiphers())
        .containsExactly(
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256",
            "TLS_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA");
  }

  @Test
  void saysHowClientsAreSpokenTo() {
    ClientSide clients =
        wide("keep-alive: '0', client-header-timeout: '7', client-body-timeout: 2m,"
                + " large-client-header-buffers: '4 16k', use-http2: 'false', http2-max-concurrent-streams: '9',"
                + " proxy-stream-timeout: 30s, proxy-stream-responses: '3', ssl-reject-handshake: 'true'")
            .clients();
    assertThat(clients.keepAlive()).isEqualTo(Duration.ZERO);
    assertThat(clients.headTimeout()).isEqualTo(Duration.ofSeconds(7));
    assertThat(clients.bodyTimeout()).isEqualTo(Duration.ofMinutes(2));
    assertThat(clients.headBytes()).isEqualTo(64 * 1024);
    assertThat(clients.lineBytes()).isEqualTo(16 * 1024);
    assertThat(clients.http2()).isFalse();
    assertThat(clients.streams()).isEqualTo(9);
    assertThat(clients.streamTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(clients.streamAnswers()).isEqualTo(3);
    assertThat(clients.knownHostsOnly()).isTrue();
  }

  @Test
  void saysWhichRequestsAreLogged() {
    Logging logging = wide("skip-access-log-urls: '/healthz,~^/metrics'").logging();
    assertThat(logging.takes("/healthz")).isFalse();
    assertThat(logging.takes("/healthz?x")).isTrue();
    assertThat(logging.takes("/metrics/x")).isFalse();
    assertThat(wide("disable-access-log: 'true'").logging().streams()).isFalse();
    assertThat(wide("disable-http-access-log: 'true'").logging().takes("/")).isFalse();
    assertThat(wide("disable-stream-access-log: 'true'").logging().takes("/")).isTrue();
  }

  @Test
  void setsFieldsForUpstreamsWithVariablesAndLeavesOutWhatNobodyMaySet() {
    Reconciled made = twoServices()
        .ingress("name: i", rules(rule(HOST, path("Prefix", "/", "a"))))
        .add(
            "v1",
            "ConfigMap",
            "name: ingress-nginx-controller, namespace: ingress-nginx",
            "data: {proxy-set-headers: default/own}")
        .add(
            "v1",
            "ConfigMap",
            "name: own",
            "data: {X-Real: '$remote_addr', Host: evil, X-Lua: '$lua', X-Plain: a}")
        .reconcile();
    List<Filter> filters =
        java.util.Objects.requireNonNull(match(made, HOST, "/")).filters();
    assertThat(filters)
        .filteredOn(Filter.SetFields.class::isInstance)
        .singleElement()
        .satisfies(one ->
            assertThat(((Filter.SetFields) one).fields()).containsOnlyKeys("X-Plain", "X-Real"));
    assertThat(made.problems()).hasSize(2);
  }

  @Test
  void isThereForAnnotationsThatSayNothing() {
    Reconciled made = reconcile("load-balance: ewma, retry-non-idempotent: 'true'");
    Route route = java.util.Objects.requireNonNull(match(made, HOST, "/"));
    assertThat(((Action.Forward) route.action()).relay().balance())
        .isInstanceOf(Relay.Fastest.class);
    assertThat(route.retries().nonIdempotent()).isTrue();
  }

  @Test
  void theVersionOfATableDoesNotDependOnTheOrderOfSets() {
    Reconciled made = twoServices()
        .ingress(
            "name: i, annotations: {nginx.ingress.kubernetes.io/proxy-next-upstream:"
                + " 'http_504 http_403 http_500 http_429 http_502 http_404 http_503'}",
            rules(rule(HOST, path("Prefix", "/", "a"))))
        .reconcile();
    Route route = java.util.Objects.requireNonNull(match(made, HOST, "/"));
    assertThat(route.retries().toString()).contains("[403, 404, 429, 500, 502, 503, 504]");
  }
}
