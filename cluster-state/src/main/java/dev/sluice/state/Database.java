package dev.sluice.state;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.R2dbcException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * The database, for what is neither journal nor schema: a few connections of a node's own, which it makes when they are
 * needed and which outlive the cluster system. Safe for use by many threads.
 */
public final class Database implements AutoCloseable {
  /** Two transactions were in each other's way: PostgreSQL's deadlocks, and what YugabyteDB answers for them. */
  private static final Set<String> TRY_AGAIN = Set.of("40001", "40P01");

  private static final int MOST_RETRIES = 5;
  private static final Duration RETRY_DELAY = Duration.ofMillis(20);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  private final ConnectionPool pool;
  private final Duration timeout;

  private Database(ConnectionPool pool, Duration timeout) {
    this.pool = pool;
    this.timeout = timeout;
  }

  /** Connects nowhere yet. */
  public static Database of(DatabaseUrl url, DatabaseSettings settings) {
    ConnectionPool pool =
        new ConnectionPool(ConnectionPoolConfiguration.builder(url.connections(CONNECT_TIMEOUT))
            .initialSize(0)
            .maxSize(settings.connections())
            .maxAcquireTime(settings.timeout())
            .maxIdleTime(settings.idleTimeout())
            .build());
    return new Database(pool, settings.timeout());
  }

  /** Reads. Fails with a TimeoutException after {@code sluice.database.timeout}. */
  public <T> CompletionStage<T> read(Function<Sql, Mono<T>> work) {
    return Mono.usingWhen(
            pool.create(), connection -> work.apply(new Sql(connection)), Connection::close)
        .timeout(timeout)
        .toFuture();
  }

  /**
   * The same with a time of its own, in one transaction, so that rows are read as they are taken and one moment is seen.
   */
  public <T> CompletionStage<T> readAll(Function<Sql, Mono<T>> work, Duration patience) {
    return Mono.usingWhen(
            pool.create(),
            connection -> transaction(
                connection,
                sql -> sql.update("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                    .then(work.apply(sql))),
            Connection::close)
        .timeout(patience)
        .toFuture();
  }

  /** Writes in one transaction, which is done as a whole or not at all; again if another was in its way. */
  public <T> CompletionStage<T> write(Function<Sql, Mono<T>> work) {
    return Mono.usingWhen(
            pool.create(), connection -> transaction(connection, work), Connection::close)
        .retryWhen(Retry.backoff(MOST_RETRIES, RETRY_DELAY).filter(Database::mayBeTriedAgain))
        .timeout(timeout)
        .toFuture();
  }

  private static <T> Mono<T> transaction(Connection connection, Function<Sql, Mono<T>> work) {
    return Mono.from(connection.beginTransaction())
        .then(Mono.defer(() -> work.apply(new Sql(connection))))
        .flatMap(result -> Mono.from(connection.commitTransaction()).then(Mono.just(result)))
        .onErrorResume(
            failure -> Mono.from(connection.rollbackTransaction()).then(Mono.error(failure)));
  }

  private static boolean mayBeTriedAgain(Throwable failure) {
    return failure instanceof R2dbcException known
        && known.getSqlState() != null
        && TRY_AGAIN.contains(known.getSqlState());
  }

  @Override
  public void close() {
    pool.dispose();
  }
}
