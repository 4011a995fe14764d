package dev.sluice.proxy;

import dev.sluice.node.GeneratedTls;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A connection on which every byte is the test's own. Text is one char per byte. Reads fail after a deadline. */
final class RawClient implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  private RawClient(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout((int) RunningEdge.DEADLINE.toMillis());
    this.in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
    this.out = socket.getOutputStream();
  }

  static RawClient open(InetSocketAddress address) {
    try {
      Socket socket = new Socket();
      socket.connect(address, (int) RunningEdge.DEADLINE.toMillis());
      return new RawClient(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A client that can hold few bytes that the test has not read. */
  static RawClient openSmall(InetSocketAddress address) {
    try {
      Socket socket = new Socket();
      socket.setReceiveBufferSize(4096);
      socket.connect(address, (int) RunningEdge.DEADLINE.toMillis());
      return new RawClient(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** TLS without asking who answers. */
  static RawClient openTls(InetSocketAddress address) {
    try {
      SSLSocket socket = (SSLSocket)
          trustAll().getSocketFactory().createSocket(address.getAddress(), address.getPort());
      socket.setSoTimeout((int) RunningEdge.DEADLINE.toMillis());
      socket.startHandshake();
      return new RawClient(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static SSLContext trustAll() {
    try {
      return GeneratedTls.trustAll();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  InetSocketAddress local() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  RawClient send(String latin) {
    return send(latin.getBytes(StandardCharsets.ISO_8859_1));
  }

  RawClient send(byte[] bytes) {
    try {
      out.write(bytes);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  RawClient get(String host, String target) {
    return send("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
  }

  /** The next head with its empty line; empty if the connection ended. */
  String head() {
    return Streams.head(in);
  }

  String read(int bytes) {
    return Streams.read(in, bytes);
  }

  /** The next line, without its end. */
  String line() {
    StringBuilder line = new StringBuilder();
    while (line.indexOf("\r\n") < 0) {
      line.append(read(1));
    }
    return line.substring(0, line.length() - 2);
  }

  int skip(int bytes) {
    return Streams.skip(in, bytes);
  }

  /** The next head and the body that its Content-Length names. */
  String answer() {
    String head = head();
    return head + read(Integer.parseInt(Streams.field(head, "Content-Length")));
  }

  /** All bytes until the other side ends the connection in peace; fails if it is reset. */
  String rest() {
    try {
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Bytes until the connection is reset; fails if it ends in peace. */
  String untilReset() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      for (int b = in.read(); b >= 0; b = in.read()) {
        all.write(b);
      }
    } catch (java.net.SocketTimeoutException e) {
      throw new AssertionError("neither reset nor ended: " + all, e);
    } catch (IOException e) {
      return all.toString(StandardCharsets.ISO_8859_1);
    }
    throw new AssertionError("ended in peace: " + all.toString(StandardCharsets.ISO_8859_1));
  }

  /** Says that no more will be sent. */
  void finish() {
    try {
      socket.shutdownOutput();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void reset() {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
