package dev.sluice.ingress.kube;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/** Answers as an API server does in moments that a real one has too rarely. Every kind is empty unless told otherwise. */
final class ScriptedApiServer implements AutoCloseable {
  private static final String END = "";

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;
  private final Map<String, BlockingQueue<String>> lists = new ConcurrentHashMap<>();
  private final Map<String, BlockingQueue<String>> watches = new ConcurrentHashMap<>();
  private final Map<String, Integer> refusals = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  ScriptedApiServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  Path kubeconfig(Path folder) throws IOException {
    return Files.writeString(
        folder.resolve("kubeconfig"), """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
        users: [{name: u, user: {token: t}}]
        contexts: [{name: c, context: {cluster: c, user: u}}]
        current-context: c
        """.formatted(server.getAddress().getPort()));
  }

  private static BlockingQueue<String> of(Map<String, BlockingQueue<String>> all, String plural) {
    return all.computeIfAbsent(plural, none -> new LinkedBlockingQueue<>());
  }

  /** The next list of these objects; after the last one that was told they are as in that. */
  void list(String plural, String version, String next, String... items) {
    of(lists, plural)
        .add("{\"metadata\": {\"resourceVersion\": \"" + version + "\", \"continue\": \"" + next
            + "\"}, \"items\": [" + String.join(",", items) + "]}");
  }

  /** The next event of a watch of these objects; an ERROR is its last. */
  void event(String plural, String type, String object) {
    of(watches, plural).add("{\"type\": \"" + type + "\", \"object\": " + object + "}\n");
    if (type.equals("ERROR")) {
      end(plural);
    }
  }

  /** Ends the watch of these objects in peace, once its events have been sent. */
  void end(String plural) {
    of(watches, plural).add(END);
  }

  /** From now on; 0: no longer. */
  void refuse(String plural, int status) {
    refusals.put(plural, status);
  }

  /** Queries that have come in for these objects, in order. */
  List<String> requests(String plural) {
    return requests.stream().filter(line -> line.startsWith(plural + "?")).toList();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String plural = path.substring(path.lastIndexOf('/') + 1);
    String query = String.valueOf(exchange.getRequestURI().getQuery());
    requests.add(plural + "?" + query);
    int refusal = refusals.getOrDefault(plural, 0);
    try (exchange) {
      if (refusal != 0) {
        send(exchange, refusal, "{\"kind\": \"Status\", \"message\": \"refused by script\"}");
      } else if (query.contains("watch=true")) {
        watch(exchange, plural);
      } else {
        BlockingQueue<String> queue = of(lists, plural);
        String last = queue.size() > 1 ? queue.poll() : queue.peek();
        send(
            exchange,
            200,
            last == null ? "{\"metadata\": {\"resourceVersion\": \"1\"}, \"items\": []}" : last);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private void watch(HttpExchange exchange, String plural)
      throws IOException, InterruptedException {
    exchange.sendResponseHeaders(200, 0);
    OutputStream body = exchange.getResponseBody();
    body.flush();
    for (String line = of(watches, plural).take();
        !line.equals(END);
        line = of(watches, plural).take()) {
      body.write(line.getBytes(StandardCharsets.UTF_8));
      body.flush();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
