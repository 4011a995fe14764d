package dev.sluice.proxy;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** An upstream on plain sockets that does on each connection what the test says. */
final class ScriptedUpstream implements AutoCloseable {
  static final String HOST = "127.0.2.2";
  private static final byte[] ADDRESS = {127, 0, 2, 2};

  /** What is done on one connection, which then closes. */
  interface Script {
    void run(Conversation with) throws IOException;
  }

  private final ServerSocket listener;
  private final Script script;
  private final Queue<String> heads = new ConcurrentLinkedQueue<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
    Thread thread = new Thread(task, "upstream");
    thread.setDaemon(true);
    return thread;
  });

  ScriptedUpstream(Script script) {
    this.script = script;
    try {
      this.listener = new ServerSocket(0, 100, InetAddress.getByAddress(ADDRESS));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.execute(this::accept);
  }

  /** Answers every request, on connections that stay, with these bytes. */
  static ScriptedUpstream answering(String answer) {
    return new ScriptedUpstream(with -> {
      while (!with.request().isEmpty()) {
        with.send(answer);
      }
    });
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Connections that were accepted so far. */
  int connections() {
    return connections.get();
  }

  /** Heads of the requests that came so far. */
  Queue<String> heads() {
    return heads;
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        connections.incrementAndGet();
        open.add(socket);
        threads.execute(() -> serve(socket));
      }
    } catch (IOException e) {
      // closed: the test is over
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setSoTimeout((int) RunningEdge.DEADLINE.toMillis());
      script.run(new Conversation(socket));
    } catch (IOException | UncheckedIOException e) {
      // a test that cares asks for the connection's end in its script
    } finally {
      open.remove(socket);
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.shutdownNow();
  }

  /** One connection, from the upstream's side. */
  final class Conversation {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    private Conversation(Socket socket) throws IOException {
      this.socket = socket;
      this.in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
      this.out = socket.getOutputStream();
    }

    /** The next head, with its empty line; empty if the connection has ended. */
    String head() {
      String head = Streams.head(in);
      if (!head.isEmpty()) {
        heads.add(head);
      }
      return head;
    }

    /** The next head, and past the body that its Content-Length names. */
    String request() {
      String head = head();
      read(Integer.parseInt(Streams.field(head, "Content-Length")));
      return head;
    }

    String read(int bytes) {
      return Streams.read(in, bytes);
    }

    int skip(int bytes) {
      return Streams.skip(in, bytes);
    }

    void send(String latin) throws IOException {
      send(latin.getBytes(StandardCharsets.ISO_8859_1));
    }

    void send(byte[] bytes) throws IOException {
      out.write(bytes);
      out.flush();
    }

    /** Closes so that the other side sees an error. */
    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    /** Waits for the other side to close, whichever way. */
    void awaitEnd() {
      try {
        while (in.read() >= 0) {}
      } catch (java.net.SocketTimeoutException e) {
        throw new AssertionError("the connection stays open", e);
      } catch (IOException e) {
        // a reset is an end, too
      }
    }
  }
}
