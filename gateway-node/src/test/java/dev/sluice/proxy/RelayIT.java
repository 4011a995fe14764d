package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes through the gateway comes out as it went in, but for the fields that are the gateway's own. */
@ParameterizedClass(name = "event loop: {0}")
@ValueSource(booleans = {true, false})
class RelayIT {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  @Parameter
  boolean eventLoop;

  private static RunningEdge edge;
  private ScriptedUpstream upstream = ScriptedUpstream.answering(OK);

  @BeforeParameterizedClassInvocation
  static void start(boolean eventLoop) {
    edge = RunningEdge.start(eventLoop, Map.of());
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    edge.close();
  }

  @AfterEach
  void closeUpstream() {
    upstream.close();
  }

  private void upstream(ScriptedUpstream other) {
    upstream.close();
    upstream = other;
    edge.route("a", Map.of(), upstream);
  }

  /** What the upstream sees of a request with these lines between request line and empty line. */
  private String relayed(String line, String... fields) {
    edge.route("a", Map.of(), upstream);
    try (RawClient client = edge.client()) {
      StringBuilder head = new StringBuilder(line + "\r\nHost: a\r\n");
      for (String field : fields) {
        head.append(field).append("\r\n");
      }
      client.send(head + "\r\n");
      assertThat(client.answer()).endsWith("\r\n\r\nok");
    }
    return upstream.heads().remove();
  }

  /** What the client sees of this answer, to a request with this method. */
  private String answered(String method, String answer) {
    upstream(ScriptedUpstream.answering(answer));
    try (RawClient client = edge.client()) {
      client.send(method + " / HTTP/1.1\r\nHost: a\r\n\r\n");
      return client.head();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "//x",
        "/a//b",
        "/./a",
        "/%7Ebob",
        "/a%20b?c=%2F&d=../..",
        "/a|b{c}[d]\"e",
        "/caf\u00c3\u00a9",
        "/\u00e9",
        "/%E9",
        "/a;p=1",
        "/?",
        "/?%zz",
        "/a+b",
        "/%25"
      })
  void theUpstreamGetsTheTargetByteForByte(String target) {
    assertThat(relayed("GET " + target + " HTTP/1.1"))
        .startsWith("GET " + target + " HTTP/1.1\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/a/../b",
        "/%2e%2e/",
        "/a%2Fb",
        "/a%5cb",
        "/a\\b",
        "/%00",
        "/%zz",
        "/%",
        "/a/..;/b"
      })
  void aPathWithASecondReadingIsRefusedBeforeAnyUpstream(String target) {
    edge.route("a", Map.of(), upstream);
    try (RawClient client = edge.client()) {
      assertThat(client.get("a", target).answer())
          .startsWith("HTTP/1.1 400 Bad Request\r\n")
          .contains("\r\n\r\n400 Bad Request: the path holds ");
      assertThat(client.get("a", "/still-here").answer()).endsWith("ok");
      assertThat(upstream.heads()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PURGE", "PATCH", "DELETE", "OPTIONS", "get"})
  void anyMethodIsRelayed(String method) {
    assertThat(relayed(method + " /x HTTP/1.1")).startsWith(method + " /x HTTP/1.1\r\n");
  }

  @Test
  void anUrlOfTheHostBecomesItsPath() {
    assertThat(relayed("GET http://a/x?y HTTP/1.1")).startsWith("GET /x?y HTTP/1.1\r\nHost: a\r\n");
  }

  @Test
  void requestFieldsKeepOrderCaseAndBytes() {
    String head = relayed(
        "GET / HTTP/1.1",
        "cOOkie: a=b; c=\"d e\"; x=1",
        "Accept:text/plain",
        "X-Utf: gr\u00c3\u00bc\u00df",
        "X-Latin: \u00e0\u00ff",
        "Cookie: second",
        "Content-Type: Application/JSON; charset=UTF-8",
        "Authorization: Bearer t",
        "X-Empty:");
    assertThat(head)
        .startsWith(String.join(
            "\r\n",
            "GET / HTTP/1.1",
            "Host: a",
            "cOOkie: a=b; c=\"d e\"; x=1",
            "Accept: text/plain",
            "X-Utf: gr\u00c3\u00bc\u00df",
            "X-Latin: \u00e0\u00ff",
            "Cookie: second",
            "Content-Type: Application/JSON; charset=UTF-8",
            "Authorization: Bearer t",
            "X-Empty: ",
            ""));
  }

  @Test
  void fieldsOfTheConnectionEndHere() {
    String head = relayed(
        "GET / HTTP/1.1",
        "Connection: x-first, keep-alive",
        "X-First: 1",
        "X-Second: 2",
        "X-Third: 3",
        "Connection: X-Second",
        "Keep-Alive: timeout=5",
        "Proxy-Connection: keep-alive",
        "Proxy-Authorization: Basic x",
        "TE: gzip",
        "Upgrade: h2c",
        "HTTP2-Settings: x",
        "Proxy: http://evil");
    assertThat(head.toLowerCase(java.util.Locale.ROOT))
        .contains("\r\nx-third: 3\r\n")
        .doesNotContain("x-first", "x-second", "keep-alive", "proxy", "\r\nte:", "upgrade", "h2c")
        .doesNotContain("\r\nconnection:");
  }

  @Test
  void ofTransferCodingsOnlyTrailersAreAskedForUpstream() {
    assertThat(relayed("GET / HTTP/1.1", "TE: gzip, trailers"))
        .contains("\r\nTE: trailers\r\n", "\r\nConnection: TE\r\n");
  }

  @Test
  void namesWithUnderscoresDoNotPassForOthers() {
    assertThat(relayed("GET / HTTP/1.1", "X_Forwarded_For: 6.6.6.6", "X_Real-IP: 6.6.6.6"))
        .doesNotContain("6.6.6.6");
  }

  @Test
  void upstreamsAreToldWhatWeSawWhateverTheClientClaims() {
    String head = relayed(
        "GET / HTTP/1.1",
        "X-Forwarded-For: 6.6.6.6",
        "X-Forwarded-Host: evil",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Port: 1",
        "X-Forwarded-Scheme: https",
        "X-Scheme: https",
        "X-Real-IP: 6.6.6.6",
        "X-Original-Forwarded-For: 7.7.7.7",
        "X-Original-Forwarded-Host: evil");
    assertThat(head)
        .contains("\r\nX-Forwarded-Host: a\r\n")
        .contains("\r\nX-Forwarded-Proto: http\r\n")
        .contains("\r\nX-Forwarded-Scheme: http\r\n")
        .contains("\r\nX-Scheme: http\r\n")
        .contains("\r\nX-Forwarded-Port: 80\r\n")
        .contains("\r\nX-Original-Forwarded-For: 6.6.6.6\r\n")
        .contains("\r\nX-Original-Forwarded-Host: evil\r\n")
        .doesNotContain("7.7.7.7");
    String client = Streams.field(head, "X-Real-IP");
    assertThat(client).startsWith("127.0.");
    assertThat(Streams.field(head, "X-Forwarded-For")).isEqualTo(client);
    assertThat(head.split("(?i)\r\nX-Forwarded-For:", -1)).hasSize(2);
  }

  @Test
  void aUsableRequestIdIsKeptAndAnyOtherReplaced() {
    assertThat(relayed("GET / HTTP/1.1", "X-Request-ID: abc-1"))
        .contains("\r\nX-Request-ID: abc-1\r\n");
    for (String sent : List.of("", "a b", "\u00e9", "x".repeat(129))) {
      assertThat(Streams.field(relayed("GET / HTTP/1.1", "X-Request-ID: " + sent), "X-Request-ID"))
          .matches("[0-9a-f]{32}");
    }
  }

  @Test
  void answerFieldsKeepOrderCaseBytesAndNumber() {
    String head = answered(
        "GET",
        String.join(
            "\r\n",
            "HTTP/1.1 299 Very Fine",
            "X-Server: own",
            "Date: yesterday",
            "Set-Cookie: a=1; Path=/; HttpOnly",
            "set-cookie: a=2",
            "Set-Cookie: c=\"d e\"",
            "Content-Type: not/a/type/",
            "X-Latin: \u00e0\u00ff",
            "X_under: 1",
            "Content-Length: 0",
            "",
            ""));
    assertThat(head)
        .isEqualTo(String.join(
            "\r\n",
            "HTTP/1.1 299 Very Fine",
            "X-Server: own",
            "Date: yesterday",
            "Set-Cookie: a=1; Path=/; HttpOnly",
            "set-cookie: a=2",
            "Set-Cookie: c=\"d e\"",
            "Content-Type: not/a/type/",
            "X-Latin: \u00e0\u00ff",
            "X_under: 1",
            "Content-Length: 0",
            "",
            ""));
  }

  @Test
  void fieldsOfTheUpstreamsConnectionEndHere() {
    String head = answered(
        "GET",
        String.join(
            "\r\n",
            "HTTP/1.1 200 OK",
            "Connection: X-First, keep-alive",
            "X-First: 1",
            "X-Second: 2",
            "Connection: x-second",
            "Keep-Alive: timeout=5",
            "Proxy-Connection: keep-alive",
            "Upgrade: h2c",
            "X-Third: 3",
            "Content-Length: 0",
            "",
            ""));
    assertThat(head).isEqualTo("HTTP/1.1 200 OK\r\nX-Third: 3\r\nContent-Length: 0\r\n\r\n");
  }

  @ParameterizedTest
  @CsvSource({"HEAD,200", "HEAD,404", "GET,304", "GET,204"})
  void aBodilessAnswerKeepsTheLengthItSpeaksOf(String method, int status) {
    upstream(ScriptedUpstream.answering(
        "HTTP/1.1 " + status + " X\r\nETag: \"e\"\r\nContent-Length: 123456\r\n\r\n"));
    try (RawClient client = edge.client()) {
      for (int i = 0; i < 3; i++) {
        client.send(method + " / HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(client.head())
            .isEqualTo(
                "HTTP/1.1 " + status + " X\r\nETag: \"e\"\r\nContent-Length: 123456\r\n\r\n");
      }
    }
    assertThat(upstream.connections()).isEqualTo(1);
  }

  @Test
  void aChunkedAnswerToHeadHasNoBodyAndNoInventedLength() {
    assertThat(answered("HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"))
        .isEqualTo("HTTP/1.1 200 OK\r\n\r\n");
  }

  @Test
  void bodiesPassInBothDirectionsWithTheirFraming() {
    String chunks = "5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nX-Sum: 1\r\n\r\n";
    upstream(new ScriptedUpstream(with -> {
      with.head();
      with.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n");
      with.send(with.read(chunks.length()));
      with.awaitEnd();
    }));
    try (RawClient client = edge.client()) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nTransfer-Encoding: chunked\r\n\r\n"
          + chunks);
      assertThat(client.head())
          .isEqualTo("HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n");
      assertThat(client.read(chunks.length())).isEqualTo(chunks);
    }
    assertThat(upstream.heads().remove())
        .contains("\r\nTransfer-Encoding: chunked\r\n")
        .doesNotContain("Content-Length");
  }

  @Test
  void trailersReachOnlyThoseWhoTakeThemAndNeverHoldWhatBelongsInAHead() {
    String sent = "0\r\nContent-Length: 5\r\nX-Sum: 1\r\nSet-Cookie: a=b\r\n\r\n";
    upstream(new ScriptedUpstream(with -> {
      while (!with.head().isEmpty()) {
        with.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + sent);
      }
    }));
    try (RawClient client = edge.client()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      client.head();
      assertThat(client.read(5)).isEqualTo("0\r\n\r\n");
      client.send("GET / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\n\r\n");
      client.head();
      assertThat(client.read(15)).isEqualTo("0\r\nX-Sum: 1\r\n\r\n");
    }
  }

  @Test
  void aLengthStaysALength() {
    upstream(new ScriptedUpstream(with -> {
      String head = with.head();
      String body = with.read(Integer.parseInt(Streams.field(head, "content-length")));
      with.send("HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\n" + body);
      with.awaitEnd();
    }));
    try (RawClient client = edge.client()) {
      client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n\u0000\r\n\u00ff!");
      assertThat(client.answer()).endsWith("\r\n\r\n\u0000\r\n\u00ff!");
    }
    assertThat(upstream.heads().remove())
        .contains("\r\nContent-Length: 5\r\n")
        .doesNotContain("Transfer-Encoding");
  }

  @Test
  void aBodyThatEndsWithItsConnectionDoesSoForTheClient() {
    upstream(new ScriptedUpstream(with -> {
      with.head();
      with.send("HTTP/1.1 200 OK\r\n\r\nall there is");
    }));
    try (RawClient client = edge.client()) {
      client.get("a", "/");
      assertThat(client.rest())
          .isEqualTo("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall there is");
    }
  }

  @Test
  void anOldClientGetsAChunkedAnswerWithoutTheChunks() {
    upstream(ScriptedUpstream.answering(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n"));
    try (RawClient client = edge.client()) {
      client.send("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
      assertThat(client.rest()).isEqualTo("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello!");
    }
  }

  @Test
  void overTlsUpstreamsAreToldHttps() {
    edge.route("a", Map.of(), upstream);
    try (RawClient client = RawClient.openTls(edge.https())) {
      for (int i = 0; i < 3; i++) {
        assertThat(client.get("a", "/").answer()).endsWith("ok");
        assertThat(upstream.heads().remove())
            .contains("\r\nX-Forwarded-Proto: https\r\n")
            .contains("\r\nX-Forwarded-Port: 443\r\n");
      }
    }
  }

  @Test
  void aRouteThatWantsHttpsRedirectsWithEveryByteOfTheTarget() {
    edge.route("secure.example", Map.of("force-ssl-redirect", "true"), upstream);
    try (RawClient client = edge.client()) {
      assertThat(client.get("Secure.example:8080", "//x/%7E?a=%2F").answer())
          .startsWith("HTTP/1.1 308 Permanent Redirect\r\n")
          .contains("\r\nLocation: https://secure.example//x/%7E?a=%2F\r\n");
    }
  }
}
