package dev.sluice.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.model.bedrock.Frames;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A provider of all dialects that repeats in each error every credential it was shown. Paths begin with what it shall do and whom
 * it plays: {@code /e429/azure/…}. Keeps all that it was asked.
 */
final class EchoingProvider implements AutoCloseable {
  /** @param who the first two parts of the path, such as {@code e429/azure} */
  record Asked(String who, String text) {}

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> PROOFS =
      List.of("authorization", "x-api-key", "api-key", "x-goog-api-key", "x-amz-security-token");

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final String accessToken;
  private final JsonNode answers;

  EchoingProvider(String accessToken) throws IOException {
    this.accessToken = accessToken;
    try (InputStream file = Objects.requireNonNull(
        EchoingProvider.class.getResourceAsStream("/dev/sluice/model/answers.json"))) {
      answers = JSON.readTree(file);
    }
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  List<Asked> asked() {
    return asked;
  }

  private void handle(HttpExchange exchange) throws IOException {
    String target = exchange.getRequestURI().toString();
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    StringBuilder all = new StringBuilder(target).append('\n').append(body).append('\n');
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> all.append(name).append(": ").append(values).append('\n'));
    String[] parts = target.split("/", -1);
    asked.add(new Asked(parts[1] + "/" + (parts.length > 2 ? parts[2] : ""), all.toString()));
    try (exchange) {
      if (parts[1].equals("token")) {
        send(
            exchange,
            200,
            "application/json",
            "{\"access_token\":\"" + accessToken + "\",\"expires_in\":3600}");
      } else if (parts[1].equals("refused-token")) {
        send(exchange, 400, "application/json", error(400, body));
      } else if (parts[1].startsWith("e")) {
        int status = Integer.parseInt(parts[1].substring(1));
        send(exchange, status, "application/json", error(status, shown(exchange)));
      } else {
        answer(exchange, parts[1], target, body);
      }
    }
  }

  /** The credentials as they came, and without what stands before them. */
  private static String shown(HttpExchange exchange) {
    StringBuilder shown = new StringBuilder();
    for (String name : PROOFS) {
      String value = exchange.getRequestHeaders().getFirst(name);
      if (value != null) {
        shown.append(value).append(" (").append(value.replace("Bearer ", "")).append(") ");
      }
    }
    return shown.toString();
  }

  /** An error that each dialect finds its message in. */
  private static String error(int status, String shown) throws IOException {
    String said = JSON.writeValueAsString("no good: " + shown);
    return "{\"type\":\"error\",\"error\":{\"code\":" + status
        + ",\"type\":\"some_error\",\"status\":\"OTHER\",\"message\":" + said + "},\"message\":"
        + said
        + ",\"error_description\":" + said + "}";
  }

  private void answer(HttpExchange exchange, String does, String target, String body)
      throws IOException {
    boolean streams =
        body.contains("\"stream\":true") || target.contains("tream") || target.contains("alt=sse");
    boolean frames = target.contains("-stream") || target.contains("-with-response-stream");
    byte[] bytes = frames
        ? frames(target)
        : of(dialect(target), streams ? "stream" : "document").getBytes(StandardCharsets.UTF_8);
    String type = frames
        ? "application/vnd.amazon.eventstream"
        : !streams
            ? "application/json"
            : target.contains("/api/") ? "application/x-ndjson" : "text/event-stream";
    if (does.equals("says") && streams && !frames) {
      String error = "event: error\ndata: " + error(500, shown(exchange)) + "\n\n";
      String lines = error(500, shown(exchange)) + "\n";
      bytes = (target.contains("/api/") ? lines : error).getBytes(StandardCharsets.UTF_8);
    }
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(200, bytes.length);
    int sent = does.equals("cut") ? bytes.length / 2 : bytes.length;
    exchange.getResponseBody().write(Arrays.copyOf(bytes, sent));
    exchange.getResponseBody().flush();
  }

  private static String dialect(String target) {
    return target.contains("enerateContent")
        ? "gemini"
        : target.contains("awPredict") || target.contains("/messages") || target.contains("/invoke")
            ? "anthropic"
            : target.contains("/api/")
                ? "ollama"
                : target.contains("/converse") ? "bedrock" : "openai";
  }

  private String of(String dialect, String kind) {
    for (JsonNode one : answers) {
      if (one.path("dialect").textValue().equals(dialect)) {
        return one.path(kind).textValue();
      }
    }
    return "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[{\"text\":\"far\"}]}},"
        + "\"stopReason\":\"end_turn\",\"usage\":{\"inputTokens\":7,\"outputTokens\":2,\"totalTokens\":9}}";
  }

  private byte[] frames(String target) {
    return target.contains("invoke")
        ? new Frames().chunks(of("anthropic", "stream")).bytes()
        : new Frames()
            .event("messageStart", "{'role':'assistant'}")
            .event("contentBlockDelta", "{'contentBlockIndex':0,'delta':{'text':'far'}}")
            .event("messageStop", "{'stopReason':'end_turn'}")
            .event("metadata", "{'usage':{'inputTokens':7,'outputTokens':2,'totalTokens':9}}")
            .bytes();
  }

  private static void send(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
