package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.wire.Http2Frames;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that mean harm lose their connection; one that asks without pause meanwhile has no failed request. */
@ParameterizedClass(name = "event loop: {0}")
@ValueSource(booleans = {true, false})
class FloodIT {
  private static final int FRAMES = 20_000;
  private static final int ENHANCE_YOUR_CALM = 11;
  private static final int TIMES = 10;
  private static final int PART = 4;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** What an attacker sends over HTTP/2, frame by frame; numbers count from 0. */
  enum Frames {
    RAPID_RESET((client, i) ->
        client.get(2 * i + 1, "a", "/").send(Http2Frames.reset(2 * i + 1, Http2Frames.Why.CANCEL))),
    RESET_BY_ERRORS_OF_ITS_OWN((client, i) ->
        client.get(2 * i + 1, "a", "/").send(Http2Frames.windowUpdate(2 * i + 1, 0))),
    CONTINUATION_WITHOUT_END((client, i) -> client.frame(
        i == 0 ? Http2Frames.HEADERS : Http2Frames.CONTINUATION,
        0,
        1,
        Http2Client.block("x" + i, "y".repeat(1000)))),
    CONTINUATION_OF_NOTHING((client, i) -> client.frame(
        i == 0 ? Http2Frames.HEADERS : Http2Frames.CONTINUATION, 0, 1, i == 0 ? "\0" : "")),
    SETTINGS((client, i) ->
        client.send(Http2Frames.settings(Http2Frames.INITIAL_WINDOW_SIZE, 1000 + i))),
    PING((client, i) -> client.frame(Http2Frames.PING, 0, 0, "12345678")),
    PRIORITY((client, i) -> client.frame(Http2Frames.PRIORITY, 0, 2 * i + 1, "\0\0\0\0\0")),
    EMPTY_DATA((client, i) -> (i == 0 ? client.post(1, "a", "/") : client).data(1, false, "")),
    UNKNOWN_FRAMES((client, i) -> client.frame(99, 0, 0, ""));

    @SuppressWarnings("ImmutableEnumChecker") // has no state
    private final BiConsumer<Http2Client, Integer> frame;

    Frames(BiConsumer<Http2Client, Integer> frame) {
      this.frame = frame;
    }
  }

  /** What an attacker does over HTTP/1.1. */
  enum Slowness {
    /** A head that never ends. */
    SLOWLORIS("GET / HTTP/1.1\r\nHost: a\r\n", "X: y\r\n"),
    /** A body that does not come. */
    SLOW_BODY("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n", ""),
    /** An answer that is not read. */
    SLOW_READER("GET /large HTTP/1.1\r\nHost: large\r\n\r\n", ""),
    /** More fields than are taken. */
    MANY_FIELDS("GET / HTTP/1.1\r\nHost: a\r\n" + "X: y\r\n".repeat(5000), ""),
    /** A field without end. */
    LONG_FIELD("GET / HTTP/1.1\r\nHost: a\r\nX: " + "y".repeat(200_000), ""),
    /** A body in chunks of one byte with long extensions, which never ends. */
    CHUNK_EXTENSIONS(
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;" + "x".repeat(10_000),
        "");

    private final String start;
    private final String drip;

    Slowness(String start, String drip) {
      this.start = start;
      this.drip = drip;
    }
  }

  @Parameter
  boolean eventLoop;

  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicInteger good = new AtomicInteger();
  private RunningEdge edge;
  private ScriptedUpstream upstream;
  private ScriptedUpstream large;
  private CompletableFuture<Void> steady;

  @BeforeEach
  void start() {
    edge = RunningEdge.startWith(
        eventLoop,
        "sluice.edge.http2.resets",
        50,
        "sluice.edge.http2.control-frames",
        200,
        "sluice.edge.head-timeout",
        "1 s",
        "sluice.edge.body-timeout",
        "1 s",
        "sluice.edge.send-timeout",
        "1 s");
    upstream = ScriptedUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    large = new ScriptedUpstream(with -> {
      with.head();
      with.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
      while (true) {
        with.send(new byte[64 * 1024]);
      }
    });
    edge.route("a", Map.of(), upstream);
    edge.route("large", Map.of(), large);
    steady = CompletableFuture.runAsync(this::askSteadily);
  }

  private void askSteadily() {
    try (RawClient client = edge.client()) {
      while (!stop.get()) {
        assertThat(client.get("a", "/").answer()).startsWith("HTTP/1.1 200 OK").endsWith("hello");
        good.incrementAndGet();
      }
    }
  }

  @AfterEach
  void theSteadyClientHasNoFailedRequest() {
    int before = good.get();
    await().atMost(RunningEdge.DEADLINE).until(() -> steady.isDone() || good.get() > before + 10);
    stop.set(true);
    RunningEdge.await(steady);
    edge.close();
    upstream.close();
    large.close();
  }

  @ParameterizedTest
  @EnumSource
  void whoeverFloodsWithFramesIsCutOff(Frames shape) {
    try (Http2Client attacker = Http2Client.open(edge)) {
      CompletableFuture<Void> flooding = CompletableFuture.runAsync(() -> {
        try {
          for (int i = 0; i < FRAMES; i++) {
            shape.frame.accept(attacker, i);
          }
        } catch (UncheckedIOException e) {
          // cut off
        }
      });
      assertThat(attacker.next(Http2Frames.GOAWAY).code()).isEqualTo(ENHANCE_YOUR_CALM);
      attacker.awaitEnd();
      RunningEdge.await(flooding);
    }
  }

  /** As long as it likes, with a quarter of a core. */
  @ParameterizedTest
  @EnumSource
  void whoeverComesBackIsCutOffAgain(Frames shape) {
    Share quarter = new Share();
    for (int time = 0; time < TIMES; time++) {
      int before = good.get();
      try (Http2Client attacker = Http2Client.open(edge)) {
        for (int i = 0; i < FRAMES; i++) {
          shape.frame.accept(attacker, i);
          quarter.keep();
        }
      } catch (UncheckedIOException e) {
        // cut off
      }
      await().atMost(RunningEdge.DEADLINE).until(() -> steady.isDone() || good.get() > before);
    }
    assertThat(steady).isNotDone();
  }

  /** Rests as often as it takes for its thread to have no more than a quarter of a core. */
  private static final class Share {
    private static final long LEAST_NANOS = 1_000_000;

    private final long beganNanos = System.nanoTime();
    private final long beforeNanos = THREADS.getCurrentThreadCpuTime();

    void keep() {
      long used = THREADS.getCurrentThreadCpuTime() - beforeNanos;
      long ahead = PART * used - (System.nanoTime() - beganNanos);
      if (ahead > LEAST_NANOS) {
        LockSupport.parkNanos(ahead);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoeverIsSlowOrTakesWithoutEndIsCutOff(Slowness shape) {
    try (RawClient attacker = RawClient.openSmall(edge.http())) {
      CompletableFuture<Void> dripping = CompletableFuture.runAsync(() -> {
        try {
          attacker.send(shape.start);
          while (!shape.drip.isEmpty()) {
            attacker.send(shape.drip);
            int before = good.get();
            await().atMost(RunningEdge.DEADLINE).until(() -> good.get() > before + 20);
          }
        } catch (UncheckedIOException e) {
          // cut off
        }
      });
      RunningEdge.await(cutOff(shape));
      if (shape == Slowness.SLOW_READER) {
        attacker.untilReset();
      } else {
        assertThat(attacker.head()).matches("(?s)(HTTP/1.1 4(00|08|31) .*)?");
      }
      RunningEdge.await(dripping);
    }
  }

  /** Completed once the gateway has written the attacker's request off. */
  private CompletableFuture<Void> cutOff(Slowness shape) {
    return CompletableFuture.runAsync(() -> await()
        .atMost(RunningEdge.DEADLINE)
        .until(() -> edge.over().stream()
            .anyMatch(line -> line.startsWith("malformed ")
                || line.startsWith(shape == Slowness.SLOW_READER ? "large " : "a ")
                    && line.contains("left"))));
  }
}
