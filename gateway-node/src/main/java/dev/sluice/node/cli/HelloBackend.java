package dev.sluice.node.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.wire.Addresses;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The backend of the example Ingress: tells what reached it. */
final class HelloBackend implements AutoCloseable {
  /** As the example EndpointSlice has it. */
  private static final InetSocketAddress ADDRESS = Addresses.of("127.0.0.1", 8090);

  private static final int THREADS = 4;

  private final HttpServer server;
  private final ExecutorService executor;

  private HelloBackend(HttpServer server, ExecutorService executor) {
    this.server = server;
    this.executor = executor;
  }

  /** Starts it, unless something listens there already: then the examples are served by that. */
  static AutoCloseable start() throws IOException {
    HttpServer server;
    try {
      server = HttpServer.create(ADDRESS, 0);
    } catch (BindException e) {
      System.out.println("the example Ingress is answered by what listens on "
          + ADDRESS.getHostString() + ":" + ADDRESS.getPort() + " already");
      return () -> {};
    }
    ExecutorService executor = Executors.newFixedThreadPool(THREADS, task -> {
      Thread thread = new Thread(task, "hello-backend");
      thread.setDaemon(true);
      return thread;
    });
    server.setExecutor(executor);
    server.createContext("/", HelloBackend::answer);
    server.start();
    return new HelloBackend(server, executor);
  }

  private static void answer(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    StringBuilder text = new StringBuilder("hello from behind Sluice\n\n")
        .append(exchange.getRequestMethod())
        .append(' ')
        .append(exchange.getRequestURI())
        .append('\n');
    new TreeMap<>(exchange.getRequestHeaders())
        .forEach((name, values) ->
            text.append(name).append(": ").append(String.join(", ", values)).append('\n'));
    byte[] body = text.toString().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(200, head ? -1 : body.length);
    if (!head) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }
}
