package dev.sluice.chaos.fault;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL that nodes share, which can be ended in two ways and started again, and whose clock can stand elsewhere, so
 * that a day ends when a scenario wants it to. It may have a standby, which has all that was committed and can take its
 * place. With keys it also speaks TLS.
 */
public final class JournalDatabase implements AutoCloseable {
  private static final String USER = "postgres";
  private static final CopyOption[] AS_IT_IS = {
    StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS
  };

  /** One server, running or not. Its port stays its own. */
  private static final class Server {
    private final Path folder;
    private final @Nullable ServerKeys keys;
    private EmbeddedPostgres process;

    private Server(Path folder, @Nullable ServerKeys keys) throws IOException {
      this.folder = folder;
      this.keys = keys;
      this.process = builder().start();
    }

    private EmbeddedPostgres.Builder builder() {
      EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
          .setDataDirectory(folder)
          .setCleanDataDirectory(false)
          .setServerConfig("fsync", "on")
          .setServerConfig("synchronous_commit", "on")
          .setServerConfig("max_connections", "200");
      if (keys != null) {
        builder
            .setServerConfig("ssl", "on")
            .setServerConfig("ssl_cert_file", keys.certificate().toString())
            .setServerConfig("ssl_key_file", keys.key().toString());
      }
      return builder;
    }

    private void startAgain() throws IOException {
      process = builder().setPort(process.getPort()).start();
    }

    private Connection connection() throws SQLException {
      return process.getDatabase(USER, "postgres").getConnection();
    }
  }

  private Server server;
  private @Nullable Server standby;

  private JournalDatabase(Server server) {
    this.server = server;
  }

  public static JournalDatabase start(Path folder) throws IOException {
    return start(folder, null);
  }

  /** @param keys with which it speaks TLS; null: it doesn't */
  public static JournalDatabase start(Path folder, @Nullable ServerKeys keys) throws IOException {
    return new JournalDatabase(new Server(folder, keys));
  }

  /** With a standby: a commit waits until the standby has it too. */
  public static JournalDatabase startWithStandby(Path folder) throws IOException, SQLException {
    return startWithStandby(folder, null);
  }

  /** @param keys with which both speak TLS; null: they don't */
  public static JournalDatabase startWithStandby(Path folder, @Nullable ServerKeys keys)
      throws IOException, SQLException {
    JournalDatabase both = start(folder, keys);
    Path copied = folder.resolveSibling(folder.getFileName() + "-standby");
    both.stop();
    copy(folder, copied);
    both.startAgain();
    Files.createFile(copied.resolve("standby.signal"));
    Files.write(
        copied.resolve("postgresql.auto.conf"),
        List.of(
            "primary_conninfo = 'host=127.0.0.1 port=" + both.server.process.getPort() + " user="
                + USER + "'",
            "wal_retrieve_retry_interval = 200"),
        StandardOpenOption.APPEND);
    both.standby = new Server(copied, keys);
    both.execute("ALTER SYSTEM SET synchronous_standby_names = '*'");
    both.execute("SELECT pg_reload_conf()");
    return both;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path one : (Iterable<Path>) all::iterator) {
        Files.copy(one, to.resolve(from.relativize(one).toString()), AS_IT_IS);
      }
    }
  }

  /** With keys, it asks for a server that proves to have them. */
  public String url() {
    String hosts = "127.0.0.1:" + server.process.getPort();
    if (standby != null) {
      hosts += ",127.0.0.1:" + standby.process.getPort();
    }
    String tls =
        server.keys == null ? "" : "?sslmode=verify-full&sslrootcert=" + server.keys.certificate();
    return "postgresql://postgres:postgres@" + hosts + "/postgres" + tls;
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
    try (Connection connection = server.connection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** First column of the first row. */
  public long number(String sql) throws SQLException {
    try (Connection connection = server.connection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  /** Ends it as its operator would. */
  public void stop() throws IOException {
    server.process.close();
  }

  /** Ends it as a failing machine would. */
  public void kill() throws IOException {
    long pid = Long.parseLong(
        Files.readAllLines(server.folder.resolve("postmaster.pid")).get(0).strip());
    Optional<ProcessHandle> postmaster = ProcessHandle.of(pid);
    postmaster.ifPresent(one -> {
      one.destroyForcibly();
      one.onExit().join();
    });
    server.process.close();
  }

  /** Starts it again at its port, with its data. */
  public void startAgain() throws IOException {
    server.startAgain();
  }

  /** The standby takes the place of the server, which was ended. */
  public void promote() throws SQLException {
    Server next = standby;
    if (next == null) {
      throw new IllegalStateException("there is no standby");
    }
    server = next;
    standby = null;
    execute("SELECT pg_promote()");
  }

  @Override
  public void close() throws IOException {
    server.process.close();
    if (standby != null) {
      standby.process.close();
    }
  }
}
