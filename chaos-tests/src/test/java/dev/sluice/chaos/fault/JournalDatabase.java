package dev.sluice.chaos.fault;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * A PostgreSQL that nodes share, which can be ended in two ways and started again, and whose clock can stand elsewhere, so
 * that a day ends when a scenario wants it to.
 */
public final class JournalDatabase implements AutoCloseable {
  private static final String USER = "postgres";

  private final Path folder;
  private EmbeddedPostgres server;

  private JournalDatabase(Path folder, EmbeddedPostgres server) {
    this.folder = folder;
    this.server = server;
  }

  public static JournalDatabase start(Path folder) throws IOException {
    return new JournalDatabase(folder, builder(folder).start());
  }

  private static EmbeddedPostgres.Builder builder(Path folder) {
    return EmbeddedPostgres.builder()
        .setDataDirectory(folder)
        .setCleanDataDirectory(false)
        .setServerConfig("fsync", "on")
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("max_connections", "200");
  }

  public String url() {
    return "postgresql://postgres:postgres@127.0.0.1:" + server.getPort() + "/postgres";
  }

  /** For new connections, the clock stands {@code millis} later than the machine's. */
  public void shiftClock(long millis) throws SQLException {
    execute("CREATE SCHEMA IF NOT EXISTS shifted");
    execute("""
        CREATE OR REPLACE FUNCTION shifted.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
          'SELECT pg_catalog.clock_timestamp() + interval ''%d milliseconds'''
        """.formatted(millis));
    execute("ALTER DATABASE postgres SET search_path = public, shifted, pg_catalog");
  }

  public void execute(String sql) throws SQLException {
    try (Connection connection = server.getDatabase(USER, "postgres").getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** First column of the first row. */
  public long number(String sql) throws SQLException {
    try (Connection connection = server.getDatabase(USER, "postgres").getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  /** Ends it as its operator would. Its port stays its own. */
  public void stop() throws IOException {
    server.close();
  }

  /** Ends it as a failing machine would. */
  public void kill() throws IOException {
    long pid = Long.parseLong(
        Files.readAllLines(folder.resolve("postmaster.pid")).get(0).strip());
    Optional<ProcessHandle> postmaster = ProcessHandle.of(pid);
    postmaster.ifPresent(one -> {
      one.destroyForcibly();
      one.onExit().join();
    });
    server.close();
  }

  /** Starts it again at its port, with its data. */
  public void startAgain() throws IOException {
    server = builder(folder).setPort(server.getPort()).start();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
