package dev.sluice.model;

import dev.sluice.model.route.Backlog;
import dev.sluice.model.route.ServerMetrics;
import dev.sluice.model.route.TargetLoads;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks the servers of targets for their metrics, on threads of its own, while calls want to know. Who does not answer, or with what
 * says nothing of a queue, is asked again; nothing else comes of it. No credential is shown.
 */
final class QueuePolls implements AutoCloseable {
  private static final int THREADS = 4;

  private final BalanceSettings.Queue settings;
  private final ScheduledThreadPoolExecutor asking;
  private final Map<String, Polled> polled = new ConcurrentHashMap<>();

  QueuePolls(BalanceSettings.Queue settings) {
    this.settings = settings;
    this.asking = new ScheduledThreadPoolExecutor(
        THREADS,
        task -> {
          Thread thread = new Thread(task, "sluice-queue-polls");
          thread.setDaemon(true);
          return thread;
        },
        new ThreadPoolExecutor.DiscardPolicy());
    asking.setRemoveOnCancelPolicy(true);
    asking.setKeepAliveTime(1, TimeUnit.MINUTES);
    asking.allowCoreThreadTimeOut(true);
  }

  /**
   * Somebody wants to know the backlog of a target. Never blocks.
   *
   * @param baseUrl of its provider; empty if it has none
   * @param told what hears of it
   */
  void want(String id, String baseUrl, TargetLoads told) {
    Polled known = polled.get(id);
    if (known != null) {
      known.wantedNanos = System.nanoTime();
    } else if (!baseUrl.isEmpty() && polled.size() < settings.mostTargets()) {
      Polled begun = new Polled(id, URI.create(baseUrl).resolve("/metrics"), told);
      if (polled.putIfAbsent(id, begun) == null) {
        begun.schedule = asking.scheduleWithFixedDelay(
            begun::ask, 0, settings.interval().toMillis(), TimeUnit.MILLISECONDS);
      }
    }
  }

  /** One target that is asked about. */
  private final class Polled {
    private final String id;
    private final URI page;
    private final TargetLoads told;
    private volatile long wantedNanos = System.nanoTime();
    private volatile @Nullable ScheduledFuture<?> schedule;

    Polled(String id, URI page, TargetLoads told) {
      this.id = id;
      this.page = page;
      this.told = told;
    }

    void ask() {
      ScheduledFuture<?> running = schedule;
      if (System.nanoTime() - wantedNanos > settings.idle().toNanos() && running != null) {
        polled.remove(id, this);
        told.forgetBacklog(id);
        running.cancel(false);
        return;
      }
      try {
        Backlog backlog = ServerMetrics.backlog(text());
        if (backlog != null) {
          told.told(id, backlog);
        }
      } catch (IOException e) {
        // what it said before counts for a while, and then the group goes by requests in flight
      }
    }

    private String text() throws IOException {
      HttpURLConnection connection = ServerPage.open(page, settings.timeout());
      connection.setRequestProperty("Accept", "text/plain");
      if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
        connection.disconnect();
        return "";
      }
      try (InputStream body = connection.getInputStream()) {
        return read(body);
      }
    }

    private String read(InputStream body) throws IOException {
      long end = System.nanoTime() + settings.timeout().multipliedBy(2).toNanos();
      byte[] bytes = new byte[settings.answerBytes()];
      int length = 0;
      for (int read = body.read(bytes);
          read >= 0;
          read = body.read(bytes, length, bytes.length - length)) {
        length += read;
        if (length == bytes.length || System.nanoTime() - end > 0) {
          return "";
        }
      }
      return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
  }

  @Override
  public void close() {
    asking.shutdownNow();
  }
}
