package dev.sluice.quota;

import dev.sluice.state.DatabaseUrl;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A PostgreSQL of a test's own, which can be stopped and started again. */
final class TestDatabase implements AutoCloseable {
  private static final String USER = "postgres";

  /** A row of a table of the journal. */
  record Stored(long seqNr, int serializer, String manifest, ByteBuffer bytes) {}

  private final Path folder;
  private EmbeddedPostgres postgres;

  private TestDatabase(Path folder, EmbeddedPostgres postgres) {
    this.folder = folder;
    this.postgres = postgres;
  }

  static TestDatabase start(Path folder) throws IOException {
    return new TestDatabase(folder, server(folder).start());
  }

  private static EmbeddedPostgres.Builder server(Path folder) {
    return EmbeddedPostgres.builder().setDataDirectory(folder).setCleanDataDirectory(false);
  }

  void stop() throws IOException {
    postgres.close();
  }

  /** Starts it again after {@link #stop}, with its data and at its port. */
  void startAgain() throws IOException {
    postgres = server(folder).setPort(postgres.getPort()).start();
  }

  /** A new and empty database. */
  DatabaseUrl create(String name) throws SQLException {
    execute(USER, "CREATE DATABASE " + name);
    return DatabaseUrl.parse(
        "postgresql://postgres:postgres@localhost:" + postgres.getPort() + "/" + name);
  }

  Connection connect(String database) throws SQLException {
    return postgres.getDatabase(USER, database).getConnection();
  }

  void execute(String database, String sql) throws SQLException {
    try (Connection connection = postgres.getDatabase(USER, database).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** First column of the first row. */
  long count(String database, String sql) throws SQLException {
    try (Connection connection = postgres.getDatabase(USER, database).getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  /** Keeps a copy of every event from now on, for {@link #events}. */
  void keepEvents(String database) throws SQLException {
    execute(database, """
        CREATE TABLE kept(LIKE event_journal);
        CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS
          'BEGIN INSERT INTO kept VALUES (NEW.*); RETURN NEW; END';
        CREATE TRIGGER keep AFTER INSERT ON event_journal FOR EACH ROW EXECUTE FUNCTION keep();
        """);
  }

  /** All events that were kept, in their order. */
  List<Stored> events(String database) throws SQLException {
    return stored(
        database,
        "SELECT seq_nr, event_ser_id, event_ser_manifest, event_payload FROM kept"
            + " WHERE NOT deleted ORDER BY seq_nr");
  }

  List<Stored> snapshots(String database) throws SQLException {
    return stored(database, "SELECT seq_nr, ser_id, ser_manifest, snapshot FROM snapshot");
  }

  private List<Stored> stored(String database, String sql) throws SQLException {
    try (Connection connection = postgres.getDatabase(USER, database).getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<Stored> all = new ArrayList<>();
      while (rows.next()) {
        all.add(new Stored(
            rows.getLong(1), rows.getInt(2), rows.getString(3), ByteBuffer.wrap(rows.getBytes(4))));
      }
      return all;
    }
  }

  @Override
  public void close() throws IOException {
    postgres.close();
  }
}
