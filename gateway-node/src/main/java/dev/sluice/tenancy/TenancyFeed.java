package dev.sluice.tenancy;

import dev.sluice.state.Database;
import dev.sluice.state.Sql;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Keeps the picture of a node as the database is: asks for the number of the last change, and reads what lies behind the
 * one that it has. All is read anew at the start, after each failure (the database may be another, or an older backup),
 * and when changes have been swept that it has not seen. While the database is away the last picture stands.
 */
public final class TenancyFeed implements AutoCloseable {
  private record Position(long changed, long swept) {}

  private static final Logger LOG = LoggerFactory.getLogger(TenancyFeed.class);
  private static final long NOWHERE = -1;
  private static final String UNDEFINED_TABLE = "42P01";

  /** Changes that are behind {@code $1}, and no newer than {@code $2}. */
  private static final String SINCE = " WHERE changed > $1 AND changed <= $2";

  private static final String EXISTING = " AND dropped IS NULL";

  private final Database database;
  private final Tenancy tenancy;
  private final TenancySettings settings;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "sluice-tenancy");
        thread.setDaemon(true);
        return thread;
      });
  private long last = NOWHERE;
  private long newest = NOWHERE;
  private boolean failing;
  private boolean closed;

  private TenancyFeed(Database database, Tenancy tenancy, TenancySettings settings) {
    this.database = database;
    this.tenancy = tenancy;
    this.settings = settings;
  }

  /** Begins to read, and goes on until it is closed. */
  public static TenancyFeed start(Database database, Tenancy tenancy, TenancySettings settings) {
    TenancyFeed feed = new TenancyFeed(database, tenancy, settings);
    feed.timer.execute(feed::look);
    return feed;
  }

  private void look() {
    database
        .read(TenancyFeed::position)
        .thenComposeAsync(this::follow, timer)
        .whenCompleteAsync((done, failure) -> over(failure), timer)
        .exceptionally(failure -> null);
  }

  private static Mono<Position> position(Sql sql) {
    return sql.row(
        "SELECT changed, swept FROM sluice_tenancy",
        row -> new Position(number(row, "changed"), number(row, "swept")));
  }

  /** Runs on {@link #timer}. */
  private CompletionStage<Void> follow(Position now) {
    compare(now.changed());
    if (last == NOWHERE || now.changed() < last || last < now.swept()) {
      KeptTenants anew = new KeptTenants();
      return read(anew, NOWHERE, now.changed(), EXISTING)
          .thenAcceptAsync(
              done -> {
                anew.settle();
                tenancy.replace(anew);
                last = now.changed();
                LOG.info(
                    "tenants of the database: {}, with {} secrets",
                    anew.names().size(),
                    anew.secretCount());
              },
              timer);
    }
    if (now.changed() == last) {
      return Mono.<Void>empty().toFuture();
    }
    KeptTenants current = tenancy.kept();
    return read(current, last, now.changed(), "")
        .thenAcceptAsync(
            done -> {
              current.settle();
              last = now.changed();
            },
            timer);
  }

  /** A database that stands before what was seen of it is an older backup, or another one: that is said, and stays said. */
  private void compare(long changed) {
    if (changed < newest && !tenancy.stepsBack()) {
      LOG.error(
          "the database stands at change {} of tenants, and stood at {}: was an older backup restored? Keys, limits and"
              + " top-ups of later changes are gone, and so is what was spent since; node by node this is a problem in"
              + " /api/v1/problems until the node is started anew",
          changed,
          newest);
      tenancy.steppedBack(newest, changed);
    }
    newest = Math.max(newest, changed);
  }

  /** Keys before their secrets, and places before keys: nobody spends where only half of the limits are known. */
  private CompletionStage<Void> read(KeptTenants into, long from, long to, String which) {
    return database
        .readAll(
            sql -> Flux.concat(
                    sql.rows(
                        "SELECT name, limits, dropped FROM sluice_tenant" + SINCE + which,
                        TenancyFeed::tenant,
                        from,
                        to),
                    sql.rows(
                        "SELECT tenant, name, limits, dropped FROM sluice_team" + SINCE + which,
                        TenancyFeed::team,
                        from,
                        to),
                    sql.rows(
                        "SELECT tenant, team, name, limits, jwt, expires, created, dropped FROM sluice_key"
                            + SINCE + which,
                        TenancyFeed::key,
                        from,
                        to),
                    sql.rows(
                        "SELECT tenant, idempotency_key, limit_name, amount FROM sluice_top_up"
                            + SINCE,
                        TenancyFeed::topUp,
                        from,
                        to),
                    Flux.just(new KeptRow.PlacesRead()),
                    sql.rows(
                        "SELECT sha256, tenant, team, name, expires, dropped FROM sluice_secret"
                            + SINCE + which,
                        TenancyFeed::secret,
                        from,
                        to))
                .publishOn(Schedulers.fromExecutor(timer))
                .doOnNext(into::take)
                .then(Mono.just(true)),
            settings.loadTimeout())
        .thenApply(done -> null);
  }

  private static KeptRow tenant(Row row) {
    return new KeptRow.OfTenant(text(row, "name"), text(row, "limits"), dropped(row));
  }

  private static KeptRow team(Row row) {
    return new KeptRow.OfTeam(
        text(row, "tenant"), text(row, "name"), text(row, "limits"), dropped(row));
  }

  private static KeptRow key(Row row) {
    return new KeptRow.OfKey(
        text(row, "tenant"),
        text(row, "team"),
        text(row, "name"),
        text(row, "limits"),
        text(row, "jwt"),
        number(row, "expires"),
        Objects.requireNonNull(row.get("created", Instant.class)).toEpochMilli(),
        dropped(row));
  }

  private static KeptRow secret(Row row) {
    return new KeptRow.OfSecret(
        text(row, "sha256"),
        text(row, "tenant"),
        text(row, "team"),
        text(row, "name"),
        number(row, "expires"),
        dropped(row));
  }

  private static KeptRow topUp(Row row) {
    return new KeptRow.OfTopUp(
        text(row, "tenant"),
        text(row, "limit_name"),
        text(row, "idempotency_key"),
        number(row, "amount"));
  }

  private static boolean dropped(Row row) {
    return row.get("dropped") != null;
  }

  static String text(Row row, String column) {
    String text = row.get(column, String.class);
    return text == null ? "" : text;
  }

  static long number(Row row, String column) {
    Long number = row.get(column, Long.class);
    return number == null ? 0 : number;
  }

  private void over(@Nullable Throwable failure) {
    if (closed) {
      return;
    }
    if (failure != null) {
      if (!failing && hasNoTables(failure)) {
        LOG.info("the database has no tables yet: its tenants are read once they are made");
      } else if (!failing) {
        LOG.warn(
            "tenants of the database can't be read: {}; the last ones known stand", why(failure));
      }
      LOG.debug("the failure", failure);
      last = NOWHERE;
    } else if (failing) {
      LOG.info("tenants of the database can be read again");
    }
    failing = failure != null;
    Duration next = failing ? settings.retryDelay() : settings.pollInterval();
    timer.schedule(this::look, next.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** As is so when the first node of all starts: the cluster's side makes them meanwhile. */
  private static boolean hasNoTables(Throwable failure) {
    return root(failure) instanceof R2dbcException refused
        && UNDEFINED_TABLE.equals(refused.getSqlState());
  }

  private static String why(Throwable failure) {
    Throwable root = root(failure);
    return root.getMessage() == null ? root.toString() : root.getMessage();
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  /** Reads no more. */
  @Override
  public void close() {
    try {
      timer.execute(() -> closed = true);
    } catch (RejectedExecutionException e) {
      LOG.debug("closed before", e);
    }
    timer.shutdown();
  }
}
