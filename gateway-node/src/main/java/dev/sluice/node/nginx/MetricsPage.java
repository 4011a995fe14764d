package dev.sluice.node.nginx;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;

/** Serves {@code /metrics}: what the node tells under its own names, then the same under those of ingress-nginx. */
public final class MetricsPage implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService thread;
  private final Supplier<String> own;
  private final NginxSettings settings;
  private final RequestMetrics requests;
  private final Supplier<NodeFacts> facts;

  private MetricsPage(
      HttpServer server,
      Supplier<String> own,
      NginxSettings settings,
      RequestMetrics requests,
      Supplier<NodeFacts> facts) {
    this.server = server;
    this.own = own;
    this.settings = settings;
    this.requests = requests;
    this.facts = facts;
    this.thread = Executors.newSingleThreadExecutor(task -> {
      Thread made = new Thread(task, "sluice-metrics");
      made.setDaemon(true);
      return made;
    });
  }

  /**
   * Starts to listen.
   *
   * @param own text in Prometheus' format
   * @throws IOException that names the address, if it is taken
   */
  public static MetricsPage start(
      InetSocketAddress address,
      Supplier<String> own,
      NginxSettings settings,
      RequestMetrics requests,
      Supplier<NodeFacts> facts)
      throws IOException {
    HttpServer server;
    try {
      server = HttpServer.create(address, 0);
    } catch (IOException e) {
      throw new IOException("can't listen on " + address + " for metrics: " + e.getMessage(), e);
    }
    MetricsPage page = new MetricsPage(server, own, settings, requests, facts);
    server.setExecutor(page.thread);
    server.createContext("/metrics", page::answer);
    server.start();
    return page;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String accepted = exchange.getRequestHeaders().getFirst("Accept-Encoding");
    boolean gzip = accepted != null && accepted.contains("gzip");
    exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    if (gzip) {
      exchange.getResponseHeaders().set("Content-Encoding", "gzip");
    }
    exchange.sendResponseHeaders(200, 0);
    OutputStream body = exchange.getResponseBody();
    try (Writer out = new BufferedWriter(
        new OutputStreamWriter(gzip ? new GZIPOutputStream(body) : body, StandardCharsets.UTF_8))) {
      out.write(own.get());
      write(out);
    }
  }

  private void write(Writer out) throws IOException {
    Exposition exposition = new Exposition(out, settings);
    requests.write(exposition);
    ControllerMetrics.write(exposition, settings, facts.get());
  }

  @Override
  public void close() {
    server.stop(0);
    thread.shutdownNow();
  }
}
