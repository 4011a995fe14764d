package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What annotations do to requests and answers, over real sockets. */
class AnnotationsIT {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  private static RunningEdge edge;
  private ScriptedUpstream upstream = ScriptedUpstream.answering(OK);

  @BeforeAll
  static void start() {
    edge = RunningEdge.start(true, Map.of());
  }

  @AfterAll
  static void stop() {
    edge.close();
  }

  @AfterEach
  void closeUpstream() {
    upstream.close();
  }

  private static Map<String, String> annotations(String... keysAndValues) {
    Map<String, String> all = new HashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      all.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return all;
  }

  private void route(String... keysAndValues) {
    edge.route("a", annotations(keysAndValues), upstream);
  }

  private void upstream(String answer) {
    upstream.close();
    upstream = ScriptedUpstream.answering(answer);
  }

  private static String answer(String request) {
    try (RawClient client = edge.client()) {
      return client.send(request).answer();
    }
  }

  private static String get(String target, String... fields) {
    StringBuilder request = new StringBuilder("GET " + target + " HTTP/1.1\r\nHost: a\r\n");
    for (String field : fields) {
      request.append(field).append("\r\n");
    }
    return answer(request + "\r\n");
  }

  @Test
  void theUpstreamGetsTheRewrittenPathWithTheQueryAndThePrefix() {
    route("rewrite-target", "/new", "x-forwarded-prefix", "/old");
    assertThat(get("/any%20thing?a=/b")).endsWith("ok");
    assertThat(upstream.heads().remove())
        .startsWith("GET /new?a=/b HTTP/1.1\r\n")
        .contains("\r\nX-Forwarded-Prefix: /old\r\n");
  }

  @Test
  void redirectsComeBeforeTheUpstreamAndBeforeAddressesAreLookedAt() {
    route("permanent-redirect", "/else", "denylist-source-range", "0.0.0.0/0");
    assertThat(get("/x")).startsWith("HTTP/1.1 301 ").contains("\r\nLocation: http://a/else\r\n");
    assertThat(upstream.heads()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/a, https://a:%d/a",
    "/a/, https://a:%d/a",
    "/, https://a:%d",
    "/a/?b, https://a:%d/a/?b"
  })
  void httpsIsAskedForWithoutTheSlashAtTheEnd(String target, String location) {
    route("force-ssl-redirect", "true");
    assertThat(get(target))
        .startsWith("HTTP/1.1 308 ")
        .contains("\r\nLocation: " + location.formatted(443).replace(":443", "") + "\r\n");
  }

  @ParameterizedTest
  @CsvSource({
    "whitelist-source-range, 0.0.0.0/0, 200",
    "whitelist-source-range, 203.0.113.0/24, 403",
    "denylist-source-range, 0.0.0.0/0, 403",
    "denylist-source-range, 203.0.113.0/24, 200"
  })
  void addressesDecideWhoPasses(String key, String ranges, int status) {
    route(key, ranges);
    assertThat(get("/")).startsWith("HTTP/1.1 " + status + " ");
  }

  @Test
  void aPreflightIsAnsweredForAnOriginThatIsAllowedBeforeAnybodyIsAskedWhoHeIs() {
    route(
        "enable-cors", "true",
        "cors-allow-origin", "https://good.example.com",
        "denylist-source-range", "0.0.0.0/0");
    String preflight = "OPTIONS / HTTP/1.1\r\nHost: a\r\nOrigin: %s\r\n\r\n";
    assertThat(answer(preflight.formatted("https://good.example.com")))
        .startsWith("HTTP/1.1 204 ")
        .contains("\r\nAccess-Control-Allow-Origin: https://good.example.com\r\n");
    assertThat(answer(preflight.formatted("https://evil.example.com")))
        .startsWith("HTTP/1.1 403 ")
        .doesNotContain("Access-Control");
  }

  @Test
  void whatIsSaidOfOriginsTakesThePlaceOfWhatTheUpstreamSays() {
    upstream("HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: null\r\nContent-Length: 0\r\n\r\n");
    route("enable-cors", "true");
    assertThat(get("/")).contains("Access-Control-Allow-Origin: *\r\n").doesNotContain("null");
  }

  @Test
  void moreThanTheBurstIsTooMuch() {
    route("limit-rpm", "1", "limit-burst-multiplier", "2");
    assertThat(List.of(get("/"), get("/"), get("/")))
        .allSatisfy(one -> assertThat(one).startsWith("HTTP/1.1 200 "));
    assertThat(get("/")).startsWith("HTTP/1.1 503 ");
  }

  @Test
  void theAuthenticationServiceIsAskedAboutTheRequestAndGivesItsFields() {
    try (ScriptedUpstream auth = ScriptedUpstream.answering(
        "HTTP/1.1 200 OK\r\nX-User: ann\r\nSet-Cookie: s=1\r\nContent-Length: 0\r\n\r\n")) {
      route(
          "auth-url",
          "http://" + ScriptedUpstream.HOST + ":" + auth.port() + "/check?u=$request_uri",
          "auth-response-headers",
          "X-User, X-Role");
      assertThat(get("/a?b", "X-User: root", "X-Role: admin", "Cookie: c=1"))
          .startsWith("HTTP/1.1 200 ")
          .contains("\r\nSet-Cookie: s=1\r\n");
      assertThat(auth.heads().remove())
          .startsWith("GET /check?u=/a?b HTTP/1.1\r\n")
          .contains("\r\nX-Original-URL: http://a/a?b\r\n", "\r\nCookie: c=1\r\n");
      assertThat(upstream.heads().remove())
          .contains("\r\nX-User: ann\r\n")
          .doesNotContain("root")
          .doesNotContain("X-Role");
    }
  }

  @ParameterizedTest
  @CsvSource({"401, 401", "403, 403", "302, 500", "404, 500", "503, 500"})
  void nobodyPassesWithoutItsYes(int answered, int status) {
    try (ScriptedUpstream auth =
        ScriptedUpstream.answering("HTTP/1.1 " + answered + " No\r\nContent-Length: 0\r\n\r\n")) {
      route("auth-url", "http://" + ScriptedUpstream.HOST + ":" + auth.port() + "/");
      assertThat(get("/")).startsWith("HTTP/1.1 " + status + " ");
      assertThat(upstream.heads()).isEmpty();
    }
  }

  @Test
  void nobodyPassesWhileItIsAway() {
    int port;
    try (ScriptedUpstream gone = ScriptedUpstream.answering(OK)) {
      port = gone.port();
    }
    route("auth-url", "http://" + ScriptedUpstream.HOST + ":" + port + "/");
    assertThat(get("/")).startsWith("HTTP/1.1 500 ");
    assertThat(upstream.heads()).isEmpty();
  }

  @Test
  void aBodyWaitsForTheAuthenticationServiceAndThenArrivesWhole() {
    try (ScriptedUpstream auth =
        ScriptedUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) {
      route("auth-url", "http://" + ScriptedUpstream.HOST + ":" + auth.port() + "/");
      assertThat(answer("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"))
          .endsWith("ok");
      assertThat(auth.heads().remove()).doesNotContain("Content-Length: 5");
      assertThat(upstream.heads().remove()).contains("Content-Length: 5");
    }
  }

  @Test
  void anAnswerThatMayBeRetriedIsNotShown() {
    try (ScriptedUpstream bad =
        ScriptedUpstream.answering("HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n")) {
      edge.route("a", annotations("proxy-next-upstream", "http_502"), bad, upstream);
      assertThat(List.of(get("/"), get("/"), get("/"), get("/")))
          .allSatisfy(one -> assertThat(one).startsWith("HTTP/1.1 200 "));
      assertThat(answer("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
              + answer("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"))
          .contains("HTTP/1.1 502 ");
    }
  }

  @Test
  void aClientStaysWithTheEndpointThatItsCookieNames() {
    try (ScriptedUpstream other =
        ScriptedUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno")) {
      edge.route("a", annotations("affinity", "cookie"), upstream, other);
      String first = get("/");
      String cookie = Streams.field(first, "Set-Cookie");
      assertThat(cookie).startsWith("INGRESSCOOKIE=").endsWith("; Path=/; HttpOnly");
      String sent = "Cookie: x=y; " + cookie.substring(0, cookie.indexOf(';'));
      for (int i = 0; i < 8; i++) {
        assertThat(get("/", sent))
            .endsWith(first.substring(first.length() - 2))
            .doesNotContain("Set-Cookie");
      }
    }
  }

  @Test
  void whereTheUpstreamBelievesToBeIsPutRight() {
    upstream(String.join(
        "\r\n",
        "HTTP/1.1 200 OK",
        "Location: http://inside/x",
        "Set-Cookie: a=b; Path=/in; Domain=inside; Secure",
        "Content-Length: 0",
        "",
        ""));
    route(
        "proxy-redirect-from", "http://inside/",
        "proxy-redirect-to", "https://a/",
        "proxy-cookie-domain", "inside a.example.com",
        "proxy-cookie-path", "/in /out");
    assertThat(get("/"))
        .contains("\r\nLocation: https://a/x\r\n")
        .contains("\r\nSet-Cookie: a=b; Path=/out; Domain=a.example.com; Secure\r\n");
  }

  @Test
  void aCopyGoesToTheMirrorWithItsBody() {
    try (ScriptedUpstream mirror = ScriptedUpstream.answering(OK)) {
      route(
          "mirror-target",
          "http://" + ScriptedUpstream.HOST + ":" + mirror.port() + "$request_uri");
      assertThat(answer("POST /a?b HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"))
          .endsWith("ok");
      org.awaitility.Awaitility.await()
          .untilAsserted(() -> assertThat(mirror.heads().peek())
              .startsWith("POST /a?b HTTP/1.1\r\n")
              .contains("Content-Length: 2"));
    }
  }

  @Test
  void aCopyThatComesBackIsNotCopiedAgain() {
    route(
        "mirror-target",
        "http://" + edge.http().getAddress().getHostAddress() + ":"
            + edge.http().getPort() + "$request_uri",
        "mirror-host",
        "a");
    for (String target : List.of("/first", "/second")) {
      assertThat(get(target)).endsWith("ok");
      org.awaitility.Awaitility.await()
          .atMost(RunningEdge.DEADLINE)
          .untilAsserted(() -> assertThat(upstream.heads())
              .filteredOn(head -> head.startsWith("GET " + target))
              .hasSize(2));
    }
    assertThat(upstream.heads())
        .filteredOn(head -> head.startsWith("GET /first "))
        .hasSize(2)
        .filteredOn(head -> head.contains("X-Sluice-Mirrored: 1"))
        .hasSize(1);
  }

  @Test
  void anObserverSendsNoCopies() {
    try (ScriptedUpstream mirror = ScriptedUpstream.answering(OK);
        RunningEdge observer = RunningEdge.startWith(true, "sluice.node.mode", "observe")) {
      observer.route(
          "a",
          annotations("mirror-target", "http://" + ScriptedUpstream.HOST + ":" + mirror.port()),
          upstream);
      try (RawClient client = observer.client()) {
        assertThat(client.get("a", "/").answer()).endsWith("ok");
      }
      assertThat(mirror.connections()).isZero();
    }
  }

  @Test
  void aMirrorThatIsAwayTroublesNobody() {
    route("mirror-target", "http://" + ScriptedUpstream.HOST + ":1/");
    assertThat(get("/")).endsWith("ok");
  }

  @Test
  void anotherNameAndVersionReachTheUpstream() {
    route("upstream-vhost", "inside.example.com", "proxy-http-version", "1.0");
    assertThat(get("/")).endsWith("ok");
    assertThat(upstream.heads().remove())
        .startsWith("GET / HTTP/1.0\r\n")
        .contains("\r\nHost: inside.example.com\r\n", "\r\nX-Forwarded-Host: a\r\n");
  }
}
