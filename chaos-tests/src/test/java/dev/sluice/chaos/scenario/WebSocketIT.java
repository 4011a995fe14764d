package dev.sluice.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.chaos.fault.Installation;
import dev.sluice.chaos.fault.Manifests;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** WebSocket over HTTP/2 through a whole node, by libraries that nobody here wrote: {@code src/test/python/websocket_h2.py}. */
class WebSocketIT {
  private static final Path PYTHON =
      Path.of("target", "python", "bin", "python").toAbsolutePath();

  private static final Path SCRIPT = Path.of("src", "test", "python", "websocket_h2.py");
  private static final String HOST = "127.0.7.72";

  @TempDir
  static Path folder;

  @Test
  void aWebSocketOverHttp2IsTalkedToThroughTheGateway() throws Exception {
    assumeTrue(
        Files.isExecutable(PYTHON),
        "h2 and wsproto are not installed: needs python3 with venv and access to a package index");
    int port = freePort();
    Manifests manifests = Manifests.withModels(folder.resolve("manifests")).withHello(port);
    try (Installation sluice = Installation.start(
        folder.resolve("data"), HOST, "run", "--manifests", manifests.folder().toString())) {
      assertThat(sluice.url(1)).isEqualTo("http://" + HOST + ":8080");
      Process process = new ProcessBuilder(
              PYTHON.toString(), SCRIPT.toString(), HOST, "8080", "hello.localhost", "" + port)
          .redirectErrorStream(true)
          .start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(output).isZero();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
