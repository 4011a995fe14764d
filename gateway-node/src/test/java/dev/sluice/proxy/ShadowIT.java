package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Answers compared with those of another gateway, over real sockets. */
class ShadowIT {
  private static final String OK =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok";

  private static final String CHUNKED = OK.replace(
          "Content-Length: 2", "Transfer-Encoding: chunked")
      .replace("ok", "1\r\no\r\n1\r\nk\r\n0\r\n\r\n");

  private final ScriptedUpstream upstream = ScriptedUpstream.answering(OK);
  private ScriptedUpstream other = ScriptedUpstream.answering(OK);
  private RunningEdge edge;

  private void start(ScriptedUpstream against, Object... more) {
    other.close();
    other = against;
    startAt(against.port(), more);
  }

  private void startAt(int port, Object... more) {
    Map<String, Object> given = new java.util.HashMap<>(Map.of(
        "sluice.proxy.shadow.against",
        ScriptedUpstream.HOST,
        "sluice.proxy.shadow.http-port",
        port));
    for (int i = 0; i < more.length; i += 2) {
      given.put((String) more[i], more[i + 1]);
    }
    edge = RunningEdge.start(true, given);
    edge.route("a", Map.of(), upstream);
  }

  @AfterEach
  void stop() {
    if (edge != null) {
      edge.close();
    }
    upstream.close();
    other.close();
  }

  private String send(String request) {
    try (RawClient client = edge.client()) {
      return client.send(request).answer();
    }
  }

  private String get(String target) {
    return send("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
  }

  private void awaitResults(Map<String, Long> results) {
    await()
        .atMost(RunningEdge.DEADLINE)
        .untilAsserted(() -> assertThat(edge.differences().results()).isEqualTo(results));
  }

  @Test
  void theOtherGatewayIsAskedWhatTheClientAskedAndEqualAnswersAreTheSame() {
    start(new ScriptedUpstream(with -> {
      while (!with.request().isEmpty()) {
        with.send(CHUNKED);
      }
    }));
    assertThat(get("/x%20y?q=1")).startsWith("HTTP/1.1 200 ").endsWith("ok");
    awaitResults(Map.of("same", 1L));
    assertThat(other.heads().remove())
        .startsWith("GET /x%20y?q=1 HTTP/1.1\r\nHost: a\r\n")
        .contains("\r\nX-Sluice-Shadow: 1\r\n");
    assertThat(edge.differences().all()).isEmpty();
  }

  @Test
  void differencesOfOneKindAreOneThatSaysHowOften() {
    start(ScriptedUpstream.answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"));
    assertThat(get("/one?secret=1")).endsWith("ok");
    awaitResults(Map.of("different", 1L));
    assertThat(get("/two?secret=2")).endsWith("ok");
    awaitResults(Map.of("different", 2L));
    assertThat(edge.differences().all()).hasSize(1);
    Differences.Kept kept = edge.differences().all().get(0);
    assertThat(List.of(
            kept.host(), kept.object(), kept.what(), kept.path(), kept.ours(), kept.theirs()))
        .containsExactly("a", "Ingress test/a", "status", "/two", "200", "403");
    assertThat(kept.count()).isEqualTo(2);
  }

  @Test
  void whatTheOtherDoesNotAnswerTwiceAlikeIsNoDifference() {
    AtomicInteger count = new AtomicInteger();
    start(new ScriptedUpstream(with -> {
      while (!with.request().isEmpty()) {
        with.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\n"
            + count.incrementAndGet());
      }
    }));
    assertThat(get("/")).endsWith("ok");
    awaitResults(Map.of("unsteady", 1L));
    assertThat(other.heads()).hasSize(2);
    assertThat(edge.differences().all()).isEmpty();
  }

  @Test
  void onlyRequestsThatChangeNothingAreAskedTwice() {
    start(ScriptedUpstream.answering(OK));
    assertThat(send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")).endsWith("ok");
    assertThat(send("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")).endsWith("ok");
    assertThat(send("GET / HTTP/1.1\r\nHost: a\r\nX-Sluice-Shadow: 1\r\n\r\n")).endsWith("ok");
    awaitResults(Map.of("left-out-method", 1L, "left-out-body", 1L));
    assertThat(other.heads()).isEmpty();
  }

  @Test
  void anotherGatewayThatIsAwayTroublesNobody() {
    startAt(1);
    assertThat(get("/")).endsWith("ok");
    awaitResults(Map.of("left-out-unanswered", 1L));
  }

  @Test
  void anotherGatewayThatIsSilentIsGivenUp() {
    start(
        new ScriptedUpstream(ScriptedUpstream.Conversation::awaitEnd),
        "sluice.proxy.shadow.timeout",
        "100 ms");
    assertThat(get("/")).endsWith("ok");
    awaitResults(Map.of("left-out-unanswered", 1L));
  }

  @Test
  void ofALongBodyTheStartIsCompared() {
    String start = "x".repeat(2048);
    start(
        new ScriptedUpstream(with -> {
          while (!with.request().isEmpty()) {
            with.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + start);
          }
        }),
        "sluice.proxy.shadow.body-bytes",
        1024);
    try (ScriptedUpstream longer = ScriptedUpstream.answering(
        "HTTP/1.1 200 OK\r\nContent-Length: 2049\r\n\r\n" + start + "y")) {
      edge.route("a", Map.of(), longer);
      assertThat(get("/")).endsWith("xy");
      awaitResults(Map.of("same", 1L));
    }
  }

  @Test
  void whatNoRouteTakesIsComparedByItsStatus() {
    start(ScriptedUpstream.answering(
        "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\nnone"));
    assertThat(send("GET / HTTP/1.1\r\nHost: nobody\r\n\r\n")).startsWith("HTTP/1.1 404 ");
    awaitResults(Map.of("same", 1L));
  }

  @Test
  void noMoreThanAFewAreComparedAtATime() {
    ScriptedUpstream slow = new ScriptedUpstream(ScriptedUpstream.Conversation::awaitEnd);
    start(slow, "sluice.proxy.shadow.at-once", 1);
    assertThat(get("/")).endsWith("ok");
    await().atMost(RunningEdge.DEADLINE).until(() -> slow.connections() == 1);
    assertThat(get("/")).endsWith("ok");
    awaitResults(Map.of("left-out-busy", 1L));
  }
}
