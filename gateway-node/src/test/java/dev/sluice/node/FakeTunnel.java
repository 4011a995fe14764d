package dev.sluice.node;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A server that changes to another protocol for everybody, and sends back all that it gets then. */
final class FakeTunnel implements AutoCloseable {
  private final ServerSocket server;
  private volatile String head = "";

  FakeTunnel() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::serve, "fake-tunnel");
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return server.getLocalPort();
  }

  /** Of the last request. */
  String head() {
    return head;
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        head = head(socket.getInputStream());
        socket
            .getOutputStream()
            .write(String.join(
                    "\r\n",
                    "HTTP/1.1 101 Switching Protocols",
                    "Upgrade: websocket",
                    "Connection: Upgrade",
                    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
                    "",
                    "")
                .getBytes(StandardCharsets.US_ASCII));
        socket.getInputStream().transferTo(socket.getOutputStream());
      } catch (IOException e) {
        // The next one, or closed.
      }
    }
  }

  /** Reads up to the empty line. */
  static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0; b = in.read()) {
      head.write(b);
      if (head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
        break;
      }
    }
    return head.toString(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
