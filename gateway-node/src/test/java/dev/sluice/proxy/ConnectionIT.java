package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client may do on its connection, and what becomes of it. */
@ParameterizedClass(name = "event loop: {0}")
@ValueSource(booleans = {true, false})
class ConnectionIT {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  @Parameter
  boolean eventLoop;

  private static RunningEdge edge;
  private final List<ScriptedUpstream> upstreams = new ArrayList<>();

  @BeforeParameterizedClassInvocation
  static void start(boolean eventLoop) {
    edge = RunningEdge.start(
        eventLoop,
        Map.of(
            "sluice.edge.head-bytes", "4 KiB",
            "sluice.edge.target-bytes", "1 KiB",
            "sluice.edge.head-fields", 32,
            "sluice.edge.head-timeout", "2 s",
            "sluice.edge.body-timeout", "1 s",
            "sluice.edge.idle-timeout", "1 s"));
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    edge.close();
  }

  @AfterEach
  void closeUpstreams() {
    upstreams.forEach(ScriptedUpstream::close);
  }

  private ScriptedUpstream upstream(ScriptedUpstream.Script script) {
    ScriptedUpstream upstream = new ScriptedUpstream(script);
    upstreams.add(upstream);
    edge.route("a", Map.of(), upstream);
    return upstream;
  }

  /** Answers each request with its path. */
  private ScriptedUpstream echo() {
    return upstream(with -> {
      for (String head = with.request(); !head.isEmpty(); head = with.request()) {
        String path = head.split(" ", 3)[1];
        with.send("HTTP/1.1 200 OK\r\nContent-Length: " + path.length() + "\r\n\r\n" + path);
      }
    });
  }

  @Test
  void requestsFollowOneAnotherOnBothSides() {
    ScriptedUpstream upstream = echo();
    try (RawClient client = edge.client()) {
      for (int i = 0; i < 50; i++) {
        assertThat(client.get("a", "/" + i).answer()).endsWith("\r\n\r\n/" + i);
      }
    }
    assertThat(upstream.connections()).isEqualTo(1);
  }

  @Test
  void pipelinedRequestsAreAnsweredInTheirOrder() {
    echo();
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      all.append("POST /").append(i).append(" HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n012");
      all.append("GET /x").append(i).append(" HTTP/1.1\r\nHost: ").append(i % 3 == 0 ? "b" : "a");
      all.append("\r\n\r\n");
    }
    try (RawClient client = edge.client()) {
      client.send(all.toString());
      for (int i = 0; i < 100; i++) {
        assertThat(client.answer()).endsWith("\r\n\r\n/" + i);
        assertThat(client.answer())
            .endsWith(
                i % 3 == 0 ? "404 Not Found: no route for this host and path\n" : "\r\n\r\n/x" + i);
      }
    }
  }

  @Test
  void aHeadMayComeByteByByte() {
    echo();
    try (RawClient client = edge.client()) {
      for (char c :
          "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n012".toCharArray()) {
        client.send(String.valueOf(c));
      }
      assertThat(client.answer()).endsWith("\r\n\r\n/slow");
    }
  }

  @Test
  void aClientThatMeansToCloseIsClosedBehindItsAnswer() {
    echo();
    try (RawClient client = edge.client()) {
      client.send("GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      assertThat(client.rest()).contains("\r\nConnection: close\r\n").endsWith("\r\n\r\n/x");
    }
    try (RawClient old = edge.client()) {
      assertThat(old.send("GET /x HTTP/1.0\r\nHost: a\r\n\r\n").rest()).endsWith("\r\n\r\n/x");
    }
    try (RawClient kept = edge.client()) {
      String ask = "GET /x HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n";
      for (int i = 0; i < 3; i++) {
        assertThat(kept.send(ask).answer()).contains("\r\nConnection: keep-alive\r\n");
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | GET / HTTP/1.1\\n",
        "400 | GET / HTTP/1.1\\rHost: a\\r\\n\\r\\n",
        "400 | GET / HTTP/1.1\\r\\nHost : a\\r\\n\\r\\n",
        "400 | GET / HTTP/1.1\\r\\nHost: a\\r\\n X: y\\r\\n\\r\\n",
        "400 | POST / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 3\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n",
        "400 | POST / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 3\\r\\nContent-Length: 3\\r\\n\\r\\nabc",
        "501 | CONNECT a:80 HTTP/1.1\\r\\nHost: a:80\\r\\n\\r\\n",
        "505 | GET / HTTP/2.0\\r\\nHost: a\\r\\n\\r\\n"
      })
  void whatIsNoRequestIsRefusedAndWhatFollowsIsNeverRead(int status, String bytes) {
    ScriptedUpstream upstream = echo();
    try (RawClient client = edge.client()) {
      client.send(bytes.replace("\\r", "\r").replace("\\n", "\n") + GET);
      client.finish();
      assertThat(client.rest())
          .startsWith("HTTP/1.1 " + status + " ")
          .contains("\r\nConnection: close\r\n")
          .doesNotContain("200 OK");
    }
    assertThat(upstream.heads()).isEmpty();
  }

  @Test
  void headsAboveTheLimitsAreNamed() {
    echo();
    for (var refused : Map.of(
            "GET /" + "x".repeat(1100) + " HTTP/1.1\r\nHost: a\r\n\r\n", "414 URI Too Long",
            "GET / HTTP/1.1\r\nHost: a\r\n" + "X: y\r\n".repeat(40) + "\r\n", "431 ",
            "GET / HTTP/1.1\r\nHost: a\r\nX: " + "y".repeat(5000) + "\r\n\r\n", "431 ",
            "GET / HTTP/1.1\r\nHost: a\r\nX: " + "y".repeat(50_000), "431 ")
        .entrySet()) {
      try (RawClient client = edge.client()) {
        assertThat(client.send(refused.getKey()).answer())
            .startsWith("HTTP/1.1 " + refused.getValue());
      }
    }
  }

  @Test
  void aHeadThatDoesNotEndInTimeIsTold() {
    try (RawClient client = edge.client()) {
      assertThat(client.send("GET / HTTP/1.1\r\nHos").rest())
          .startsWith("HTTP/1.1 408 Request Timeout\r\n");
    }
  }

  @Test
  void anIdleConnectionIsClosedInPeace() {
    echo();
    try (RawClient client = edge.client()) {
      assertThat(client.get("a", "/x").answer()).endsWith("/x");
      assertThat(client.rest()).isEmpty();
    }
    try (RawClient silent = edge.client()) {
      assertThat(silent.rest()).isEmpty();
    }
  }

  @Test
  void aBodyThatStallsIsBrokenOffOnBothSides() {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    upstream(with -> {
      with.awaitEnd();
      ended.complete(null);
    });
    try (RawClient client = edge.client()) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel");
      assertThat(client.rest()).startsWith("HTTP/1.1 408 ").contains("\r\nConnection: close\r\n");
    }
    RunningEdge.await(ended);
  }

  @Test
  void chunksThatCannotBeReadBreakBothSides() {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    upstream(with -> {
      with.awaitEnd();
      ended.complete(null);
    });
    try (RawClient client = edge.client()) {
      client.send(
          "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n"
              + GET);
      assertThat(client.rest()).startsWith("HTTP/1.1 400 ").doesNotContain("200 OK");
    }
    RunningEdge.await(ended);
  }

  @Test
  void aBodyAboveTheLimitIsRefusedUnreadWhenItsLengthSaysSo() {
    ScriptedUpstream upstream = echo();
    edge.route("a", Map.of("proxy-body-size", "1k"), upstream);
    try (RawClient client = edge.client()) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1025\r\n\r\n" + "x".repeat(1025));
      assertThat(client.rest())
          .startsWith("HTTP/1.1 413 Content Too Large\r\n")
          .endsWith("413 Content Too Large: the request body is above 1024 bytes\n");
    }
    assertThat(upstream.heads()).isEmpty();
    try (RawClient client = edge.client()) {
      client.send(
          "POST /fits HTTP/1.1\r\nHost: a\r\nContent-Length: 1024\r\n\r\n" + "x".repeat(1024));
      assertThat(client.answer()).endsWith("/fits");
    }
  }

  @Test
  void aChunkedBodyAboveTheLimitIsRefusedAndItsUpstreamCutOff() {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    ScriptedUpstream upstream = upstream(with -> {
      with.awaitEnd();
      ended.complete(null);
    });
    edge.route("a", Map.of("proxy-body-size", "1k"), upstream);
    try (RawClient client = edge.client()) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
      client.send(("100\r\n" + "x".repeat(256) + "\r\n").repeat(5));
      assertThat(client.rest()).startsWith("HTTP/1.1 413 Content Too Large\r\n");
    }
    RunningEdge.await(ended);
  }

  @Test
  void aRefusalReachesAClientThatIsStillSending() {
    try (RawClient client = edge.client()) {
      client.send("POST / HTTP/1.1\r\nHost: nobody\r\nContent-Length: 3000000\r\n\r\n");
      client.send(new byte[3_000_000]);
      client.finish();
      assertThat(client.rest())
          .startsWith("HTTP/1.1 404 Not Found\r\n")
          .contains("\r\nConnection: close\r\n");
    }
  }

  @Test
  void anAnswerMayComeBeforeTheBodyIsOver() {
    upstream(with -> {
      with.head();
      with.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
      with.awaitEnd();
    });
    try (RawClient client = edge.client()) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe");
      assertThat(client.rest())
          .startsWith("HTTP/1.1 403 Forbidden\r\n")
          .contains("\r\nConnection: close\r\n")
          .endsWith("no");
    }
  }

  @Test
  void aClientIsInvitedToSendWhenItsUpstreamInvites() {
    upstream(with -> {
      String head = with.head();
      with.send("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
      with.read(5);
      with.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"
          + Streams.field(head, "Expect").substring(0, 4));
      with.awaitEnd();
    });
    try (RawClient client = edge.client()) {
      client.send(
          "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
      assertThat(client.head()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
      assertThat(client.send("hello").answer())
          .startsWith("HTTP/1.1 200 OK\r\n")
          .endsWith("100-");
      assertThat(client.get("nobody", "/").answer()).startsWith("HTTP/1.1 404 ");
    }
  }

  @Test
  void aClientThatDoesNotWaitIsNotInvited() {
    upstream(with -> {
      with.head();
      with.send("HTTP/1.1 100 Continue\r\n\r\n");
      with.read(5);
      with.send(OK);
      with.awaitEnd();
    });
    try (RawClient client = edge.client()) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
      assertThat(client.answer()).startsWith("HTTP/1.1 200 OK\r\n");
    }
  }

  @Test
  void aRefusalByTheUpstreamComesInPlaceOfTheInvitation() {
    upstream(with -> {
      with.head();
      with.send("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n");
      with.awaitEnd();
    });
    try (RawClient client = edge.client()) {
      client.send(
          "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
      assertThat(client.rest())
          .startsWith("HTTP/1.1 417 Expectation Failed\r\n")
          .contains("\r\nConnection: close\r\n");
    }
  }

  @Test
  void anotherProtocolPassesThroughInBothDirectionsFromItsFirstByte() {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    ScriptedUpstream upstream = upstream(with -> {
      with.head();
      with.send(
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nhi!");
      with.send(with.read(5));
      with.send(with.read(3));
      with.awaitEnd();
      ended.complete(null);
    });
    try (RawClient client = edge.client()) {
      client.send(
          "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: echo\r\n"
              + "Sec-WebSocket-Key: k\r\n\r\nearly");
      assertThat(client.head())
          .isEqualTo(
              "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\n");
      assertThat(client.read(8)).isEqualTo("hi!early");
      client.send("\u0000\u00ff\n");
      assertThat(client.read(3)).isEqualTo("\u0000\u00ff\n");
    }
    RunningEdge.await(ended);
    assertThat(upstream.heads().remove())
        .contains("\r\nUpgrade: echo\r\n")
        .contains("\r\nConnection: upgrade\r\n")
        .contains("\r\nSec-WebSocket-Key: k\r\n");
  }

  @Test
  void anotherProtocolEndsForTheClientWhenItEndsForTheUpstream() {
    upstream(with -> {
      with.head();
      with.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nbye");
    });
    try (RawClient client = edge.client()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
      assertThat(client.rest()).startsWith("HTTP/1.1 101 ").endsWith("\r\n\r\nbye");
    }
  }

  @Test
  void anUpgradeThatTheUpstreamDeclinesIsAnOrdinaryRequest() {
    echo();
    try (RawClient client = edge.client()) {
      for (int i = 0; i < 3; i++) {
        client.send("GET /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
        assertThat(client.answer()).startsWith("HTTP/1.1 200 OK\r\n").endsWith("/x");
      }
    }
  }

  /** Sends a request whose upstream stays silent, lets the client leave so, and waits for the upstream's end. */
  private void leave(Consumer<RawClient> leaving, String answer) {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    ScriptedUpstream upstream = upstream(with -> {
      with.head();
      with.send(answer);
      with.awaitEnd();
      ended.complete(null);
    });
    try (RawClient client = edge.client()) {
      client.send(GET);
      await().atMost(RunningEdge.DEADLINE).until(() -> upstream.heads().size() == 1);
      if (!answer.isEmpty()) {
        client.head();
      }
      leaving.accept(client);
      RunningEdge.await(ended);
    }
  }

  @Test
  void aClientThatLeavesCancelsASilentUpstream() {
    leave(RawClient::finish, "");
    leave(RawClient::reset, "");
    leave(RawClient::close, "");
  }

  @Test
  void aClientThatLeavesCancelsAStreamingUpstream() {
    String begun = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
    leave(RawClient::finish, begun);
    leave(RawClient::reset, begun);
  }

  @Test
  void aClientThatLeavesInItsBodyCancelsItsUpstream() {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    ScriptedUpstream upstream = upstream(with -> {
      with.head();
      with.awaitEnd();
      ended.complete(null);
    });
    try (RawClient client = edge.client()) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe");
      await().atMost(RunningEdge.DEADLINE).until(() -> upstream.heads().size() == 1);
      client.reset();
      RunningEdge.await(ended);
    }
  }

  @Test
  void tlsServesTheSameAndPlainTextOnItsPortIsNoDanger() {
    echo();
    try (RawClient client = RawClient.openTls(edge.https())) {
      for (int i = 0; i < 20; i++) {
        assertThat(client.get("a", "/" + i).answer()).endsWith("\r\n\r\n/" + i);
      }
      client.send("GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      assertThat(client.rest()).endsWith("/last");
    }
    try (RawClient plain = RawClient.open(edge.https())) {
      plain.send(GET);
      plain.finish();
      assertThat(plain.rest()).doesNotContain("HTTP/1.1");
    }
  }
}
