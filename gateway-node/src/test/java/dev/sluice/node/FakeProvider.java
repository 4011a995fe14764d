package dev.sluice.node;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A server of a provider's API: answers each path as it was told, and keeps what it was asked last. */
final class FakeProvider implements AutoCloseable {
  /** @param headers by their name in lower case */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Asked(String method, String target, Map<String, String> headers, byte[] body) {
    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  /** @param fields of the head beside the type */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Answer(int status, String type, Map<String, String> fields, byte[] body, boolean endless) {
    Answer(int status, String type, Map<String, String> fields, byte[] body) {
      this(status, type, fields, body, false);
    }

    /** Says this again and again. */
    static Answer endless(String events) {
      return new Answer(200, "text/event-stream", Map.of(), bytes(events), true);
    }

    static Answer json(String json) {
      return new Answer(200, "application/json", Map.of(), bytes(json));
    }

    static Answer events(String events) {
      return new Answer(200, "text/event-stream", Map.of(), bytes(events));
    }

    /** @param text with ' for " */
    private static byte[] bytes(String text) {
      return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }
  }

  private static final long PACE_MILLIS = 20;

  private final HttpServer server;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final Map<String, Asked> asked = new ConcurrentHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  FakeProvider() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", this::handle);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** @param target with its query, as it is sent */
  void answers(String target, Answer answer) {
    answers.put(target, answer);
  }

  /** What came last for a target; null if nothing did. */
  @Nullable
  Asked asked(String target) {
    return asked.get(target);
  }

  private void handle(HttpExchange exchange) throws IOException {
    String target = exchange.getRequestURI().toString();
    Map<String, String> headers = new ConcurrentHashMap<>();
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> headers.put(name.toLowerCase(java.util.Locale.ROOT), values.get(0)));
    asked.put(
        target,
        new Asked(
            exchange.getRequestMethod(),
            target,
            headers,
            exchange.getRequestBody().readAllBytes()));
    Answer answer = answers.getOrDefault(
        target,
        new Answer(404, "application/json", Map.of(), "{}".getBytes(StandardCharsets.UTF_8)));
    exchange.getResponseHeaders().set("Content-Type", answer.type());
    answer.fields().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
    int length = answer.endless() ? 0 : answer.body().length == 0 ? -1 : answer.body().length;
    exchange.sendResponseHeaders(answer.status(), length);
    try (exchange) {
      exchange.getResponseBody().write(answer.body());
      while (answer.endless() && !closed.await(PACE_MILLIS, TimeUnit.MILLISECONDS)) {
        exchange.getResponseBody().write(answer.body());
        exchange.getResponseBody().flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
  }
}
