package dev.sluice.node;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A provider of OpenAI's chat completions that says what it is told to of its limits, by the key that it is asked with, and of its queue.
 * Answers can be held back.
 */
final class BalancedProvider implements AutoCloseable {
  private static final byte[] ANSWER =
      ("{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,"
              + "\"finish_reason\":\"stop\",\"message\":{\"role\":\"assistant\",\"content\":\"hello\"}}],"
              + "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,\"total_tokens\":2}}")
          .getBytes(StandardCharsets.UTF_8);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;
  private final List<String> keys = new CopyOnWriteArrayList<>();
  private final Map<String, Map<String, String>> fields = new ConcurrentHashMap<>();
  private volatile String metrics = "";
  private final List<Integer> probes = new CopyOnWriteArrayList<>();
  private final Map<String, Integer> lists = new ConcurrentHashMap<>();
  private volatile CountDownLatch gate = new CountDownLatch(0);

  BalancedProvider(String host) throws IOException {
    server = HttpServer.create(new InetSocketAddress(host, 0), 0);
    server.setExecutor(threads);
    server.createContext("/v1/chat/completions", this::answer);
    server.createContext("/metrics", this::metrics);
    server.createContext("/v1/models", this::models);
    server.start();
  }

  /** For the field {@code baseUrl} of a ModelProvider. */
  String url() {
    return "http://" + server.getAddress().getAddress().getHostAddress() + ":"
        + server.getAddress().getPort() + "/v1";
  }

  /** From now on its answers say so in their heads. */
  void says(String key, Map<String, String> all) {
    fields.put("Bearer " + key, all);
  }

  /** From now on its page of metrics is this; empty: there is none. */
  void metrics(String text) {
    metrics = text;
  }

  /** From now on it answers nobody, until {@link #release}. */
  void hold() {
    gate = new CountDownLatch(1);
  }

  void release() {
    gate.countDown();
  }

  /** From now on its list of models is answered so, to this key. */
  void lists(String key, int status) {
    lists.put("Bearer " + key, status);
  }

  /** What it has answered to those who wanted its list of models. */
  List<Integer> probes() {
    return List.copyOf(probes);
  }

  int asked() {
    return keys.size();
  }

  /** How often it was asked with this key. */
  long asked(String key) {
    return keys.stream().filter(("Bearer " + key)::equals).count();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      String key = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
      keys.add(key);
      gate.await();
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      fields.getOrDefault(key, Map.of()).forEach(exchange.getResponseHeaders()::set);
      exchange.sendResponseHeaders(200, ANSWER.length);
      exchange.getResponseBody().write(ANSWER);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void models(HttpExchange exchange) throws IOException {
    try (exchange) {
      String key = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
      int status = lists.getOrDefault(key, 200);
      exchange.sendResponseHeaders(status, -1);
      probes.add(status);
    }
  }

  private void metrics(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] text = metrics.getBytes(StandardCharsets.UTF_8);
      if (text.length == 0) {
        exchange.sendResponseHeaders(404, -1);
      } else {
        exchange.sendResponseHeaders(200, text.length);
        exchange.getResponseBody().write(text);
      }
    }
  }

  @Override
  public void close() {
    release();
    server.stop(0);
    threads.shutdownNow();
  }
}
