package dev.sluice.state;

import akka.actor.typed.ActorSystem;
import akka.persistence.r2dbc.ConnectionFactoryProvider;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * The journal database's clock, as this node knows it: read now and then, carried on by the monotonic clock in between.
 * A reading is as exact as half its round trip; one that took too long is not used.
 */
public final class DatabaseClock {
  private record Reading(long databaseMillis, long monotonicNanos) {}

  private static final Logger LOG = LoggerFactory.getLogger(DatabaseClock.class);
  private static final long NANOS = 1_000_000;
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration RETRY = Duration.ofMillis(100);

  private final ConnectionFactory connections;
  private final LongSupplier monotonic;
  private final long mostErrorMillis;
  private volatile @Nullable Reading last;

  DatabaseClock(ConnectionFactory connections, LongSupplier monotonic, long mostErrorMillis) {
    this.connections = connections;
    this.monotonic = monotonic;
    this.mostErrorMillis = mostErrorMillis;
  }

  /**
   * Reads the clock at once and then again and again, for as long as the system runs.
   *
   * @param mostError largest error that a reading may have
   */
  public static DatabaseClock start(ActorSystem<?> system, Duration mostError, Duration interval) {
    ConnectionFactory connections = ConnectionFactoryProvider.get(system)
        .connectionFactoryFor("akka.persistence.r2dbc.connection-factory");
    DatabaseClock clock = new DatabaseClock(connections, System::nanoTime, mostError.toMillis());
    clock.readOn(system, interval);
    return clock;
  }

  /** Milliseconds since 1970 by the database's clock; empty until it was first read. */
  public OptionalLong nowMillis() {
    Reading reading = last;
    return reading == null
        ? OptionalLong.empty()
        : OptionalLong.of(
            reading.databaseMillis() + (monotonic.getAsLong() - reading.monotonicNanos()) / NANOS);
  }

  private void readOn(ActorSystem<?> system, Duration interval) {
    Mono.usingWhen(connections.create(), this::read, Connection::close)
        .timeout(READ_TIMEOUT)
        .toFuture()
        .whenComplete((good, failure) -> {
          if (failure != null) {
            LOG.debug("the database's clock could not be read", failure);
          }
          Duration next = Boolean.TRUE.equals(good)
              ? interval
              : RETRY.compareTo(interval) < 0 ? RETRY : interval;
          if (!system.whenTerminated().isCompleted()) {
            system
                .scheduler()
                .scheduleOnce(next, () -> readOn(system, interval), system.executionContext());
          }
        });
  }

  private Mono<Boolean> read(Connection connection) {
    long sent = monotonic.getAsLong();
    return Mono.from(connection.createStatement("SELECT clock_timestamp()").execute())
        .flatMap(result -> Mono.from(result.map((row, meta) -> row.get(0, Instant.class))))
        .map(instant -> note(instant, sent, monotonic.getAsLong()));
  }

  /** Takes a reading over unless it is too inexact. */
  private boolean note(Instant database, long sentNanos, long receivedNanos) {
    long errorMillis = (receivedNanos - sentNanos) / 2 / NANOS;
    if (errorMillis > mostErrorMillis) {
      return false;
    }
    last = new Reading(database.toEpochMilli(), sentNanos + (receivedNanos - sentNanos) / 2);
    return true;
  }
}
