package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Applications that speak FastCGI. */
class FastCgiIT {
  private static final Map<String, String> FCGI =
      Map.of("backend-protocol", "FCGI", "fastcgi-index", "index.php");
  private static final String LARGE = "x".repeat(300_000);

  private static RunningEdge edge;

  @BeforeAll
  static void start() {
    edge = RunningEdge.start(true, Map.of());
  }

  @AfterAll
  static void stop() {
    edge.close();
  }

  private static void lead(FastCgiApplication to) {
    edge.routeToPorts("cgi.test", FCGI, List.of(to.port()));
  }

  /** What a client gets for this request, to the end of the connection. */
  private static String ask(String request) {
    try (RawClient client = edge.client()) {
      client.send(request);
      return client.rest();
    }
  }

  private static String get(String target) {
    return ask(
        "GET " + target + " HTTP/1.1\r\nHost: cgi.test\r\nX-Own: a\r\nConnection: close\r\n\r\n");
  }

  @Test
  void anApplicationIsToldOfTheRequestAsNginxTellsIt() {
    try (FastCgiApplication app =
        new FastCgiApplication("Content-Type: text/x\r\n\r\nhello", 1000, true)) {
      lead(app);
      assertThat(get("/dir/?a=b")).startsWith("HTTP/1.1 200 OK\r\n").contains("hello");
      assertThat(app.asked().remove().params())
          .containsEntry("SCRIPT_NAME", "/dir/index.php")
          .containsEntry("DOCUMENT_URI", "/dir/")
          .containsEntry("REQUEST_URI", "/dir/?a=b")
          .containsEntry("QUERY_STRING", "a=b")
          .containsEntry("REQUEST_METHOD", "GET")
          .containsEntry("GATEWAY_INTERFACE", "CGI/1.1")
          .containsEntry("SERVER_NAME", "cgi.test")
          .containsEntry("REQUEST_SCHEME", "http")
          .containsEntry("HTTP_HOST", "cgi.test")
          .containsEntry("HTTP_X_OWN", "a")
          .containsKey("REMOTE_ADDR")
          .doesNotContainKey("HTTPS");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 1000, 65_535})
  void anAnswerPassesHoweverItIsCutUp(int piece) {
    String body = LARGE.substring(0, piece == 1 ? 2000 : LARGE.length());
    try (FastCgiApplication app =
        new FastCgiApplication("Status: 201 Made\nX-A: b\n\n" + body, piece, true)) {
      lead(app);
      String answer = get("/x");
      assertThat(answer).startsWith("HTTP/1.1 201 Made\r\n").containsIgnoringCase("x-a: b");
      assertThat(answer.chars().filter(c -> c == 'x').count())
          .isGreaterThanOrEqualTo(body.length());
      assertThat(answer).endsWith("0\r\n\r\n");
    }
  }

  @Test
  void bodiesOfRequestsReachTheApplicationInEitherFraming() {
    try (FastCgiApplication app = new FastCgiApplication("\r\nok", 100, true)) {
      lead(app);
      ask(
          "POST / HTTP/1.1\r\nHost: cgi.test\r\nContent-Type: a/b\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
      FastCgiApplication.Asked first = app.asked().remove();
      assertThat(first.body()).isEqualTo("hello");
      assertThat(first.params())
          .containsEntry("CONTENT_LENGTH", "5")
          .containsEntry("CONTENT_TYPE", "a/b")
          .containsEntry("REQUEST_METHOD", "POST");
      ask(String.join(
          "\r\n",
          "POST / HTTP/1.1",
          "Host: cgi.test",
          "Transfer-Encoding: chunked",
          "Connection: close",
          "",
          "3",
          "abc",
          "2",
          "de",
          "0",
          "",
          ""));
      assertThat(app.asked().remove().body()).isEqualTo("abcde");
    }
  }

  @Test
  void aLocationAloneIsARedirectAndALengthIsKept() {
    try (FastCgiApplication app =
        new FastCgiApplication("Location: /there\r\nContent-Length: 2\r\n\r\nno", 100, true)) {
      lead(app);
      assertThat(get("/"))
          .startsWith("HTTP/1.1 302 Found\r\n")
          .contains("Location: /there")
          .contains("Content-Length: 2\r\n")
          .endsWith("\r\n\r\nno");
    }
  }

  @Test
  void anAnswerThatIsNotWholeIsNotTakenForOne() {
    try (FastCgiApplication app = new FastCgiApplication("X-A: b\r\n\r\npart", 100, false)) {
      lead(app);
      try (RawClient client = edge.client()) {
        client.get("cgi.test", "/");
        assertThat(client.untilReset()).startsWith("HTTP/1.1 200").doesNotEndWith("0\r\n\r\n");
      }
    }
    for (String bad :
        List.of("Status: nonsense\r\n\r\n", "X-A: \u0001b\r\n\r\n", "no end of a head")) {
      try (FastCgiApplication app = new FastCgiApplication(bad, 100, true)) {
        lead(app);
        assertThat(get("/")).as(bad).startsWith("HTTP/1.1 502");
      }
    }
  }

  @Test
  void headHasNoBody() {
    try (FastCgiApplication app = new FastCgiApplication("X-A: b\r\n\r\nbody", 100, true)) {
      lead(app);
      assertThat(ask("HEAD / HTTP/1.1\r\nHost: cgi.test\r\nConnection: close\r\n\r\n"))
          .startsWith("HTTP/1.1 200")
          .endsWith("\r\n\r\n");
    }
  }
}
