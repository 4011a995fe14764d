package dev.sluice.state;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A PostgreSQL of a test's own. */
final class TestDatabase implements AutoCloseable {
  private static final String USER = "postgres";

  private final EmbeddedPostgres postgres;

  private TestDatabase(EmbeddedPostgres postgres) {
    this.postgres = postgres;
  }

  static TestDatabase start() throws IOException {
    return new TestDatabase(EmbeddedPostgres.builder().start());
  }

  static TestDatabase startWithTls(TestKeys keys) throws IOException {
    return new TestDatabase(EmbeddedPostgres.builder()
        .setServerConfig("ssl", "on")
        .setServerConfig("ssl_cert_file", keys.certificate().toString())
        .setServerConfig("ssl_key_file", keys.key().toString())
        .start());
  }

  int port() {
    return postgres.getPort();
  }

  /** A new and empty database. */
  DatabaseUrl create(String name) throws SQLException {
    execute(USER, "CREATE DATABASE " + name);
    return DatabaseUrl.parse(
        "postgresql://postgres:postgres@localhost:" + postgres.getPort() + "/" + name);
  }

  void execute(String database, String sql) throws SQLException {
    try (Connection connection = postgres.getDatabase(USER, database).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** First column of the first row. */
  String read(String database, String sql) throws SQLException {
    try (Connection connection = postgres.getDatabase(USER, database).getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  @Override
  public void close() throws IOException {
    postgres.close();
  }
}
