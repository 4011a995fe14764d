package dev.sluice.chaos.traffic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.chaos.history.History;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A client that goes on asking a {@link MeteredProvider} through any of a few gateways: short and long answers, streams and
 * documents, some of which break off or are left. It does not wait for anything that it was told to wait for.
 */
public final class Spender implements Callable<Void> {
  /** How a request is made up. */
  private record Kind(String model, boolean stream, int words, int cap) {}

  private static final List<Kind> KINDS = List.of(
      new Kind("m-0x0-100", false, 8, 20),
      new Kind("m-0x0-50", false, 8, 40),
      new Kind("m-0x0-60", false, 300, 200),
      new Kind("m-10x100-100", true, 20, 40),
      new Kind("m-10x50-40", true, 8, 100),
      new Kind("m-20x150-80", true, 20, 100));

  private static final List<Kind> BROKEN = List.of(
      new Kind("m-10x100-100-cut", true, 20, 40), new Kind("m-20x100-100-left", true, 20, 100));

  /** Longer than a node may be stopped for. */
  private static final Duration DEADLINE = Duration.ofMinutes(2);

  private static final int BROKEN_PERCENT = 10;
  private static final int LEAVES_AFTER_BYTES = 1_000;

  private final String name;
  private final String key;
  private final List<String> urls;
  private final History history;
  private final BooleanSupplier goOn;
  private final long paceMillis;
  private final boolean breaks;
  private final Random random;

  /**
   * @param key of the tenant
   * @param paceMillis mean time from one request to the next, if answers take no longer
   * @param breaks whether some streams break off or are left
   */
  public Spender(
      String name,
      String key,
      List<String> urls,
      History history,
      BooleanSupplier goOn,
      long paceMillis,
      boolean breaks,
      long seed) {
    this.name = name;
    this.key = key;
    this.urls = urls;
    this.history = history;
    this.goOn = goOn;
    this.paceMillis = paceMillis;
    this.breaks = breaks;
    this.random = new Random(seed);
  }

  @Override
  public Void call() {
    pause(random.nextLong(paceMillis));
    while (goOn.getAsBoolean()) {
      long next = System.nanoTime() + (paceMillis / 2 + random.nextLong(paceMillis)) * 1_000_000;
      Kind kind = breaks && random.nextInt(100) < BROKEN_PERCENT
          ? BROKEN.get(random.nextInt(BROKEN.size()))
          : KINDS.get(random.nextInt(KINDS.size()));
      ask(kind, urls.get(random.nextInt(urls.size())));
      pause((next - System.nanoTime()) / 1_000_000);
    }
    return null;
  }

  private static void pause(long millis) {
    if (millis > 0) {
      new CompletableFuture<Void>()
          .completeOnTimeout(null, millis, TimeUnit.MILLISECONDS)
          .join();
    }
  }

  private void ask(Kind kind, String url) {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/v1/chat/completions"))
        .timeout(DEADLINE)
        .header("Authorization", "Bearer " + key)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body(kind)))
        .build();
    try {
      HttpResponse<InputStream> answer =
          Http.CLIENT.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream in = answer.body()) {
        boolean leaves = kind.model().endsWith("-left") && answer.statusCode() == 200;
        byte[] bytes = leaves ? in.readNBytes(LEAVES_AFTER_BYTES) : in.readAllBytes();
        String text = answer.statusCode() == 200 ? "" : new String(bytes, StandardCharsets.UTF_8);
        history.add(name, url, answer.statusCode(), -1, text);
      }
    } catch (IOException e) {
      history.add(name, url, 0, -1, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String body(Kind kind) {
    ObjectNode body = Http.JSON.createObjectNode();
    body.put("model", kind.model()).put("stream", kind.stream()).put("max_tokens", kind.cap());
    body.putArray("messages")
        .addObject()
        .put("role", "user")
        .put("content", String.join(" ", Collections.nCopies(kind.words(), "word")));
    return body.toString();
  }
}
