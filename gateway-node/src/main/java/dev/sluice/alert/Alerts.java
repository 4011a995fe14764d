package dev.sluice.alert;

import dev.sluice.quota.Balance;
import dev.sluice.quota.QuotaWatch;
import dev.sluice.state.Database;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells each mark of a limit once: the database says which node has told it. While it can't be reached nothing is told, and
 * a mark is told when its limit is looked at again.
 */
public final class Alerts implements QuotaWatch, AutoCloseable {
  /** What is counted for metrics. */
  public record Told(String tenant, String bucket, int mark) {}

  private static final Logger LOG = LoggerFactory.getLogger(Alerts.class);
  private static final int MOST_REMEMBERED = 100_000;
  private static final int MOST_WAITING = 10_000;
  private static final int KEEP_DAYS = 400;

  private final Database database;
  private final AlertSettings settings;
  private final Consumer<Told> metric;
  private final Clock clock;
  private final Crossings crossings;
  private final Webhook webhook;
  private final AtomicBoolean failing = new AtomicBoolean();
  private final ThreadPoolExecutor worker;

  /** @param metric told of each alert, on another thread */
  public Alerts(Database database, AlertSettings settings, Consumer<Told> metric, Clock clock) {
    this.database = database;
    this.settings = settings;
    this.metric = metric;
    this.clock = clock;
    this.crossings = new Crossings(settings.marks(), MOST_REMEMBERED);
    this.webhook = new Webhook(settings);
    this.worker = new ThreadPoolExecutor(
        1, 1, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(MOST_WAITING), task -> {
          Thread thread = new Thread(task, "sluice-alerts");
          thread.setDaemon(true);
          return thread;
        });
  }

  @Override
  public void stood(String tenant, long now, List<Balance> balances) {
    try {
      worker.execute(() -> crossings.of(tenant, now, balances).forEach(this::claim));
    } catch (RejectedExecutionException e) {
      LOG.debug("how tenant {} stands is looked at later", tenant);
    }
  }

  private void claim(Crossing crossing) {
    database
        .write(sql -> sql.update(
            "INSERT INTO sluice_alert(tenant, bucket, mark, window_start) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            crossing.tenant(),
            crossing.bucket(),
            crossing.mark(),
            crossing.windowStart()))
        .whenComplete((rows, failure) -> {
          if (failure != null) {
            crossings.forget(crossing);
            if (failing.compareAndSet(false, true)) {
              LOG.warn(
                  "alerts can't be noted in the database: {}; they are told once they can be",
                  failure.getMessage());
            }
            LOG.debug("an alert of tenant {}", crossing.tenant(), failure);
            return;
          }
          failing.set(false);
          if (rows > 0) {
            tell(crossing);
          }
        });
  }

  private void tell(Crossing crossing) {
    LOG.info(
        "tenant {} has used {} percent of {}",
        crossing.tenant(),
        crossing.mark(),
        crossing.bucket());
    metric.accept(new Told(crossing.tenant(), crossing.bucket(), crossing.mark()));
    if (!settings.webhook().isEmpty()) {
      webhook.tell(crossing, clock.instant());
    }
  }

  /** Deletes what was told long ago. What this node remembers may be of tenants that are gone: it asks the database again. */
  public void sweep() {
    crossings.forgetAll();
    database
        .write(sql -> sql.update(
            "DELETE FROM sluice_alert WHERE at < now() - $1 * interval '1 day'", KEEP_DAYS))
        .exceptionally(failure -> {
          LOG.debug("old alerts could not be deleted", failure);
          return 0L;
        });
  }

  @Override
  public void close() {
    worker.shutdownNow();
  }
}
