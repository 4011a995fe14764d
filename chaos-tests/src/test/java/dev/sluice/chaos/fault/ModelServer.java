package dev.sluice.chaos.fault;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A provider of OpenAI's chat completions. A key with {@code bad} in it is answered 401; a model is answered with the status that it
 * was told to have, 200 at first, after a while that every answer takes. Notes when each was asked.
 */
public final class ModelServer implements AutoCloseable {
  private static final Pattern MODEL = Pattern.compile("\"model\" ?: ?\"([^\"]*)\"");

  /**
   * One request.
   *
   * @param atNanos when it came, by {@link System#nanoTime}
   */
  public record Asked(String model, int status, long atNanos) {}

  private record Answer(int status, String fields) {}

  private final ExecutorService threads = Executors.newFixedThreadPool(64);
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(4);
  private final HttpServer server;
  private final long millis;
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();

  /** @param millis that each answer takes */
  public ModelServer(long millis) throws IOException {
    this.millis = millis;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** For the field {@code baseUrl} of a ModelProvider. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
  }

  /**
   * From now on the model is answered so.
   *
   * @param retryAfterSeconds 0 for none
   */
  public void answer(String model, int status, int retryAfterSeconds) {
    answers.put(model, new Answer(status, retryAfterSeconds == 0 ? "" : "" + retryAfterSeconds));
  }

  /** All that it was asked so far, in order. */
  public List<Asked> asked() {
    return List.copyOf(asked);
  }

  public long asked(String model) {
    return asked.stream().filter(one -> one.model().equals(model)).count();
  }

  private void answer(HttpExchange exchange) throws IOException {
    long at = System.nanoTime();
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    Matcher found = MODEL.matcher(body);
    String model = found.find() ? found.group(1) : "";
    String key = exchange.getRequestHeaders().getFirst("Authorization");
    Answer answer = key != null && key.contains("bad")
        ? new Answer(401, "")
        : answers.getOrDefault(model, new Answer(200, ""));
    asked.add(new Asked(model, answer.status(), at));
    ScheduledFuture<?> unused =
        timer.schedule(() -> send(exchange, answer), millis, TimeUnit.MILLISECONDS);
  }

  private void send(HttpExchange exchange, Answer answer) {
    try (exchange) {
      write(exchange, answer);
    } catch (IOException e) {
      // whoever asked has gone
    }
  }

  private static void write(HttpExchange exchange, Answer answer) throws IOException {
    String body = answer.status() == 200
        ? "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,"
            + "\"finish_reason\":\"stop\",\"message\":{\"role\":\"assistant\",\"content\":\"hello\"}}],"
            + "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,\"total_tokens\":2}}"
        : "{\"error\":{\"message\":\"no\",\"type\":\"error\",\"code\":null}}";
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    if (!answer.fields().isEmpty()) {
      exchange.getResponseHeaders().set("Retry-After", answer.fields());
    }
    exchange.sendResponseHeaders(answer.status(), bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    timer.shutdownNow();
  }
}
