package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Starting and stopping what listens. */
@ParameterizedClass(name = "event loop: {0}")
@ValueSource(booleans = {true, false})
class WorkersIT {
  @Parameter
  boolean eventLoop;

  @Test
  void severalWorkersServeOnePort() {
    try (RunningEdge edge = RunningEdge.start(eventLoop, Map.of("sluice.edge.workers", 4))) {
      for (int i = 0; i < 50; i++) {
        try (RawClient client = edge.client()) {
          assertThat(client.get("nobody", "/").answer()).startsWith("HTTP/1.1 404 ");
        }
      }
    }
  }

  @Test
  void aTakenPortIsNamedAtStart() throws IOException {
    InetAddress address = InetAddress.getByAddress(new byte[] {127, 0, 2, 1});
    try (ServerSocket taken = new ServerSocket(0, 1, address)) {
      Map<String, Object> settings =
          Map.of("sluice.edge.port", taken.getLocalPort(), "sluice.edge.workers", 2);
      assertThatThrownBy(() -> RunningEdge.start(eventLoop, settings))
          .rootCause()
          .isInstanceOf(IOException.class);
      assertThatThrownBy(() -> RunningEdge.start(eventLoop, settings))
          .hasStackTraceContaining("can't listen on 127.0.2.1:" + taken.getLocalPort());
    }
  }

  @Test
  void aStoppedPortIsFreeAtOnceEvenWithConnectionsLeft() {
    RunningEdge first = RunningEdge.start(eventLoop, Map.of());
    int port = first.http().getPort();
    try (RawClient left = first.client()) {
      left.get("nobody", "/").answer();
      left.send("GET / HTTP/1.1\r\nHo");
      RunningEdge.await(first.stop(Duration.ofMillis(100)));
      try (RunningEdge second = RunningEdge.start(eventLoop, Map.of("sluice.edge.port", port));
          RawClient client = second.client()) {
        assertThat(client.get("nobody", "/").answer()).startsWith("HTTP/1.1 404 ");
      }
    }
  }

  @Test
  void aConnectionAboveTheLimitIsResetAndRoomIsMadeByOneThatGoes() {
    try (RunningEdge edge = RunningEdge.start(eventLoop, Map.of("sluice.edge.connections", 1));
        RawClient first = edge.client()) {
      first.get("nobody", "/").answer();
      assertThat(serves(edge)).isFalse();
      first.send("GET / HTTP/1.1\r\nHost: nobody\r\nConnection: close\r\n\r\n").rest();
      first.finish();
      org.awaitility.Awaitility.await().atMost(RunningEdge.DEADLINE).until(() -> serves(edge));
    }
  }

  private static boolean serves(RunningEdge edge) {
    try (RawClient client = edge.client()) {
      return client.get("nobody", "/").head().startsWith("HTTP/1.1 404 ");
    } catch (java.io.UncheckedIOException e) {
      return false;
    }
  }
}
