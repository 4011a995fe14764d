package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.util.ByteString;
import dev.sluice.wire.Http2Frames;
import dev.sluice.wire.Http2Frames.Why;
import dev.sluice.wire.Http2HeadReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/2 with upstreams that do what the test says, frame by frame. GrpcIT has those that nobody here wrote. */
@ParameterizedClass(name = "event loop: {0}")
@ValueSource(booleans = {true, false})
@SuppressWarnings("StringConcatToTextBlock") // line ends matter
class Http2UpstreamIT {
  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";

  @Parameter
  boolean eventLoop;

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  /** What an upstream does once a stream's head has come; heads are their fields, a line each. */
  private interface Answering {
    void to(Frames frames, int stream, String head) throws IOException;
  }

  /** The frames of one connection, from the upstream's side. */
  private static final class Frames {
    private final ScriptedUpstream.Conversation with;
    private final Http2HeadReader heads = new Http2HeadReader(1 << 20);
    final Map<Integer, String> bodies = new HashMap<>();
    final List<Integer> resets = new ArrayList<>();

    Frames(ScriptedUpstream.Conversation with) {
      this.with = with;
    }

    void send(ByteString bytes) throws IOException {
      with.send(bytes.toArray());
    }

    void send(int type, int flags, int stream, String payload) throws IOException {
      byte[] bytes = payload.getBytes(StandardCharsets.ISO_8859_1);
      send(Http2Frames.frame(type, flags, stream, bytes, 0, bytes.length));
    }

    void head(int stream, boolean last, String... fields) throws IOException {
      int end = last ? Http2Frames.END_STREAM : 0;
      send(Http2Frames.HEADERS, Http2Frames.END_HEADERS | end, stream, Http2Client.block(fields));
    }

    void answer(int stream, String body) throws IOException {
      head(stream, false, ":status", "200", "content-length", "" + body.length());
      send(Http2Frames.DATA, Http2Frames.END_STREAM, stream, body);
    }

    /** Reads frames until the connection ends. */
    void serve(Answering answering) throws IOException {
      assertThat(with.read(Http2Frames.PREFACE.size())).startsWith("PRI * HTTP/2.0");
      while (true) {
        byte[] header = with.read(Http2Frames.HEADER_BYTES).getBytes(StandardCharsets.ISO_8859_1);
        if (header.length < Http2Frames.HEADER_BYTES) {
          return;
        }
        String payload = with.read(Http2Frames.int32(header, 0) >>> 8);
        int stream = Http2Frames.int31(header, 5);
        switch (header[3]) {
          case Http2Frames.HEADERS -> {
            StringBuilder fields = new StringBuilder();
            heads.read(
                payload.getBytes(StandardCharsets.ISO_8859_1),
                (name, value) -> fields.append(name).append(": ").append(value).append('\n'));
            answering.to(this, stream, fields.toString());
          }
          case Http2Frames.DATA -> bodies.merge(stream, payload, String::concat);
          case Http2Frames.RST_STREAM -> resets.add(stream);
          case Http2Frames.SETTINGS -> {
            if (header[4] == 0) {
              send(Http2Frames.settingsAck());
            }
          }
          default -> {}
        }
      }
    }
  }

  private ScriptedUpstream upstream(Answering answering, int... settings) {
    ScriptedUpstream made = new ScriptedUpstream(with -> {
      Frames frames = new Frames(with);
      frames.send(Http2Frames.settings(settings));
      frames.serve(answering);
    });
    open.add(made);
    return made;
  }

  private RunningEdge edge(ScriptedUpstream upstream, Object... given) {
    RunningEdge edge = RunningEdge.startWith(eventLoop, given);
    open.add(edge);
    edge.route("a", Map.of("backend-protocol", "GRPC"), upstream);
    return edge;
  }

  private RawClient client(RunningEdge edge) {
    RawClient client = edge.client();
    open.add(client);
    return client;
  }

  @Test
  void aRequestOfHttp1IsTheSameInHttp2() {
    CompletableFuture<String> head = new CompletableFuture<>();
    RunningEdge edge = edge(upstream((frames, stream, fields) -> {
      head.complete(fields);
      frames.head(stream, true, ":status", "204", "x-one", "1");
    }));
    RawClient client = client(edge);
    client.send(
        "GET //x?%zz HTTP/1.1\r\nHost: a\r\nX-Two: 2\r\nConnection: X-Hop\r\nX-Hop: 3\r\n\r\n");
    assertThat(client.head()).startsWith("HTTP/1.1 204 No Content\r\nx-one: 1\r\n");
    assertThat(RunningEdge.await(head))
        .startsWith(":method: GET\n:scheme: http\n:path: //x?%zz\n:authority: a\nx-two: 2\n")
        .contains("x-forwarded-for: 127.0.0.1\n", "te: trailers\n")
        .doesNotContain("x-hop", "connection", "\nhost:");
  }

  @Test
  void anAnswerOfUnknownLengthComesInChunksAndItsTrailersBehindThem() {
    RunningEdge edge = edge(upstream((frames, stream, head) -> {
      frames.head(stream, false, ":status", "103", "link", "x");
      frames.head(stream, false, ":status", "200", "content-type", "text/plain");
      frames.send(Http2Frames.DATA, 0, stream, "hello");
      frames.send(Http2Frames.DATA, Http2Frames.PADDED, stream, "\2!xx");
      frames.head(stream, true, "x-sum", "1", "content-length", "6");
    }));
    RawClient client = client(edge);
    client.send("GET / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\n\r\n");
    assertThat(client.head()).startsWith("HTTP/1.1 200 OK\r\n").contains("chunked");
    assertThat(client.read(11 + 6)).isEqualTo("5\r\nhello\r\n1\r\n!\r\n".substring(0, 16) + "0");
    assertThat(client.read(14)).isEqualTo("\r\nx-sum: 1\r\n\r\n");
  }

  @Test
  void trailersOfAClientReachTheUpstream() {
    CompletableFuture<String> trailers = new CompletableFuture<>();
    RunningEdge edge = edge(upstream((frames, stream, head) -> {
      if (!head.contains(":method")) {
        trailers.complete(head);
        frames.answer(stream, frames.bodies.get(stream));
      }
    }));
    RawClient client = client(edge);
    client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "5\r\nhello\r\n0\r\nX-Sum: 1\r\nHost: b\r\n\r\n");
    assertThat(client.answer()).endsWith("\r\n\r\nhello");
    assertThat(RunningEdge.await(trailers)).isEqualTo("x-sum: 1\n");
    try (Http2Client other = Http2Client.open(edge)) {
      other.post(1, "a", "/").data(1, false, "again").head(1, true, "x-sum", "2");
      assertThat(other.body()).isEqualTo("again");
    }
  }

  @Test
  void callsShareAConnectionUpToTheLimitOfTheUpstreamAndTheRestWaits() {
    CountDownLatch all = new CountDownLatch(2);
    AtomicInteger most = new AtomicInteger();
    AtomicInteger running = new AtomicInteger();
    ScriptedUpstream upstream = upstream(
        (frames, stream, head) -> {
          if (stream == 1) {
            frames.answer(stream, "");
            return;
          }
          most.accumulateAndGet(running.incrementAndGet(), Math::max);
          all.countDown();
          CompletableFuture.runAsync(() -> {
            try {
              all.await(20, TimeUnit.SECONDS);
              running.decrementAndGet();
              synchronized (frames) {
                frames.answer(stream, "hello");
              }
            } catch (InterruptedException | IOException e) {
              throw new AssertionError(e);
            }
          });
        },
        Http2Frames.MAX_CONCURRENT_STREAMS,
        2);
    RunningEdge edge = edge(upstream, "sluice.upstream.http2.connections", 1);
    // Behind this answer the upstream's limit is known.
    client(edge).send(GET).answer();
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      clients.add(client(edge).send(GET));
    }
    clients.forEach(one -> assertThat(one.answer()).endsWith("hello"));
    assertThat(upstream.connections()).isEqualTo(1);
    assertThat(most.get()).isLessThanOrEqualTo(2);
  }

  @Test
  void moreThanMayWaitAreRefused() {
    ScriptedUpstream upstream =
        upstream((frames, stream, head) -> {}, Http2Frames.MAX_CONCURRENT_STREAMS, 1);
    RunningEdge edge = edge(
        upstream,
        "sluice.upstream.http2.connections",
        1,
        "sluice.upstream.http2.streams",
        1,
        "sluice.upstream.waiting",
        0);
    client(edge).send(GET);
    await().atMost(RunningEdge.DEADLINE).until(() -> upstream.connections() == 1);
    RawClient second = client(edge).send(GET);
    assertThat(second.head()).startsWith("HTTP/1.1 503 ");
  }

  @Test
  void aRequestThatTheUpstreamHasNotLookedAtIsAskedForAgainWhateverItsMethod() {
    for (Why why : List.of(Why.REFUSED_STREAM, Why.NO_ERROR)) {
      AtomicInteger asked = new AtomicInteger();
      RunningEdge edge = edge(upstream((frames, stream, head) -> {
        if (asked.incrementAndGet() > 1) {
          frames.answer(stream, "hello");
        } else if (why == Why.REFUSED_STREAM) {
          frames.send(Http2Frames.reset(stream, why));
        } else {
          frames.send(Http2Frames.goAway(0, why));
        }
      }));
      assertThat(client(edge).send(POST).answer()).startsWith("HTTP/1.1 200 OK").endsWith("hello");
      assertThat(asked.get()).isEqualTo(2);
    }
  }

  @Test
  void aRequestThatMayHaveTakenEffectIsNotSentTwice() {
    AtomicInteger asked = new AtomicInteger();
    RunningEdge edge = edge(upstream((frames, stream, head) -> {
      asked.incrementAndGet();
      frames.send(Http2Frames.reset(stream, Why.INTERNAL_ERROR));
    }));
    assertThat(client(edge).send(POST).head()).startsWith("HTTP/1.1 502 ");
    assertThat(asked.get()).isEqualTo(1);
    assertThat(client(edge).send(GET).head()).startsWith("HTTP/1.1 502 ");
    assertThat(asked.get()).isEqualTo(4);
  }

  @Test
  void anUpstreamThatGoesAwayFinishesWhatItHasAndGetsNoMore() {
    CountDownLatch leaving = new CountDownLatch(1);
    AtomicInteger connections = new AtomicInteger();
    ScriptedUpstream upstream = upstream((frames, stream, head) -> {
      if (head.contains(":path: /first")) {
        frames.head(stream, false, ":status", "200", "content-length", "5");
        frames.send(Http2Frames.DATA, 0, stream, "he");
        frames.send(Http2Frames.goAway(stream, Why.NO_ERROR));
        connections.incrementAndGet();
        CompletableFuture.runAsync(() -> {
          try {
            leaving.await(20, TimeUnit.SECONDS);
            frames.send(Http2Frames.DATA, Http2Frames.END_STREAM, stream, "llo");
          } catch (InterruptedException | IOException e) {
            throw new AssertionError(e);
          }
        });
      } else {
        frames.answer(stream, "other");
      }
    });
    RunningEdge edge = edge(upstream);
    RawClient first = client(edge).get("a", "/first");
    first.head();
    assertThat(first.read(2)).isEqualTo("he");
    assertThat(client(edge).get("a", "/second").answer()).endsWith("other");
    assertThat(upstream.connections()).isEqualTo(2);
    leaving.countDown();
    assertThat(first.read(3)).isEqualTo("llo");
  }

  @Test
  void anAnswerThatBreaksOffNeverLooksWhole() {
    RunningEdge edge = edge(upstream((frames, stream, head) -> {
      frames.head(stream, false, ":status", "200");
      frames.send(Http2Frames.DATA, 0, stream, "half");
      frames.send(Http2Frames.reset(stream, Why.INTERNAL_ERROR));
    }));
    assertThat(client(edge).send(GET).untilReset()).doesNotContain("0\r\n\r\n");
    try (Http2Client other = Http2Client.open(edge)) {
      other.get(1, "a", "/");
      assertThat(other.next(Http2Frames.RST_STREAM).stream()).isEqualTo(1);
    }
  }

  @Test
  void anAnswerOtherThanItsLengthNeverLooksWhole() {
    for (String body : List.of("four", "sixsix")) {
      RunningEdge edge = edge(upstream((frames, stream, head) -> {
        frames.head(stream, false, ":status", "200", "content-length", "5");
        frames.send(Http2Frames.DATA, Http2Frames.END_STREAM, stream, body);
      }));
      assertThat(client(edge).send(GET).untilReset()).doesNotEndWith(body);
    }
  }

  @Test
  void whatIsNoAnswerIsABadGateway() {
    List<Answering> wrong = List.of(
        (frames, stream, head) -> frames.head(stream, true, "x", "1"),
        (frames, stream, head) -> frames.head(stream, true, ":status", "101"),
        (frames, stream, head) -> frames.head(stream, true, ":status", "200", "connection", "x"),
        (frames, stream, head) ->
            frames.head(stream, true, ":status", "200", "content-length", "5"),
        (frames, stream, head) -> frames.head(stream, true, ":status", "103"),
        (frames, stream, head) -> frames.send(Http2Frames.DATA, 0, stream, "x"),
        (frames, stream, head) -> frames.send(Http2Frames.PUSH_PROMISE, 4, stream, "\0\0\0\2"),
        (frames, stream, head) ->
            frames.send(Http2Frames.HEADERS, Http2Frames.END_HEADERS, stream, "\u00ff\u00ff\u00ff"),
        (frames, stream, head) -> frames.head(stream + 2, true, ":status", "200"),
        (frames, stream, head) -> frames.send(ByteString.fromString("HTTP/1.1 200 OK\r\n\r\n")));
    for (Answering one : wrong) {
      RunningEdge edge = edge(upstream(one));
      assertThat(client(edge).send(POST).head())
          .as("answer %d", wrong.indexOf(one))
          .startsWith("HTTP/1.1 502 ");
    }
  }

  @Test
  void aClientThatLeavesTakesItsStreamBackAndNoOther() {
    CompletableFuture<Integer> taken = new CompletableFuture<>();
    ScriptedUpstream upstream = upstream((frames, stream, head) -> {
      if (head.contains(":path: /next")) {
        taken.complete(frames.resets.isEmpty() ? 0 : frames.resets.get(0));
        frames.answer(stream, "hello");
      } else {
        frames.head(stream, false, ":status", "200");
        frames.send(Http2Frames.DATA, 0, stream, "x");
      }
    });
    RunningEdge edge = edge(upstream);
    RawClient staying = client(edge).get("a", "/stays");
    staying.head();
    RawClient leaving = client(edge).get("a", "/leaves");
    leaving.head();
    leaving.close();
    await().atMost(RunningEdge.DEADLINE).until(() -> !edge.over().isEmpty());
    assertThat(client(edge).get("a", "/next").answer()).endsWith("hello");
    assertThat(RunningEdge.await(taken)).isEqualTo(3);
    assertThat(staying.read(6)).isEqualTo("1\r\nx\r\n");
    assertThat(upstream.connections()).isEqualTo(1);
  }

  @Test
  void aSlowReaderHoldsItsStreamBackAndNoOther() {
    AtomicLong sent = new AtomicLong();
    String block = "x".repeat(16_000);
    ScriptedUpstream upstream = upstream((frames, stream, head) -> {
      if (head.contains(":path: /large")) {
        frames.head(stream, false, ":status", "200");
        // As much as the windows allow, and not a byte more: the gateway must hold it.
        for (int left = 256 * 1024; left > 0; left -= block.length()) {
          String piece = block.substring(0, Math.min(left, block.length()));
          frames.send(Http2Frames.DATA, 0, stream, piece);
          sent.addAndGet(piece.length());
        }
      } else {
        frames.answer(stream, "hello");
      }
    });
    RunningEdge edge = edge(upstream, "sluice.proxy.unsent-bytes", "4 KiB");
    try (Http2Client client = Http2Client.open(edge, Http2Frames.INITIAL_WINDOW_SIZE, 1000)) {
      client.get(1, "a", "/large");
      assertThat(client.next(Http2Frames.DATA).payload()).hasSize(1000);
      await().atMost(RunningEdge.DEADLINE).until(() -> sent.get() == 256 * 1024);
      client.get(3, "a", "/small");
      assertThat(client.next(Http2Frames.DATA).payload()).isEqualTo("hello");
      client.send(Http2Frames.windowUpdate(1, 500));
      assertThat(client.next(Http2Frames.DATA).payload()).hasSize(500);
    }
  }

  @Test
  void anUpstreamWithoutWindowHoldsTheClientBack() {
    RunningEdge edge = edge(
        upstream((frames, stream, head) -> {}, Http2Frames.INITIAL_WINDOW_SIZE, 0),
        "sluice.proxy.unsent-bytes",
        "4 KiB");
    edge.route(
        "a",
        Map.of("backend-protocol", "GRPC", "proxy-body-size", "0", "proxy-send-timeout", "1"),
        upstream((frames, stream, head) -> {}, Http2Frames.INITIAL_WINDOW_SIZE, 0));
    RawClient client = client(edge);
    client.send(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + "x".repeat(100_000));
    assertThat(client.head()).startsWith("HTTP/1.1 504 ");
  }

  @Test
  void aSilentConnectionIsAskedForASignOfLifeAndLeftIfThereIsNone() {
    AtomicInteger heads = new AtomicInteger();
    ScriptedUpstream upstream = upstream((frames, stream, head) -> {
      if (heads.incrementAndGet() == 2) {
        frames.answer(stream, "hello");
      }
    });
    RunningEdge edge =
        RunningEdge.startWith(eventLoop, "sluice.upstream.http2.ping-timeout", "100 ms");
    open.add(edge);
    edge.route("a", Map.of("backend-protocol", "GRPC", "proxy-read-timeout", "1"), upstream);
    RawClient client = client(edge);
    assertThat(client.send(POST).answer()).startsWith("HTTP/1.1 504 ");
    assertThat(client.send(POST).answer()).endsWith("hello");
    assertThat(upstream.connections()).isEqualTo(2);
  }

  @Test
  void anUpstreamThatFloodsIsLeft() {
    List<Answering> floods = List.of(
        (frames, stream, head) -> {
          for (int i = 0; i < 1000; i++) {
            frames.send(Http2Frames.PING, 0, 0, "12345678");
          }
        },
        (frames, stream, head) -> {
          for (int i = 0; i < 1000; i++) {
            frames.send(Http2Frames.settings(Http2Frames.INITIAL_WINDOW_SIZE, i));
          }
        },
        (frames, stream, head) -> {
          frames.send(Http2Frames.HEADERS, 0, stream, "\0");
          for (int i = 0; i < 1000; i++) {
            frames.send(Http2Frames.CONTINUATION, 0, stream, "x".repeat(1000));
          }
        });
    for (Answering flood : floods) {
      RunningEdge edge = edge(upstream(flood), "sluice.upstream.http2.control-frames", 100);
      assertThat(client(edge).send(POST).head()).startsWith("HTTP/1.1 502 ");
    }
  }

  @Test
  void anIdleConnectionIsClosedInPeace() {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    ScriptedUpstream upstream = new ScriptedUpstream(with -> {
      Frames frames = new Frames(with);
      frames.send(Http2Frames.settings());
      frames.serve((f, stream, head) -> f.answer(stream, "hello"));
      ended.complete(null);
    });
    open.add(upstream);
    RunningEdge edge = edge(upstream, "sluice.upstream.idle-timeout", "1 s");
    assertThat(client(edge).send(GET).answer()).endsWith("hello");
    RunningEdge.await(ended);
  }
}
