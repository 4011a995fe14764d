package dev.sluice.chaos.traffic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.chaos.history.Held;
import dev.sluice.chaos.history.Served;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A provider of chat completions that keeps a record of all that it serves, as a provider's bill would have it. A model's
 * name says how it answers: {@code m-10x100-60} in 10 chunks, one every 100 ms, with 60 percent of the tokens that the cap
 * allows; {@code m-0x0-60} all at once. With {@code -cut} at its end the stream ends half way; with {@code -left} the caller
 * will not stay until its end, so that it counts as broken off even if it was sent.
 */
public final class MeteredProvider implements AutoCloseable {
  private static final int THREADS = 16;

  private final ThreadFactory daemons = task -> {
    Thread thread = new Thread(task, "metered-provider");
    thread.setDaemon(true);
    return thread;
  };
  private final ExecutorService handlers = Executors.newFixedThreadPool(THREADS, daemons);
  private final ScheduledExecutorService pacer =
      Executors.newScheduledThreadPool(THREADS / 4, daemons);
  private final Queue<Served> served = new ConcurrentLinkedQueue<>();
  private final Queue<String> unheld = new ConcurrentLinkedQueue<>();
  private final AtomicInteger running = new AtomicInteger();
  private final HttpServer server;

  public MeteredProvider() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
    server.setExecutor(handlers);
    server.createContext("/v1/chat/completions", this::handle);
    server.start();
  }

  /** As a ModelProvider names it. */
  public String baseUrl() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
  }

  /** Everything that has ended so far. */
  public List<Served> served() {
    return List.copyOf(served);
  }

  /** Requests that came without word of a hold, or with one that can't be read. */
  public List<String> unheld() {
    return List.copyOf(unheld);
  }

  /** Answers that have not ended. */
  public int running() {
    return running.get();
  }

  private void handle(HttpExchange exchange) throws IOException {
    JsonNode body = Http.JSON.readTree(exchange.getRequestBody().readAllBytes());
    String field = exchange.getRequestHeaders().getFirst("x-sluice-hold");
    Held held;
    try {
      held = Held.parse(field == null ? "" : field);
    } catch (IllegalArgumentException e) {
      unheld.add(body.path("model").asText() + ": " + field);
      held = new Held("", "", 0, 0, 0, 0);
    }
    running.incrementAndGet();
    new Answer(exchange, body, held).begin();
  }

  /** One answer. Counts what it makes before it tries to send it. */
  private final class Answer {
    private final HttpExchange exchange;
    private final Held held;
    private final String model;
    private final int chunks;
    private final long pauseMillis;
    private final boolean cut;
    private final boolean stream;
    private final long input;
    private final long output;
    private long made;
    private int chunk;

    Answer(HttpExchange exchange, JsonNode body, Held held) {
      this.exchange = exchange;
      this.held = held;
      this.model = body.path("model").asText();
      String[] shape = model.split("-", -1);
      String[] pace = shape[1].split("x", -1);
      this.chunks = Math.max(1, Integer.parseInt(pace[0]));
      this.pauseMillis = Long.parseLong(pace[1]);
      this.cut = model.endsWith("-cut");
      this.stream = body.path("stream").asBoolean();
      this.input = body.at("/messages/0/content").asText().split(" ").length;
      this.output = Math.max(1, body.path("max_tokens").asLong() * Long.parseLong(shape[2]) / 100);
    }

    void begin() throws IOException {
      if (!stream) {
        made = output;
        ObjectNode answer = event("message", "word ".repeat((int) made));
        answer.set("usage", usage());
        byte[] bytes = Http.JSON.writeValueAsBytes(answer);
        try {
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
        } finally {
          over(true);
        }
        return;
      }
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
      exchange.sendResponseHeaders(200, 0);
      next();
    }

    private void next() {
      try {
        if (chunk == chunks) {
          ObjectNode last = event("delta", "");
          last.withArray("choices").removeAll();
          last.set("usage", usage());
          tell(Http.JSON.writeValueAsString(last));
          tell("[DONE]");
          over(true);
          return;
        }
        if (cut && chunk == chunks / 2) {
          over(false);
          return;
        }
        chunk++;
        long until = output * chunk / chunks;
        long more = until - made;
        made = until;
        tell(Http.JSON.writeValueAsString(event("delta", "word ".repeat((int) more))));
        pacer.schedule(this::next, pauseMillis, TimeUnit.MILLISECONDS);
      } catch (IOException e) {
        over(false);
      }
    }

    private void tell(String event) throws IOException {
      exchange
          .getResponseBody()
          .write(("data: " + event + "\n\n").getBytes(StandardCharsets.UTF_8));
      exchange.getResponseBody().flush();
    }

    private void over(boolean whole) {
      served.add(new Served(held, input, made, whole && !model.endsWith("-left")));
      running.decrementAndGet();
      exchange.close();
    }

    private ObjectNode event(String part, String content) {
      ObjectNode event = Http.JSON.createObjectNode();
      event.put("id", "m").put("object", "chat.completion").put("created", 1).put("model", model);
      ObjectNode choice = event.putArray("choices").addObject();
      choice.put("index", 0).put("finish_reason", chunk == chunks || !stream ? "stop" : null);
      choice.putObject(part).put("role", "assistant").put("content", content);
      return event;
    }

    private ObjectNode usage() {
      return Http.JSON
          .createObjectNode()
          .put("prompt_tokens", input)
          .put("completion_tokens", made)
          .put("total_tokens", input + made);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    handlers.shutdownNow();
    pacer.shutdownNow();
  }
}
