package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ingress.ControllerFlags;
import dev.sluice.ingress.DeclaredAt;
import dev.sluice.ingress.DeclaredConfigMap;
import dev.sluice.ingress.ObjectKey;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Keys of the ConfigMap of ingress-nginx, as clients and upstreams see them. */
class ControllerConfigIT {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  private static RunningEdge edge;
  private final ScriptedUpstream upstream = ScriptedUpstream.answering(OK);

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

  private void configure(String... keysAndValues) {
    configure(Map.of(), keysAndValues);
  }

  private void configure(Map<String, String> annotations, String... keysAndValues) {
    Map<String, String> data = new java.util.TreeMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      data.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    edge.declare(
        "controller",
        List.of(
            new DeclaredConfigMap(ControllerFlags.DEFAULT.configMap(), DeclaredAt.API_SERVER, data),
            new DeclaredConfigMap(
                new ObjectKey("ConfigMap", "test", "fields"),
                DeclaredAt.API_SERVER,
                Map.of("X-Forwarded-Proto", "own", "X-Asked", "${request_method} $uri"))));
    edge.route("a", annotations, upstream);
  }

  /** What the gateway answers to a GET with these fields, and nothing else on the connection. */
  private static String ask(String... fields) {
    StringBuilder head = new StringBuilder("GET /x HTTP/1.1\r\nHost: a\r\n");
    for (String field : fields) {
      head.append(field).append("\r\n");
    }
    try (RawClient client = edge.client()) {
      return client.send(head + "\r\n").answer();
    }
  }

  /** What the upstream is sent for it. */
  private String relayed(String... fields) {
    assertThat(ask(fields)).endsWith("ok");
    return upstream.heads().remove();
  }

  @Test
  void whoIsBlockedByUserAgentOrRefererGets403() {
    configure("block-user-agents", "~*bot", "block-referers", "http://spam/");
    assertThat(ask("User-Agent: BadBot")).startsWith("HTTP/1.1 403");
    assertThat(ask("Referer: http://spam/")).startsWith("HTTP/1.1 403");
    assertThat(ask("User-Agent: Browser", "Referer: http://spam/x")).endsWith("ok");
  }

  @Test
  void fieldsForAllUpstreamsStandInThePlaceOfOursAndOfTheClients() {
    configure("proxy-set-headers", "test/fields");
    assertThat(relayed("X-Asked: mine"))
        .contains("X-Asked: GET /x\r\n")
        .contains("X-Forwarded-Proto: own\r\n")
        .doesNotContain("mine")
        .doesNotContain("X-Forwarded-Proto: http\r\n");
  }

  @Test
  void oddNamesOfFieldsPassWhereThatIsAskedFor() {
    configure();
    assertThat(relayed("a_b: 1", "a.b: 2")).doesNotContain("a_b").doesNotContain("a.b");
    configure("enable-underscores-in-headers", "true", "ignore-invalid-headers", "false");
    assertThat(relayed("a_b: 1", "a.b: 2")).contains("a_b: 1\r\n").contains("a.b: 2\r\n");
  }

  @Test
  void upstreamsAreToldMoreOrLessOfTheRequest() {
    configure("generate-request-id", "false", "proxy-add-original-uri-header", "true");
    assertThat(relayed()).doesNotContain("X-Request-ID").contains("X-Original-URI: /x\r\n");
    configure("use-forwarded-headers", "true", "compute-full-forwarded-for", "true");
    assertThat(relayed("X-Forwarded-For: 192.0.2.1"))
        .containsPattern("X-Forwarded-For: 192\\.0\\.2\\.1, 127\\.0\\.[0-9.]+\r\n");
    configure("enable-real-ip", "true", "forwarded-for-header", "X-Client");
    assertThat(relayed("X-Client: 192.0.2.9")).contains("X-Real-IP: 192.0.2.9\r\n");
  }

  @Test
  void aFixedConnectionFieldGoesToTheUpstreamAndNoUpgrade() {
    configure(Map.of("connection-proxy-header", "close"));
    assertThat(relayed("Connection: upgrade", "Upgrade: websocket"))
        .contains("Connection: close\r\n")
        .doesNotContain("websocket");
  }

  @Test
  void connectionsAreClosedAndHeadsBoundedAsTheConfigMapSays() {
    configure("keep-alive", "0", "large-client-header-buffers", "2 1k");
    assertThat(ask()).contains("Connection: close\r\n");
    try (RawClient client = edge.client()) {
      client.send("GET /" + "a".repeat(1500) + " HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.head()).startsWith("HTTP/1.1 414");
    }
    try (RawClient client = edge.client()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\nCookie: " + "a".repeat(3000) + "\r\n\r\n");
      assertThat(client.head()).startsWith("HTTP/1.1 431");
    }
  }

  @Test
  void requestsThatShallNotBeLoggedAreCountedAllTheSame() {
    configure(Map.of("enable-access-log", "false"));
    assertThat(ask()).endsWith("ok");
    assertThat(edge.over()).contains("a 200 null unlogged");
    configure("skip-access-log-urls", "/x");
    assertThat(ask()).endsWith("ok");
    assertThat(edge.over()).endsWith("a 200 null unlogged");
  }

  @Test
  void tooManyRequestsAtOnceHaveAStatusOfTheirOwn() {
    configure(Map.of("limit-connections", "1"), "limit-conn-status-code", "429");
    ScriptedUpstream silent = new ScriptedUpstream(with -> {
      with.request();
      with.awaitEnd();
    });
    edge.route("a", Map.of("limit-connections", "1"), silent);
    try (silent;
        RawClient first = edge.client()) {
      first.get("a", "/x");
      org.awaitility.Awaitility.await().until(() -> !silent.heads().isEmpty());
      assertThat(ask()).startsWith("HTTP/1.1 429");
    }
  }
}
