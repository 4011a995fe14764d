package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.node.GeneratedTls;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A worker's thread waits for its selector and for nothing else. The JVM's flight recorder notes every sleep, park, wait, contended
 * lock and blocking read or write of it while traffic of all kinds runs; class loading and the JVM's own pauses are none of these.
 */
class BlockingIT {
  private static final Set<String> BLOCKING = Set.of(
      "jdk.ThreadSleep",
      "jdk.ThreadPark",
      "jdk.JavaMonitorWait",
      "jdk.JavaMonitorEnter",
      "jdk.SocketRead",
      "jdk.SocketWrite",
      "jdk.FileRead",
      "jdk.FileWrite",
      "jdk.FileForce");

  /** What of all this counts from the first nanosecond, and what only if it lasts. */
  private static final Duration CONTENDED = Duration.ofMillis(10);

  @TempDir
  Path folder;

  @Test
  void aWorkerWaitsForItsSelectorAndForNothingElse() throws Exception {
    Path file = folder.resolve("recording.jfr");
    try (RunningEdge edge = RunningEdge.startWith(true);
        Recording recording = new Recording()) {
      traffic(edge);
      for (String event : BLOCKING) {
        recording
            .enable(event)
            .withThreshold(event.equals("jdk.JavaMonitorEnter") ? CONTENDED : Duration.ZERO)
            .withStackTrace();
      }
      recording.start();
      traffic(edge);
      recording.stop();
      recording.dump(file);
    }
    assertThat(blocked(file)).isEmpty();
  }

  /** The watch itself: somebody who sleeps on a worker is seen. */
  @Test
  void whoeverSleepsOnAWorkerIsSeen() throws Exception {
    Path file = folder.resolve("recording.jfr");
    try (RunningEdge edge =
            RunningEdge.start(true, Map.of(), scope -> new dev.sluice.edge.Service() {
              @Override
              public void arrived(dev.sluice.edge.Arrival arrival) {
                java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
                arrival.head(200, "OK");
                arrival.headEnd(0);
                arrival.end();
              }

              @Override
              public void malformed(
                  dev.sluice.wire.Malformed malformed, dev.sluice.edge.Reply reply) {
                throw new AssertionError(malformed.reason());
              }
            });
        Recording recording = new Recording()) {
      recording.enable("jdk.ThreadPark").withThreshold(Duration.ZERO).withStackTrace();
      recording.start();
      try (RawClient client = edge.client()) {
        assertThat(client.get("a", "/").answer()).startsWith("HTTP/1.1 200 ");
      }
      recording.stop();
      recording.dump(file);
    }
    assertThat(blocked(file)).isNotEmpty();
  }

  private static List<String> blocked(Path file) throws IOException {
    List<String> blocked = new ArrayList<>();
    for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
      RecordedThread thread = event.getThread();
      if (thread != null && isWorker(String.valueOf(thread.getJavaName())) && !mayWait(event)) {
        blocked.add(event.getEventType().getName() + " on " + thread.getJavaName() + " at "
            + (event.getStackTrace() == null
                ? "?"
                : event.getStackTrace().getFrames().stream()
                    .map(frame -> frame.getMethod().getType().getName() + "."
                        + frame.getMethod().getName())
                    .limit(12)
                    .toList()));
      }
    }
    return blocked;
  }

  private static boolean isWorker(String thread) {
    return thread.matches("sluice-edge-\\d+");
  }

  /**
   * The sockets of a worker never block, nor do random numbers of the kernel.
   */
  private static boolean mayWait(RecordedEvent event) {
    if (event.getStackTrace() == null) {
      return false;
    }
    if (event.hasField("path") && "/dev/urandom".equals(event.getString("path"))) {
      return true;
    }
    boolean socket = event.getEventType().getName().startsWith("jdk.Socket");
    if (socket
        && event.getStackTrace().getFrames().stream()
            .anyMatch(frame ->
                frame.getMethod().getType().getName().equals("dev.sluice.edge.ChannelLink"))) {
      return true;
    }
    return false;
  }

  private void traffic(RunningEdge edge) throws Exception {
    EchoService echo = new EchoService();
    Server server = NettyServerBuilder.forAddress(new InetSocketAddress(ScriptedUpstream.HOST, 0))
        .addService(echo.definition())
        .build()
        .start();
    try (ScriptedUpstream upstream = new ScriptedUpstream(with -> {
          while (!with.request().isEmpty()) {
            with.send(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello");
          }
        });
        ScriptedUpstream streaming = new ScriptedUpstream(with -> {
          while (!with.request().isEmpty()) {
            with.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < 100; i++) {
              with.send("5\r\nhello\r\n");
            }
            with.send("0\r\n\r\n");
          }
        })) {
      edge.route("127.0.2.1", Map.of(), upstream);
      edge.route("streaming", Map.of(), streaming);
      edge.route("closed", Map.of(), upstream);
      edge.routeToPorts("closed", Map.of(), List.of(RunningEdge.freePort()));
      edge.route(
          "asking",
          Map.of("auth-url", "http://" + ScriptedUpstream.HOST + ":" + upstream.port() + "/auth"),
          upstream);
      edge.routeToPorts("grpc", Map.of("backend-protocol", "GRPC"), List.of(server.getPort()));
      try (RawClient client = edge.client()) {
        for (int i = 0; i < 200; i++) {
          assertThat(client.get("127.0.2.1", "/" + i).answer()).endsWith("hello");
        }
        assertThat(client.get("asking", "/").answer()).endsWith("hello");
        assertThat(client.get("closed", "/").answer()).startsWith("HTTP/1.1 502 ");
        assertThat(client.get("nowhere", "/").answer()).startsWith("HTTP/1.1 404 ");
        client.get("streaming", "/").head();
        assertThat(client.read(100 * 10 + 5)).endsWith("0\r\n\r\n");
      }
      overTls(edge);
      overGrpc(edge);
    } finally {
      server.shutdownNow();
    }
  }

  private static void overTls(RunningEdge edge) throws Exception {
    HttpClient client = HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_2)
        .sslContext(GeneratedTls.trustAll())
        .build();
    for (int i = 0; i < 100; i++) {
      HttpRequest request = HttpRequest.newBuilder(
              URI.create("https://127.0.2.1:" + edge.https().getPort() + "/" + i))
          .POST(BodyPublishers.ofString("x".repeat(i * 100)))
          .build();
      assertThat(client.send(request, BodyHandlers.ofString()).body()).isEqualTo("hello");
    }
  }

  private static void overGrpc(RunningEdge edge) {
    ManagedChannel channel = NettyChannelBuilder.forAddress(edge.http())
        .overrideAuthority("grpc")
        .usePlaintext()
        .build();
    try {
      for (int i = 0; i < 100; i++) {
        assertThat(ClientCalls.blockingUnaryCall(
                channel, EchoService.ONE, CallOptions.DEFAULT, "text " + i))
            .isEqualTo("text " + i);
      }
    } finally {
      channel.shutdownNow();
    }
  }
}
