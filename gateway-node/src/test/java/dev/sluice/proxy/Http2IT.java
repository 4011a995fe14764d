package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.util.ByteString;
import dev.sluice.proxy.Http2Client.Frame;
import dev.sluice.wire.Http2Frames;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/2 with clients: real ones, ones that go slowly, and ones that mean harm. Upstreams speak HTTP/1.1. */
@ParameterizedClass(name = "event loop: {0}")
@ValueSource(booleans = {true, false})
@SuppressWarnings("StringConcatToTextBlock") // line ends matter
class Http2IT {
  private static final int PROTOCOL_ERROR = 1;
  private static final int INTERNAL_ERROR = 2;
  private static final int COMPRESSION_ERROR = 9;
  private static final int ENHANCE_YOUR_CALM = 11;
  private static final String HELLO = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

  @Parameter
  boolean eventLoop;

  private RunningEdge edge(Object... given) {
    return RunningEdge.startWith(eventLoop, given);
  }

  /** Sends back what it was sent, in chunks. */
  private static ScriptedUpstream echo() {
    return new ScriptedUpstream(with -> {
      for (String head = with.head(); !head.isEmpty(); head = with.head()) {
        int length = Integer.parseInt(Streams.field(head, "Content-Length"));
        String body = with.read(length);
        with.send(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Seen: " + length + "\r\n\r\n");
        for (int at = 0; at < length; at += 1000) {
          String piece = body.substring(at, Math.min(length, at + 1000));
          with.send(Integer.toHexString(piece.length()) + "\r\n" + piece + "\r\n");
        }
        with.send("0\r\n\r\n");
      }
    });
  }

  @Test
  void aClientThatNobodyHereWroteGetsEveryAnswerOverTls() {
    HttpClient client = HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_2)
        .sslContext(RawClient.trustAll())
        .build();
    try (RunningEdge edge = edge();
        ScriptedUpstream upstream = echo()) {
      edge.route("127.0.2.1", Map.of(), upstream);
      List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        answers.add(client.sendAsync(
            HttpRequest.newBuilder(
                    URI.create("https://127.0.2.1:" + edge.https().getPort() + "/" + i))
                .POST(BodyPublishers.ofString((i + ";").repeat(i * 37)))
                .build(),
            BodyHandlers.ofString()));
      }
      for (int i = 0; i < 100; i++) {
        HttpResponse<String> answer = RunningEdge.await(answers.get(i));
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(answer.body()).isEqualTo((i + ";").repeat(i * 37));
      }
    }
  }

  @Test
  void aHeadArrivesAsAnHttp1ClientWouldHaveSentItAndCookiesInOneField() {
    try (RunningEdge edge = edge();
        ScriptedUpstream upstream = ScriptedUpstream.answering(String.join(
            "\r\n",
            "HTTP/1.1 200 OK",
            "X-Latin: \u00e9",
            "Set-Cookie: a=1",
            "Set-Cookie: b=2",
            "Connection: X-Hop",
            "X-Hop: 1",
            "Content-Length: 0",
            "",
            ""));
        Http2Client client = Http2Client.open(edge)) {
      edge.route("a", Map.of(), upstream);
      client.head(
          1,
          true,
          Http2Client.request(
              "GET", "a", "//x?%zz", "cookie", "a=1", "x-latin", "\u00e9", "cookie", "b=2"));
      Frame answer = client.next(Http2Frames.HEADERS);
      assertThat(upstream.heads().peek())
          .startsWith("GET //x?%zz HTTP/1.1\r\n")
          .contains("Cookie: a=1; b=2\r\n", "x-latin: \u00e9\r\n");
      assertThat(answer.endsStream()).isTrue();
      assertThat(answer.payload())
          .startsWith(":status: 200\n")
          .contains("x-latin: \u00e9\nset-cookie: a=1\nset-cookie: b=2\n")
          .doesNotContain("connection", "x-hop");
    }
  }

  @Test
  void aBodyOfUnknownLengthGoesOnInChunks() {
    try (RunningEdge edge = edge();
        ScriptedUpstream upstream = new ScriptedUpstream(with -> {
          with.head();
          StringBuilder body = new StringBuilder();
          while (body.indexOf("0\r\n\r\n") < 0) {
            body.append(with.read(1));
          }
          with.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
          with.awaitEnd();
        });
        Http2Client client = Http2Client.open(edge)) {
      edge.route("a", Map.of(), upstream);
      client.post(1, "a", "/").data(1, false, "one").data(1, false, "").data(1, true, "two");
      assertThat(client.body())
          .isIn("3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n", "6\r\nonetwo\r\n0\r\n\r\n");
    }
  }

  @Test
  void whatCouldNotBeSaidInHttp1IsRefusedAndGoesNoFurther() {
    String[][] wrong = {
      Http2Client.request("GET", "a", "/", "X-Upper", "1"),
      Http2Client.request("GET", "a", "/", "connection", "close"),
      Http2Client.request("GET", "a", "/", "transfer-encoding", "chunked"),
      Http2Client.request("GET", "a", "/", "upgrade", "websocket"),
      Http2Client.request("GET", "a", "/", "te", "gzip"),
      Http2Client.request("GET", "a", "/", "x", "1\r\nHost: b"),
      Http2Client.request("GET", "a", "/", "x\r\nhost", "b"),
      Http2Client.request("GET", "a", "/", "x y", "b"),
      Http2Client.request("GET", "a", "/", "x", "nul\0"),
      Http2Client.request("GET", "a", "/ HTTP/1.1\r\nHost: b\r\n\r\nGET /"),
      Http2Client.request("GET", "a", "/ x"),
      Http2Client.request("GET", "a", ""),
      Http2Client.request("GET", "a", "x"),
      Http2Client.request("GET / HTTP/1.1\r\n", "a", "/"),
      Http2Client.request("GET", "a", "/", ":path", "/b"),
      Http2Client.request("GET", "a", "/", ":method", "POST"),
      Http2Client.request("GET", "a", "/", ":status", "200"),
      Http2Client.request("GET", "a", "/", "host", "b"),
      Http2Client.request("GET", "a/b", "/"),
      Http2Client.request("GET", "a", "/", "content-length", "1", "content-length", "1"),
      Http2Client.request("GET", "a", "/", "content-length", "x"),
      {":method", "GET", ":scheme", "http", ":path", "/"},
      {":method", "GET", ":path", "/", ":authority", "a"},
      {":scheme", "http", ":path", "/", ":authority", "a"},
      {"x", "1", ":method", "GET", ":scheme", "http", ":path", "/", ":authority", "a"},
    };
    try (RunningEdge edge = edge();
        ScriptedUpstream upstream = ScriptedUpstream.answering(HELLO);
        Http2Client client = Http2Client.open(edge)) {
      edge.route("a", Map.of(), upstream);
      int stream = 1;
      for (String[] fields : wrong) {
        client.head(stream, true, fields);
        assertThat(client.next(Http2Frames.HEADERS).payload())
            .as(String.join(" ", fields))
            .startsWith(":status: 400");
        Frame end = client.next(Http2Frames.RST_STREAM);
        assertThat(end.stream()).isEqualTo(stream);
        assertThat(end.code()).isEqualTo(PROTOCOL_ERROR);
        stream += 2;
      }
      client.get(stream, "a", "/");
      assertThat(client.body()).isEqualTo("hello");
      assertThat(upstream.heads()).hasSize(1);
    }
  }

  @Test
  void aHeadThatCannotBeDecodedEndsTheConnection() {
    for (String block : List.of(
        Http2Client.block(Http2Client.request("GET", "a", "/", "", "b")),
        Http2Client.block(Http2Client.request("GET", "a", "/")) + "@",
        Http2Client.block(Http2Client.request("GET", "a", "/")) + "\u0080",
        Http2Client.block(Http2Client.request("GET", "a", "/")) + "\u00ff\u00ff\u00ff")) {
      try (RunningEdge edge = edge();
          Http2Client client = Http2Client.open(edge)) {
        client.frame(
            Http2Frames.HEADERS, Http2Frames.END_HEADERS | Http2Frames.END_STREAM, 1, block);
        assertThat(client.next().code()).isEqualTo(COMPRESSION_ERROR);
      }
    }
  }

  @Test
  void aHeadAboveTheLimitIsRefusedByItself() {
    try (RunningEdge edge = edge("sluice.edge.head-bytes", "8 KiB");
        ScriptedUpstream upstream = ScriptedUpstream.answering(HELLO);
        Http2Client client = Http2Client.open(edge)) {
      edge.route("a", Map.of(), upstream);
      client.head(1, true, Http2Client.request("GET", "a", "/", "x", "y".repeat(8000)));
      assertThat(client.next(Http2Frames.HEADERS).payload()).startsWith(":status: 431");
      client.next(Http2Frames.DATA);
      client.get(3, "a", "/");
      assertThat(client.body()).isEqualTo("hello");
    }
  }

  @Test
  void whoeverFloodsIsCutOffAndOthersDoNotNotice() {
    List<java.util.function.BiConsumer<Http2Client, Integer>> floods = List.of(
        (client, i) -> client
            .get(2 * i + 1, "a", "/")
            .send(Http2Frames.reset(2 * i + 1, Http2Frames.Why.CANCEL)),
        (client, i) -> client.get(2 * i + 1, "a", "/").send(Http2Frames.windowUpdate(2 * i + 1, 0)),
        (client, i) -> client.post(2 * i + 1, "a", "/").head(2 * i + 1, false, "x", "y"),
        (client, i) -> client.frame(Http2Frames.PING, 0, 0, "12345678"),
        (client, i) -> client.send(Http2Frames.settings(Http2Frames.INITIAL_WINDOW_SIZE, i)),
        (client, i) -> client.frame(Http2Frames.PRIORITY, 0, 2 * i + 1, "\0\0\0\0\0"),
        (client, i) -> (i == 0 ? client.post(1, "a", "/") : client).data(1, false, ""),
        (client, i) -> client.frame(
            i == 0 ? Http2Frames.HEADERS : Http2Frames.CONTINUATION, 0, 1, i == 0 ? "\0" : ""),
        (client, i) -> client.frame(
            i == 0 ? Http2Frames.HEADERS : Http2Frames.CONTINUATION,
            0,
            1,
            Http2Client.block("x", "y".repeat(16_000))),
        (client, i) -> client.frame(99, 0, 0, ""));
    try (RunningEdge edge =
            edge("sluice.edge.http2.resets", 20, "sluice.edge.http2.control-frames", 100);
        ScriptedUpstream upstream = ScriptedUpstream.answering(HELLO);
        Http2Client steady = Http2Client.open(edge)) {
      edge.route("a", Map.of(), upstream);
      int stream = 1;
      for (var flood : floods) {
        try (Http2Client attacker = Http2Client.open(edge)) {
          CompletableFuture<Void> flooding = CompletableFuture.runAsync(() -> {
            try {
              for (int i = 0; i < 1000; i++) {
                flood.accept(attacker, i);
              }
            } catch (java.io.UncheckedIOException e) {
              // cut off
            }
          });
          assertThat(attacker.next(Http2Frames.GOAWAY).code()).isEqualTo(ENHANCE_YOUR_CALM);
          RunningEdge.await(flooding);
        }
        steady.get(stream, "a", "/");
        assertThat(steady.body()).isEqualTo("hello");
        stream += 2;
      }
    }
  }

  @Test
  void aStreamThatIsNotReadHoldsItsUpstreamBackAndNoOtherStream() {
    int size = 64 * 1024 * 1024;
    AtomicLong sent = new AtomicLong();
    try (RunningEdge edge = edge();
        ScriptedUpstream large = new ScriptedUpstream(with -> {
          with.request();
          with.send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
          byte[] block = new byte[64 * 1024];
          while (sent.get() < size) {
            with.send(block);
            sent.addAndGet(block.length);
          }
          with.awaitEnd();
        });
        ScriptedUpstream small = ScriptedUpstream.answering(HELLO);
        Http2Client client = Http2Client.open(edge, Http2Frames.INITIAL_WINDOW_SIZE, 1000)) {
      edge.route("large", Map.of(), large);
      edge.route("small", Map.of(), small);
      client.get(1, "large", "/");
      assertThat(client.next(Http2Frames.DATA).payload()).hasSize(1000);
      AtomicLong before = new AtomicLong(-1);
      await()
          .atMost(RunningEdge.DEADLINE)
          .pollInterval(Duration.ofMillis(300))
          .until(() -> sent.get() > 0 && before.getAndSet(sent.get()) == sent.get());
      assertThat(sent.get()).isLessThan(size);
      client.get(3, "small", "/");
      assertThat(client.body()).isEqualTo("hello");
      client.send(Http2Frames.windowUpdate(1, 500));
      assertThat(client.next(Http2Frames.DATA).payload()).hasSize(500);
    }
  }

  @Test
  void aClientThatTakesNothingAnyMoreIsCutOff() {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    try (RunningEdge edge = edge("sluice.edge.send-timeout", "1 s");
        ScriptedUpstream upstream = new ScriptedUpstream(with -> {
          with.request();
          with.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
          try {
            while (true) {
              with.send(new byte[64 * 1024]);
            }
          } catch (java.io.IOException e) {
            ended.complete(null);
          }
        });
        Http2Client client =
            Http2Client.open(edge, Http2Frames.INITIAL_WINDOW_SIZE, Http2Frames.LARGEST_WINDOW)) {
      edge.route("a", Map.of(), upstream);
      client.send(Http2Frames.windowUpdate(0, Http2Frames.LARGEST_WINDOW - 65_535));
      client.get(1, "a", "/");
      RunningEdge.await(ended);
      await().atMost(RunningEdge.DEADLINE).until(() -> !edge.over().isEmpty());
    }
  }

  @Test
  void aStreamThatItsClientTakesBackIsGivenUpUpstream() {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    try (RunningEdge edge = edge();
        ScriptedUpstream upstream = new ScriptedUpstream(with -> {
          with.request();
          with.awaitEnd();
          ended.complete(null);
        });
        Http2Client client = Http2Client.open(edge)) {
      edge.route("a", Map.of(), upstream);
      client.get(1, "a", "/");
      await().atMost(RunningEdge.DEADLINE).until(() -> upstream.heads().size() == 1);
      client.send(Http2Frames.reset(1, Http2Frames.Why.CANCEL));
      RunningEdge.await(ended);
      await().atMost(RunningEdge.DEADLINE).until(() -> !edge.over().isEmpty());
      assertThat(edge.over()).singleElement().asString().contains("the client has left");
    }
  }

  @Test
  void anAnswerThatBreaksOffBreaksItsStreamAndNotTheConnection() {
    try (RunningEdge edge = edge();
        ScriptedUpstream upstream = new ScriptedUpstream(with -> {
          with.request();
          with.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
        });
        ScriptedUpstream good = ScriptedUpstream.answering(HELLO);
        Http2Client client = Http2Client.open(edge)) {
      edge.route("a", Map.of(), upstream);
      edge.route("b", Map.of(), good);
      client.get(1, "a", "/");
      assertThat(client.next(Http2Frames.RST_STREAM).code()).isEqualTo(INTERNAL_ERROR);
      client.get(3, "b", "/");
      assertThat(client.body()).isEqualTo("hello");
    }
  }

  @Test
  void aBodyOtherThanItsLengthEndsTheStreamAndTheUpstreamSeesNoWholeRequest() {
    try (RunningEdge edge = edge();
        ScriptedUpstream upstream = new ScriptedUpstream(with -> {
          with.head();
          with.awaitEnd();
        });
        Http2Client client = Http2Client.open(edge)) {
      edge.route("a", Map.of(), upstream);
      client.head(1, false, Http2Client.request("POST", "a", "/", "content-length", "5"));
      client.data(1, true, "four");
      assertThat(client.next(Http2Frames.RST_STREAM).code()).isEqualTo(PROTOCOL_ERROR);
      client.head(3, false, Http2Client.request("POST", "a", "/", "content-length", "5"));
      client.data(3, false, "sixsix");
      assertThat(client.next(Http2Frames.RST_STREAM).code()).isEqualTo(PROTOCOL_ERROR);
    }
  }

  @Test
  void aBodyAboveTheLimitIsRefused() {
    try (RunningEdge edge = edge();
        ScriptedUpstream upstream = new ScriptedUpstream(with -> {
          with.head();
          with.awaitEnd();
        });
        Http2Client client = Http2Client.open(edge)) {
      edge.route("a", Map.of("proxy-body-size", "10"), upstream);
      client.post(1, "a", "/").data(1, false, "x".repeat(100));
      assertThat(client.next(Http2Frames.HEADERS).payload()).startsWith(":status: 413");
    }
  }

  @Test
  void aStopSaysSoAndWaitsForTheLastAnswer() {
    CompletableFuture<Void> go = new CompletableFuture<>();
    try (RunningEdge edge = edge();
        ScriptedUpstream upstream = new ScriptedUpstream(with -> {
          with.request();
          go.join();
          with.send(HELLO);
          with.awaitEnd();
        });
        Http2Client client = Http2Client.open(edge)) {
      edge.route("a", Map.of(), upstream);
      client.get(1, "a", "/");
      await().atMost(RunningEdge.DEADLINE).until(() -> upstream.heads().size() == 1);
      CompletableFuture<Void> stopping = edge.stop(RunningEdge.DEADLINE);
      assertThat(client.next(Http2Frames.GOAWAY).code()).isZero();
      go.complete(null);
      assertThat(client.body()).isEqualTo("hello");
      RunningEdge.await(stopping);
    }
  }

  private static String[] webSocket(String host, String path) {
    return new String[] {
      ":method",
      "CONNECT",
      ":protocol",
      "websocket",
      ":scheme",
      "http",
      ":path",
      path,
      ":authority",
      host,
      "sec-websocket-version",
      "13"
    };
  }

  @Test
  void aWebSocketOverHttp2IsAnUpgradeForItsUpstreamAndPassesBytesBothWays() {
    try (RunningEdge edge = edge();
        ScriptedUpstream upstream = new ScriptedUpstream(with -> {
          with.head();
          with.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
              + "Connection: Upgrade\r\nSec-WebSocket-Accept: x\r\n"
              + "Sec-WebSocket-Protocol: chat\r\n\r\nfirst");
          with.send(with.read(5) + " back");
        });
        Http2Client client = Http2Client.open(edge)) {
      edge.route("a", Map.of(), upstream);
      client.head(1, false, webSocket("a", "/chat"));
      Frame head = client.next(Http2Frames.HEADERS);
      assertThat(head.endsStream()).isFalse();
      assertThat(head.payload())
          .startsWith(":status: 200\n")
          .contains("sec-websocket-protocol: chat\n")
          .doesNotContain("accept", "upgrade", "content-length");
      assertThat(client.next().payload()).isEqualTo("first");
      client.data(1, false, "hello");
      assertThat(client.body()).isEqualTo("hello back");
      assertThat(upstream.heads().peek())
          .startsWith("GET /chat HTTP/1.1\r\n")
          .containsIgnoringCase("\r\nConnection: upgrade\r\n")
          .containsIgnoringCase("\r\nUpgrade: websocket\r\n")
          .contains("Sec-WebSocket-Key: ", "sec-websocket-version: 13\r\n")
          .doesNotContain("Content-Length", "Transfer-Encoding");
    }
  }

  @Test
  void aWebSocketThatTheUpstreamDeclinesDoesNotLookOpen() {
    for (String answer : List.of("200 OK", "403 Forbidden")) {
      try (RunningEdge edge = edge();
          ScriptedUpstream upstream =
              ScriptedUpstream.answering("HTTP/1.1 " + answer + "\r\nContent-Length: 2\r\n\r\nno");
          Http2Client client = Http2Client.open(edge)) {
        edge.route("a", Map.of(), upstream);
        client.head(1, false, webSocket("a", "/chat"));
        assertThat(client.next(Http2Frames.HEADERS).payload())
            .startsWith(answer.startsWith("200") ? ":status: 502\n" : ":status: 403\n");
        assertThat(client.body()).isEqualTo("no");
      }
    }
  }

  @Test
  void aWebSocketThatItsClientTakesBackIsClosedForTheUpstream() {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    try (RunningEdge edge = edge();
        ScriptedUpstream upstream = new ScriptedUpstream(with -> {
          with.head();
          with.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n");
          with.awaitEnd();
          ended.complete(null);
        });
        Http2Client client = Http2Client.open(edge)) {
      edge.route("a", Map.of(), upstream);
      client.head(1, false, webSocket("a", "/chat"));
      client.next(Http2Frames.HEADERS);
      client.send(Http2Frames.reset(1, Http2Frames.Why.CANCEL));
      RunningEdge.await(ended);
    }
  }

  @Test
  void fieldsBehindABodyPassBothWays() {
    String chunks = "3\r\none\r\n0\r\nx-sum: 1\r\n\r\n";
    try (RunningEdge edge = edge();
        ScriptedUpstream upstream = new ScriptedUpstream(with -> {
          with.head();
          with.send(
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + with.read(chunks.length()));
          with.awaitEnd();
        });
        Http2Client client = Http2Client.open(edge)) {
      edge.route("a", Map.of(), upstream);
      client.post(1, "a", "/").data(1, false, "one").head(1, true, "x-sum", "1", "host", "b");
      client.next(Http2Frames.HEADERS);
      assertThat(client.next().payload()).isEqualTo("one");
      Frame trailers = client.next();
      assertThat(trailers.endsStream()).isTrue();
      assertThat(trailers.payload()).isEqualTo("x-sum: 1\n");
    }
  }

  @Test
  void whoMeasuresTheWayByAPingForEachPieceIsNoFlood() {
    try (RunningEdge edge = edge("sluice.edge.http2.control-frames", 100);
        ScriptedUpstream upstream = echo();
        Http2Client client = Http2Client.open(edge)) {
      edge.route("a", Map.of(), upstream);
      client.head(1, false, Http2Client.request("POST", "a", "/", "content-length", "1000"));
      ByteString ping = Http2Frames.frame(Http2Frames.PING, 0, 0, new byte[8], 0, 8);
      for (int i = 0; i < 999; i++) {
        client.send(Http2Frames.frame(Http2Frames.DATA, 0, 1, new byte[1], 0, 1).concat(ping));
        client.next(Http2Frames.PING);
      }
      client.data(1, true, "x");
      client.next(Http2Frames.HEADERS);
      assertThat(client.body()).hasSize(1000);
    }
  }

  @Test
  void whoeverSpeaksHttp1IsAnsweredInIt() {
    try (RunningEdge edge = edge();
        ScriptedUpstream upstream = ScriptedUpstream.answering(HELLO);
        RawClient client = edge.client()) {
      edge.route("a", Map.of(), upstream);
      client.send("P");
      client.send("RI /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
      assertThat(client.answer()).endsWith("hello");
    }
    try (RunningEdge edge = edge("sluice.edge.http2.on", false);
        ScriptedUpstream upstream = ScriptedUpstream.answering(HELLO);
        RawClient client = edge.client()) {
      edge.route("a", Map.of(), upstream);
      client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
      assertThat(client.head()).startsWith("HTTP/1.1 505 ");
    }
  }
}
