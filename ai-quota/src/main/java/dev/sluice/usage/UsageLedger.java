package dev.sluice.usage;

import dev.sluice.state.Database;
import dev.sluice.state.Sql;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A node's way into the usage ledger. {@link #add} counts in memory; now and then a batch goes to the database, again and
 * again under the same number until it is known to be there. A killed node loses what it had not sent: the calls of one
 * interval, or of an outage of the database.
 */
public final class UsageLedger implements AutoCloseable {
  private record Batch(long number, List<Map.Entry<UsageLine, UsageCounts.Sums>> lines) {}

  private static final Logger LOG = LoggerFactory.getLogger(UsageLedger.class);
  private static final int LINES_AT_A_TIME = 1_000;
  private static final long SWEEP_MILLIS = 3_600_000;

  /** After which nobody sends a batch again: its node would have to have been stopped for so long. */
  private static final int KEEP_BATCH_DAYS = 7;

  private static final String UPSERT =
      "INSERT INTO sluice_usage(hour, tenant, team, name, model, target, source,"
          + " requests, input_tokens, cache_read_tokens, cache_write_tokens, output_tokens, reasoning_tokens, cost_nanos)"
          + " SELECT to_timestamp(hour / 1000), tenant, team, name, model, target, source, requests, input, cache_read,"
          + " cache_write, output, reasoning, cost FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[],"
          + " $6::text[], $7::text[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[],"
          + " $14::bigint[]) AS t(hour, tenant, team, name, model, target, source, requests, input, cache_read, cache_write,"
          + " output, reasoning, cost)"
          + " ORDER BY tenant, hour, team, name, model, target, source" // nodes lock rows in one
          // order
          + " ON CONFLICT (tenant, hour, team, name, model, target, source) DO UPDATE SET"
          + " requests = sluice_usage.requests + excluded.requests,"
          + " input_tokens = sluice_usage.input_tokens + excluded.input_tokens,"
          + " cache_read_tokens = sluice_usage.cache_read_tokens + excluded.cache_read_tokens,"
          + " cache_write_tokens = sluice_usage.cache_write_tokens + excluded.cache_write_tokens,"
          + " output_tokens = sluice_usage.output_tokens + excluded.output_tokens,"
          + " reasoning_tokens = sluice_usage.reasoning_tokens + excluded.reasoning_tokens,"
          + " cost_nanos = sluice_usage.cost_nanos + excluded.cost_nanos";

  private final Database database;
  private final String node;
  private final UsageSettings settings;
  private final LongSupplier nowMillis;
  private final UsageTally tally;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "sluice-usage");
        thread.setDaemon(true);
        return thread;
      });
  private CompletionStage<Void> sending = CompletableFuture.completedFuture(null);
  private Batch waiting = new Batch(0, List.of());
  private boolean failing;
  private long sweptMillis;

  private UsageLedger(
      Database database, String node, UsageSettings settings, LongSupplier nowMillis) {
    this.database = database;
    this.node = node;
    this.settings = settings;
    this.nowMillis = nowMillis;
    this.tally = new UsageTally(settings.mostLines());
  }

  /**
   * Begins to send.
   *
   * @param node id of this life of the node
   * @param nowMillis the wall clock: a call belongs to the hour in which it ended
   */
  public static UsageLedger start(
      Database database, String node, UsageSettings settings, LongSupplier nowMillis) {
    UsageLedger ledger = new UsageLedger(database, node, settings, nowMillis);
    long interval = settings.interval().toMillis();
    ledger.timer.scheduleWithFixedDelay(ledger::send, interval, interval, TimeUnit.MILLISECONDS);
    return ledger;
  }

  /** Counts a call. Never waits; called on any thread. */
  public void add(Spent spent) {
    tally.add(spent, nowMillis.getAsLong());
  }

  /** Calls that were counted nowhere, because the database was away for too long. */
  public long lost() {
    return tally.lost();
  }

  /** Lines that wait for the next batch. */
  public int lines() {
    return tally.lines();
  }

  /** On the timer's thread. One batch is out at a time. */
  private void send() {
    if (!sending.toCompletableFuture().isDone()) {
      return;
    }
    if (waiting.lines().isEmpty()) {
      waiting = new Batch(waiting.number() + 1, List.copyOf(tally.take().entrySet()));
    }
    Batch batch = waiting;
    CompletionStage<Void> sent = batch.lines().isEmpty()
        ? CompletableFuture.completedFuture(null)
        : database.write(sql -> append(sql, batch)).thenApply(done -> null);
    sending = sent.handleAsync((done, failure) -> over(failure), timer);
  }

  private Void over(@Nullable Throwable failure) {
    if (failure == null) {
      waiting = new Batch(waiting.number(), List.of());
      sweep();
    }
    if (failure != null && !failing) {
      LOG.warn(
          "usage can't be written: {}; it is kept in memory and sent again", failure.getMessage());
    } else if (failure == null && failing) {
      LOG.info("usage can be written again");
    }
    failing = failure != null;
    return null;
  }

  private Mono<Long> append(Sql sql, Batch batch) {
    return sql.update(
            "INSERT INTO sluice_usage_batch(node, number) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            node,
            batch.number())
        .flatMap(isNew -> isNew == 0
            ? Mono.just(0L)
            : Flux.range(0, (batch.lines().size() + LINES_AT_A_TIME - 1) / LINES_AT_A_TIME)
                .concatMap(part -> upsert(
                    sql,
                    batch
                        .lines()
                        .subList(
                            part * LINES_AT_A_TIME,
                            Math.min(batch.lines().size(), (part + 1) * LINES_AT_A_TIME))))
                .reduce(0L, Long::sum));
  }

  private static Mono<Long> upsert(Sql sql, List<Map.Entry<UsageLine, UsageCounts.Sums>> lines) {
    int size = lines.size();
    Long[] hours = new Long[size];
    String[][] texts = new String[6][size];
    Long[][] numbers = new Long[7][size];
    for (int i = 0; i < size; i++) {
      UsageLine line = lines.get(i).getKey();
      UsageCounts.Sums sums = lines.get(i).getValue();
      hours[i] = line.hour();
      String[] words = {
        line.tenant(), line.team(), line.key(), line.model(), line.target(), word(line.source())
      };
      long[] counts = {
        sums.requests(),
        sums.input(),
        sums.cacheRead(),
        sums.cacheWrite(),
        sums.output(),
        sums.reasoning(),
        sums.costNanos()
      };
      for (int k = 0; k < words.length; k++) {
        texts[k][i] = words[k];
      }
      for (int k = 0; k < counts.length; k++) {
        numbers[k][i] = counts[k];
      }
    }
    List<Object> values = new ArrayList<>();
    values.add(hours);
    values.addAll(List.of((Object[]) texts));
    values.addAll(List.of((Object[]) numbers));
    return sql.update(UPSERT, values.toArray());
  }

  private static String word(Spent.Source source) {
    return source.name().toLowerCase(Locale.ROOT);
  }

  /** Deletes what is older than it is kept. Any node does it; deleting twice does no harm. */
  private void sweep() {
    long now = nowMillis.getAsLong();
    if (now - sweptMillis < SWEEP_MILLIS) {
      return;
    }
    sweptMillis = now;
    Instant oldest = Instant.ofEpochMilli(now).minus(settings.retention());
    database
        .write(sql -> sql.update("DELETE FROM sluice_usage WHERE hour < $1", oldest)
            .then(sql.update(
                "DELETE FROM sluice_usage_batch WHERE at < now() - $1 * interval '1 day'",
                KEEP_BATCH_DAYS)))
        .exceptionally(failure -> {
          LOG.debug("old usage could not be deleted", failure);
          return 0L;
        });
  }

  /** Sends what there is, once, and waits for as long as the settings allow. */
  public CompletionStage<Void> flush() {
    CompletableFuture<Void> flushed = new CompletableFuture<>();
    timer.execute(() -> sending.whenCompleteAsync(
        (done, ignored) -> {
          send();
          sending.whenComplete((sent, failure) -> flushed.complete(null));
        },
        timer));
    return flushed.completeOnTimeout(
        null, settings.stopTimeout().toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
