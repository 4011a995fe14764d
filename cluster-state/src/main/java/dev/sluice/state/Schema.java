package dev.sluice.state;

import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import io.r2dbc.postgresql.api.PostgresqlConnection;
import io.r2dbc.postgresql.api.PostgresqlResult;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Creates and migrates our tables. Each version is one file of SQL, applied once and in order, in a transaction, by
 * whichever node comes first; the others wait for its lock.
 */
public final class Schema {
  /** Version that this build works with. */
  static final int VERSION = 3;

  private static final Logger LOG = LoggerFactory.getLogger(Schema.class);
  private static final long LOCK = 0x511CEL;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration MIGRATE_TIMEOUT = Duration.ofMinutes(5);

  private Schema() {}

  /**
   * Brings the database to {@link #VERSION}.
   *
   * @return fails with an IllegalStateException if the database is of a newer version, and with a TimeoutException if it
   *     takes longer than five minutes, which is then undone
   */
  public static CompletionStage<Void> migrate(DatabaseUrl url) {
    return migrate(url, MIGRATE_TIMEOUT);
  }

  static CompletionStage<Void> migrate(DatabaseUrl url, Duration timeout) {
    PostgresqlConnectionFactory factory = url.connections(CONNECT_TIMEOUT);
    return Mono.usingWhen(factory.create(), Schema::migrate, PostgresqlConnection::close)
        .timeout(timeout)
        .toFuture();
  }

  private static Mono<Void> migrate(PostgresqlConnection connection) {
    Mono<Void> work = run(connection, "SELECT pg_advisory_xact_lock(" + LOCK + ")")
        .then(
            run(
                connection,
                "CREATE TABLE IF NOT EXISTS sluice_schema(version INT PRIMARY KEY, applied TIMESTAMPTZ NOT NULL)"))
        .then(version(connection))
        .flatMap(version -> {
          if (version > VERSION) {
            return Mono.error(new IllegalStateException("the database has schema version " + version
                + ", this build works with " + VERSION + ": use a newer build"));
          }
          return Flux.range(version + 1, VERSION - version)
              .concatMap(next -> apply(connection, next))
              .then();
        });
    return connection
        .beginTransaction()
        .then(work)
        .then(connection.commitTransaction())
        .onErrorResume(failure -> connection.rollbackTransaction().then(Mono.error(failure)));
  }

  private static Mono<Integer> version(PostgresqlConnection connection) {
    return connection
        .createStatement("SELECT COALESCE(MAX(version), 0) FROM sluice_schema")
        .execute()
        .concatMap(result -> result.map((row, meta) -> row.get(0, Integer.class)))
        .next();
  }

  private static Mono<Void> apply(PostgresqlConnection connection, int version) {
    LOG.info("applying schema version {}", version);
    return run(connection, sql(version))
        .then(run(connection, "INSERT INTO sluice_schema VALUES (" + version + ", now())"));
  }

  private static Mono<Void> run(PostgresqlConnection connection, String sql) {
    return connection
        .createStatement(sql)
        .execute()
        .concatMap(PostgresqlResult::getRowsUpdated)
        .then();
  }

  private static String sql(int version) {
    String name = "schema/" + version + ".sql";
    try (InputStream file = Schema.class.getResourceAsStream(name)) {
      if (file == null) {
        throw new IllegalStateException(name + " is not part of this build");
      }
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
