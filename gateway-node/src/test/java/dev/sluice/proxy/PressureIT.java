package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Who reads slowly holds the other side back, and loses nothing. */
@ParameterizedClass(name = "event loop: {0}")
@ValueSource(booleans = {true, false})
class PressureIT {
  private static final int MIB = 1024 * 1024;
  private static final int BODY = 256 * MIB;
  /** More than a kernel with buffers of up to 32 MiB holds of two connections, and much less than a body. */
  private static final int MOST_HELD = 100 * MIB;

  @Parameter
  boolean eventLoop;

  private RunningEdge edge(Object... given) {
    return RunningEdge.startWith(eventLoop, given);
  }

  /** Waits until a sender gets no further, and returns how far it came. */
  private static long whereItStops(AtomicLong sent) {
    AtomicLong before = new AtomicLong(-1);
    await()
        .atMost(RunningEdge.DEADLINE)
        .pollInterval(Duration.ofMillis(500))
        .until(() -> sent.get() > 0 && before.getAndSet(sent.get()) == sent.get());
    return sent.get();
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      assertThat(latch.await(RunningEdge.DEADLINE.toSeconds(), TimeUnit.SECONDS))
          .isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void push(AtomicLong sent, java.util.function.Consumer<byte[]> to) {
    byte[] block = new byte[64 * 1024];
    while (sent.get() < BODY) {
      to.accept(block);
      sent.addAndGet(block.length);
    }
  }

  @Test
  void aSlowReaderHoldsTheUpstreamBackAndGetsItAll() {
    AtomicLong sent = new AtomicLong();
    try (RunningEdge edge = edge();
        ScriptedUpstream upstream = new ScriptedUpstream(with -> {
          with.request();
          with.send("HTTP/1.1 200 OK\r\nContent-Length: " + BODY + "\r\n\r\n");
          push(sent, block -> sendTo(with, block));
          with.awaitEnd();
        });
        RawClient client = RawClient.openSmall(edge.http())) {
      edge.route("a", Map.of(), upstream);
      assertThat(client.get("a", "/").head()).startsWith("HTTP/1.1 200 OK\r\n");
      assertThat(whereItStops(sent)).isLessThan(MOST_HELD);
      assertThat(client.skip(BODY)).isEqualTo(BODY);
      assertThat(sent.get()).isEqualTo(BODY);
    }
  }

  @Test
  void aSlowUpstreamHoldsTheClientBackAndGetsItAll() {
    AtomicLong sent = new AtomicLong();
    CountDownLatch read = new CountDownLatch(1);
    try (RunningEdge edge = edge();
        ScriptedUpstream upstream = new ScriptedUpstream(with -> {
          with.head();
          awaitLatch(read);
          int got = with.skip(BODY);
          with.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n" + got);
          with.awaitEnd();
        });
        RawClient client = edge.client()) {
      edge.route("a", Map.of("proxy-body-size", "0"), upstream);
      client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: " + BODY + "\r\n\r\n");
      CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> push(sent, client::send));
      assertThat(whereItStops(sent)).isLessThan(MOST_HELD);
      read.countDown();
      assertThat(client.answer()).endsWith("\r\n\r\n" + BODY);
      RunningEdge.await(sending);
    }
  }

  @Test
  void aConnectionThatWasHeldBackServesTheNextRequest() {
    int size = 64 * 1024;
    try (RunningEdge edge = edge("sluice.proxy.unsent-bytes", "4 KiB");
        ScriptedUpstream upstream = ScriptedUpstream.answering(
            "HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n" + "x".repeat(size));
        RawClient client = edge.client()) {
      edge.route("a", Map.of(), upstream);
      for (int i = 0; i < 20; i++) {
        assertThat(client.get("a", "/").answer()).hasSizeGreaterThan(size);
      }
    }
  }

  @Test
  void bodiesOverTlsPassWhole() {
    int size = 5 * MIB;
    try (RunningEdge edge = edge();
        ScriptedUpstream upstream = new ScriptedUpstream(with -> {
          with.head();
          with.send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n" + with.read(size));
          with.awaitEnd();
        });
        RawClient client = RawClient.openTls(edge.https())) {
      edge.route("a", Map.of("proxy-body-size", "0"), upstream);
      String body = "0123456789abcdef".repeat(size / 16);
      client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n" + body);
      assertThat(client.answer().endsWith("\r\n\r\n" + body)).isTrue();
    }
  }

  @Test
  void whatAClientSendsAheadIsBounded() {
    AtomicLong sent = new AtomicLong();
    CountDownLatch answer = new CountDownLatch(1);
    try (RunningEdge edge = edge("sluice.edge.pipelined-bytes", "1 KiB");
        ScriptedUpstream upstream = new ScriptedUpstream(with -> {
          with.request();
          awaitLatch(answer);
        });
        RawClient client = edge.client()) {
      edge.route("a", Map.of(), upstream);
      client.get("a", "/");
      CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
        try {
          push(sent, client::send);
        } catch (java.io.UncheckedIOException e) {
          // the test is over
        }
      });
      assertThat(whereItStops(sent)).isLessThan(MOST_HELD);
      client.reset();
      answer.countDown();
      RunningEdge.await(sending);
    }
  }

  @Test
  void aStopWaitsForTheLastByteOfTheLastAnswer() {
    int size = 32 * MIB;
    try (RunningEdge edge = edge("sluice.proxy.unsent-bytes", "64 MiB");
        ScriptedUpstream upstream = new ScriptedUpstream(with -> {
          with.request();
          with.send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
          with.send(new byte[size]);
          with.awaitEnd();
        });
        RawClient client = RawClient.openSmall(edge.http())) {
      edge.route("a", Map.of(), upstream);
      client.get("a", "/").head();
      await().atMost(RunningEdge.DEADLINE).until(() -> !edge.over().isEmpty());
      CompletableFuture<Void> stopped = edge.stop(RunningEdge.DEADLINE);
      assertThat(client.read(size)).hasSize(size);
      RunningEdge.await(stopped);
    }
  }

  @Test
  void aStopLetsRunningRequestsEndAndTakesNoMore() {
    CountDownLatch go = new CountDownLatch(1);
    try (RunningEdge edge = edge();
        ScriptedUpstream upstream = new ScriptedUpstream(with -> {
          with.request();
          awaitLatch(go);
          with.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
          with.awaitEnd();
        });
        RawClient running = edge.client();
        RawClient idle = edge.client()) {
      edge.route("a", Map.of(), upstream);
      idle.get("nobody", "/").answer();
      running.get("a", "/");
      await().atMost(RunningEdge.DEADLINE).until(() -> upstream.heads().size() == 1);
      CompletableFuture<Void> stopped = edge.stop(RunningEdge.DEADLINE);
      assertThat(idle.rest()).isEmpty();
      await().atMost(RunningEdge.DEADLINE).until(() -> refuses(edge));
      assertThat(stopped).isNotDone();
      go.countDown();
      assertThat(running.rest()).contains("\r\nConnection: close\r\n").endsWith("ok");
      RunningEdge.await(stopped);
    }
  }

  @Test
  void aStopBreaksOffWhatTakesTooLong() {
    try (RunningEdge edge = edge();
        ScriptedUpstream upstream = new ScriptedUpstream(with -> {
          with.request();
          with.awaitEnd();
        });
        RawClient client = edge.client()) {
      edge.route("a", Map.of(), upstream);
      client.get("a", "/");
      await().atMost(RunningEdge.DEADLINE).until(() -> upstream.heads().size() == 1);
      RunningEdge.await(edge.stop(Duration.ofMillis(100)));
      client.untilReset();
    }
  }

  private static boolean refuses(RunningEdge edge) {
    try {
      edge.client().close();
      return false;
    } catch (java.io.UncheckedIOException e) {
      return true;
    }
  }

  private static void sendTo(ScriptedUpstream.Conversation with, byte[] block) {
    try {
      with.send(block);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
