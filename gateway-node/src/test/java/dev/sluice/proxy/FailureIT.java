package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever an upstream does, its client hears the truth: an error in words, or a broken connection. */
@ParameterizedClass(name = "event loop: {0}")
@ValueSource(booleans = {true, false})
class FailureIT {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
  private static final Map<String, String> ONCE = Map.of("proxy-next-upstream-tries", "1");

  @Parameter
  boolean eventLoop;

  private static RunningEdge edge;
  private final List<ScriptedUpstream> upstreams = new ArrayList<>();

  @BeforeParameterizedClassInvocation
  static void start(boolean eventLoop) {
    edge = RunningEdge.start(eventLoop, Map.of());
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
    return upstream;
  }

  private static String asked(String request) {
    try (RawClient client = edge.client()) {
      return client.send(request).answer();
    }
  }

  private static String get() {
    return asked("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  }

  @Test
  void nobodyListeningIsABadGateway() throws IOException {
    edge.routeToPorts("a", Map.of(), List.of(RunningEdge.freePort()));
    assertThat(get())
        .startsWith("HTTP/1.1 502 Bad Gateway\r\n")
        .endsWith("\r\n\r\n502 Bad Gateway: the upstream gave no usable answer\n")
        .doesNotContain(ScriptedUpstream.HOST);
  }

  @Test
  void noEndpointIsServiceUnavailable() {
    edge.routeToPorts("a", Map.of(), List.of());
    assertThat(get()).startsWith("HTTP/1.1 503 Service Unavailable\r\n");
  }

  @Test
  void anUnknownHostIsNotFound() {
    try (RawClient client = edge.client()) {
      assertThat(client.get("nobody", "/").answer()).startsWith("HTTP/1.1 404 Not Found\r\n");
    }
  }

  @Test
  void anEndpointThatCannotBeReachedIsPassedOverEvenForABody() throws IOException {
    ScriptedUpstream good = upstream(with -> {
      while (!with.request().isEmpty()) {
        with.send(OK);
      }
    });
    edge.routeToPorts("a", Map.of(), List.of(RunningEdge.freePort(), good.port()));
    for (int i = 0; i < 6; i++) {
      assertThat(asked(POST)).endsWith("ok");
    }
    assertThat(good.heads()).hasSize(6);
  }

  @Test
  void anEndpointThatDoesNotAcceptInTimeIsAGatewayTimeout() throws IOException {
    List<Socket> filling = new ArrayList<>();
    try (ServerSocket full = new ServerSocket()) {
      full.bind(
          new InetSocketAddress(java.net.InetAddress.getByAddress(new byte[] {127, 0, 2, 2}), 0),
          1);
      fill(full, filling);
      edge.routeToPorts(
          "a",
          Map.of("proxy-connect-timeout", "1", "proxy-next-upstream-tries", "1"),
          List.of(full.getLocalPort()));
      assertThat(get()).startsWith("HTTP/1.1 504 Gateway Timeout\r\n");
    } finally {
      for (Socket socket : filling) {
        socket.close();
      }
    }
  }

  private static void fill(ServerSocket listener, List<Socket> filling) throws IOException {
    while (filling.size() < 100) {
      Socket socket = new Socket();
      filling.add(socket);
      try {
        socket.connect(listener.getLocalSocketAddress(), 300);
      } catch (SocketTimeoutException e) {
        return;
      }
    }
  }

  @Test
  void whenTheBudgetOfRetriesIsSpentAFailureIsTheAnswer() {
    ScriptedUpstream closing = new ScriptedUpstream(with -> with.head());
    upstreams.add(closing);
    try (RunningEdge other = RunningEdge.startWith(
        eventLoop, "sluice.proxy.retries-percent", 0, "sluice.proxy.retries-least", 3)) {
      other.route("b", Map.of("proxy-next-upstream-tries", "3"), closing);
      for (int i = 0; i < 3; i++) {
        try (RawClient client = other.client()) {
          assertThat(client.get("b", "/").answer()).startsWith("HTTP/1.1 502 ");
        }
      }
    }
    assertThat(closing.connections()).isEqualTo(3 + 3);
  }

  @Test
  void aTryThatTakesTooLongIsFollowedByAnotherElsewhere() {
    ScriptedUpstream slow = new ScriptedUpstream(with -> {
      with.head();
      with.awaitEnd();
    });
    ScriptedUpstream good = ScriptedUpstream.answering(OK);
    upstreams.addAll(List.of(slow, good));
    try (RunningEdge other =
        RunningEdge.startWith(eventLoop, "sluice.proxy.try-timeout", "100 ms")) {
      other.route("b", Map.of(), slow, good);
      for (int i = 0; i < 4; i++) {
        try (RawClient client = other.client()) {
          assertThat(client.get("b", "/").answer()).endsWith("ok");
        }
      }
      assertThat(slow.connections()).isPositive();
      other.route("b", Map.of(), slow);
      try (RawClient client = other.client()) {
        client.send("POST / HTTP/1.1\r\nHost: b\r\nContent-Length: 0\r\n\r\n");
        assertThat(client.answer()).startsWith("HTTP/1.1 504 ");
      }
    }
  }

  @Test
  void aRequestThatTakesTooLongAsAWholeIsOverWhateverItGot() {
    ScriptedUpstream dripping = new ScriptedUpstream(with -> {
      String head = with.head();
      if (head.startsWith("GET /drip")) {
        with.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
      }
      with.awaitEnd();
    });
    upstreams.add(dripping);
    try (RunningEdge other =
            RunningEdge.startWith(eventLoop, "sluice.proxy.request-timeout", "200 ms");
        RawClient one = other.client();
        RawClient two = other.client()) {
      other.route("b", Map.of(), dripping);
      assertThat(one.get("b", "/").answer()).startsWith("HTTP/1.1 504 ");
      assertThat(two.get("b", "/drip").untilReset()).endsWith("half");
    }
  }

  @Test
  void anIdempotentRequestIsTriedAgainAsOftenAsTheRouteSays() {
    ScriptedUpstream upstream = upstream(ScriptedUpstream.Conversation::head);
    edge.route("a", Map.of("proxy-next-upstream-tries", "3"), upstream);
    assertThat(get()).startsWith("HTTP/1.1 502 Bad Gateway\r\n");
    assertThat(upstream.heads()).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
        "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
        "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "DELETE / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
        "PATCH / HTTP/1.1\r\nHost: a\r\n\r\n"
      })
  void whatMayHaveTakenEffectIsNeverSentTwice(String request) {
    ScriptedUpstream upstream = upstream(ScriptedUpstream.Conversation::head);
    edge.route("a", Map.of(), upstream);
    assertThat(asked(request)).startsWith("HTTP/1.1 502 Bad Gateway\r\n");
    assertThat(upstream.heads()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nConte",
        "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX : y\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        "SSH-2.0-OpenSSH\r\n\r\n"
      })
  void whatIsNoAnswerIsABadGatewayAndNotAskedForAgain(String answer) {
    ScriptedUpstream upstream = upstream(with -> {
      with.head();
      with.send(answer);
    });
    edge.route("a", Map.of(), upstream);
    assertThat(get()).startsWith("HTTP/1.1 502 Bad Gateway\r\n");
    assertThat(upstream.heads()).hasSize(1);
  }

  @Test
  void aHeadWithoutEndIsABadGateway() {
    ScriptedUpstream upstream = upstream(with -> {
      with.head();
      with.send("HTTP/1.1 200 OK\r\n");
      for (int i = 0; i < 20_000; i++) {
        with.send("X-" + i + ": y\r\n");
      }
    });
    edge.route("a", Map.of(), upstream);
    assertThat(get()).startsWith("HTTP/1.1 502 Bad Gateway\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n"
      })
  void anAnswerThatBreaksOffNeverLooksWhole(String answer) {
    edge.route("a", Map.of(), upstream(with -> {
      with.head();
      with.send(answer);
    }));
    try (RawClient client = edge.client()) {
      client.get("a", "/").untilReset();
    }
  }

  @Test
  void anAnswerWithoutLengthThatIsResetNeverLooksWhole() {
    CountDownLatch seen = new CountDownLatch(1);
    edge.route("a", Map.of(), upstream(with -> {
      with.head();
      with.send("HTTP/1.1 200 OK\r\n\r\nhello");
      awaitLatch(seen);
      with.reset();
    }));
    try (RawClient client = edge.client()) {
      client.get("a", "/").head();
      assertThat(client.read(5)).isEqualTo("hello");
      seen.countDown();
      client.untilReset();
    }
  }

  @Test
  void aSilentUpstreamIsAGatewayTimeoutAndLosesItsConnection() {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    edge.route(
        "a", Map.of("proxy-read-timeout", "1", "proxy-next-upstream-tries", "1"), upstream(with -> {
          with.request();
          with.awaitEnd();
          ended.complete(null);
        }));
    assertThat(asked(POST))
        .startsWith("HTTP/1.1 504 Gateway Timeout\r\n")
        .endsWith("504 Gateway Timeout: the upstream did not answer in time\n");
    RunningEdge.await(ended);
  }

  @Test
  void anAnswerThatStallsIsBrokenOff() {
    edge.route("a", Map.of("proxy-read-timeout", "1"), upstream(with -> {
      with.request();
      with.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
      with.awaitEnd();
    }));
    try (RawClient client = edge.client()) {
      assertThat(client.get("a", "/").untilReset()).endsWith("hello");
    }
  }

  @Test
  void anUpstreamThatTakesNothingOfABodyIsAGatewayTimeout() {
    CountDownLatch over = new CountDownLatch(1);
    edge.route(
        "a",
        Map.of("proxy-send-timeout", "1", "proxy-body-size", "0"),
        upstream(with -> awaitLatch(over)));
    try (RawClient client = edge.client()) {
      client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n");
      CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> sendUntilRefused(client));
      assertThat(client.head()).startsWith("HTTP/1.1 504 Gateway Timeout\r\n");
      client.reset();
      RunningEdge.await(sending);
    } finally {
      over.countDown();
    }
  }

  private static void sendUntilRefused(RawClient client) {
    byte[] block = new byte[64 * 1024];
    try {
      while (true) {
        client.send(block);
      }
    } catch (java.io.UncheckedIOException e) {
      // the gateway has closed
    }
  }

  @Test
  void aPooledConnectionThatItsUpstreamClosedIsNotUsedAgain() {
    ScriptedUpstream upstream = upstream(with -> {
      with.request();
      with.send(OK);
    });
    edge.route("a", ONCE, upstream);
    try (RawClient client = edge.client()) {
      for (int i = 1; i <= 5; i++) {
        assertThat(client.get("a", "/").answer()).endsWith("ok");
        int sofar = i;
        await().atMost(RunningEdge.DEADLINE).until(() -> upstream.connections() == sofar);
        settle();
      }
    }
  }

  /** Lets the edge handle what has arrived before: the answer to a request comes behind it. */
  private static void settle() {
    for (int i = 0; i < 3; i++) {
      try (RawClient client = edge.client()) {
        client.get("nobody", "/").answer();
      }
    }
  }

  @Test
  void aPooledConnectionThatClosesUnderARequestIsReplaced() {
    AtomicInteger served = new AtomicInteger();
    ScriptedUpstream upstream = upstream(with -> {
      with.request();
      with.send(OK);
      with.request();
      served.incrementAndGet();
    });
    edge.route("a", Map.of("proxy-next-upstream-tries", "2"), upstream);
    try (RawClient client = edge.client()) {
      assertThat(client.get("a", "/").answer()).endsWith("ok");
      assertThat(client.get("a", "/").answer()).endsWith("ok");
      assertThat(served.get()).isEqualTo(1);
      assertThat(upstream.connections()).isEqualTo(2);
      assertThat(client.send(POST).answer()).startsWith("HTTP/1.1 502 Bad Gateway\r\n");
      assertThat(upstream.heads()).hasSize(4);
    }
  }

  @Test
  void bytesBehindAnAnswerNeverBecomeTheNextOne() {
    ScriptedUpstream upstream = upstream(with -> {
      with.request();
      with.send(OK + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
      with.request();
      with.send(OK);
    });
    edge.route("a", Map.of(), upstream);
    try (RawClient client = edge.client()) {
      for (int i = 1; i <= 3; i++) {
        assertThat(client.get("a", "/").answer()).endsWith("ok");
      }
      assertThat(upstream.connections()).isEqualTo(3);
    }
  }

  @Test
  void waitsForAConnectionAreBounded() {
    try (RunningEdge small = RunningEdge.start(
            eventLoop, Map.of("sluice.upstream.connections", 1, "sluice.upstream.waiting", 1));
        RawClient first = small.client();
        RawClient second = small.client();
        RawClient third = small.client()) {
      CountDownLatch go = new CountDownLatch(1);
      ScriptedUpstream upstream = upstream(with -> {
        while (!with.request().isEmpty()) {
          awaitLatch(go);
          with.send(OK);
        }
      });
      small.route("a", Map.of(), upstream);
      first.get("a", "/");
      await().atMost(RunningEdge.DEADLINE).until(() -> upstream.heads().size() == 1);
      second.get("a", "/");
      third.get("a", "/");
      CompletableFuture<String> one = CompletableFuture.supplyAsync(second::answer);
      CompletableFuture<String> other = CompletableFuture.supplyAsync(third::answer);
      assertThat((String) RunningEdge.await(CompletableFuture.anyOf(one, other)))
          .startsWith("HTTP/1.1 503 Service Unavailable\r\n");
      go.countDown();
      assertThat(first.answer()).endsWith("ok");
      assertThat(List.of(RunningEdge.await(one), RunningEdge.await(other)))
          .filteredOn(answer -> answer.endsWith("ok"))
          .hasSize(1);
      assertThat(upstream.connections()).isEqualTo(1);
    }
  }

  @Test
  void nobodyWaitsForEverForAConnectionThatOthersHave() {
    for (String protocol : List.of("HTTP", "GRPC")) {
      ScriptedUpstream busy = upstream(with -> {
        if (protocol.equals("GRPC")) {
          with.send(dev.sluice.wire.Http2Frames.settings().toArray());
        }
        with.awaitEnd();
      });
      try (RunningEdge other = RunningEdge.startWith(
              eventLoop,
              "sluice.upstream.connections",
              1,
              "sluice.upstream.http2.connections",
              1,
              "sluice.upstream.http2.streams",
              1,
              "sluice.upstream.waiting-timeout",
              "0 s");
          RawClient first = other.client();
          RawClient second = other.client()) {
        other.route("b", Map.of("backend-protocol", protocol, "proxy-connect-timeout", "1"), busy);
        first.get("b", "/");
        await().atMost(RunningEdge.DEADLINE).until(() -> busy.connections() == 1);
        assertThat(second.get("b", "/").answer()).startsWith("HTTP/1.1 503 ");
      }
    }
  }

  @Test
  void nobodyWaitsForEverWhenConnectsFail() throws IOException {
    try (RunningEdge small = RunningEdge.start(
        eventLoop, Map.of("sluice.upstream.connections", 1, "sluice.upstream.waiting", 100))) {
      small.routeToPorts("a", ONCE, List.of(RunningEdge.freePort()));
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        clients.add(small.client());
      }
      clients.forEach(client -> client.get("a", "/"));
      for (RawClient client : clients) {
        assertThat(client.answer()).startsWith("HTTP/1.1 502 Bad Gateway\r\n");
        client.close();
      }
    }
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      if (!latch.await(RunningEdge.DEADLINE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS)) {
        throw new AssertionError("nobody came");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
