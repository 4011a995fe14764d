package dev.sluice.proxy;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** An application that speaks FastCGI on plain sockets, and answers each request with the same bytes. */
final class FastCgiApplication implements AutoCloseable {
  /** What one request came with. */
  record Asked(Map<String, String> params, String body) {}

  private static final byte[] ADDRESS = {127, 0, 2, 2};
  private static final int PARAMS = 4;
  private static final int STDIN = 5;
  private static final int STDOUT = 6;
  private static final int STDERR = 7;
  private static final int END = 3;

  private final ServerSocket listener;
  private final byte[] answer;
  private final int piece;
  private final boolean ends;
  private final Queue<Asked> asked = new ConcurrentLinkedQueue<>();

  /**
   * Listens.
   *
   * @param piece most bytes of the answer in one record
   * @param ends whether it says that its answer is whole
   */
  FastCgiApplication(String answer, int piece, boolean ends) {
    this.answer = answer.getBytes(StandardCharsets.ISO_8859_1);
    this.piece = piece;
    this.ends = ends;
    try {
      this.listener = new ServerSocket(0, 10, InetAddress.getByAddress(ADDRESS));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread thread = new Thread(this::accept, "application");
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return listener.getLocalPort();
  }

  Queue<Asked> asked() {
    return asked;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try (Socket socket = listener.accept()) {
        serve(
            new DataInputStream(socket.getInputStream()),
            new DataOutputStream(socket.getOutputStream()));
      } catch (IOException e) {
        // the gateway has left, or this is over
      }
    }
  }

  private void serve(DataInputStream in, DataOutputStream out) throws IOException {
    java.io.ByteArrayOutputStream params = new java.io.ByteArrayOutputStream();
    java.io.ByteArrayOutputStream body = new java.io.ByteArrayOutputStream();
    while (true) {
      in.readUnsignedByte();
      int type = in.readUnsignedByte();
      int id = in.readUnsignedShort();
      int size = in.readUnsignedShort();
      int padding = in.readUnsignedByte();
      in.readUnsignedByte();
      byte[] content = in.readNBytes(size);
      in.readNBytes(padding);
      if (type == PARAMS) {
        params.write(content);
      } else if (type == STDIN && size > 0) {
        body.write(content);
      } else if (type == STDIN) {
        asked.add(
            new Asked(decoded(params.toByteArray()), body.toString(StandardCharsets.ISO_8859_1)));
        answer(out, id);
        return;
      }
    }
  }

  private void answer(DataOutputStream out, int id) throws IOException {
    record(out, STDERR, id, "a warning".getBytes(StandardCharsets.US_ASCII), 0, 9);
    for (int at = 0; at < answer.length; at += piece) {
      record(out, STDOUT, id, answer, at, Math.min(piece, answer.length - at));
    }
    if (ends) {
      record(out, STDOUT, id, answer, 0, 0);
      record(out, END, id, new byte[8], 0, 8);
    }
    out.flush();
  }

  private static void record(
      DataOutputStream out, int type, int id, byte[] bytes, int from, int size) throws IOException {
    int padding = (8 - size % 8) % 8;
    out.writeByte(1);
    out.writeByte(type);
    out.writeShort(id);
    out.writeShort(size);
    out.writeByte(padding);
    out.writeByte(0);
    out.write(bytes, from, size);
    out.write(new byte[padding]);
  }

  private static Map<String, String> decoded(byte[] bytes) throws IOException {
    Map<String, String> params = new TreeMap<>();
    DataInputStream in = new DataInputStream(new java.io.ByteArrayInputStream(bytes));
    while (in.available() > 0) {
      int name = length(in);
      int value = length(in);
      params.put(
          new String(in.readNBytes(name), StandardCharsets.ISO_8859_1),
          new String(in.readNBytes(value), StandardCharsets.ISO_8859_1));
    }
    return params;
  }

  private static int length(DataInputStream in) throws IOException {
    int first = in.readUnsignedByte();
    return first < 128
        ? first
        : (first & 127) << 24 | in.readUnsignedShort() << 8 | in.readUnsignedByte();
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
