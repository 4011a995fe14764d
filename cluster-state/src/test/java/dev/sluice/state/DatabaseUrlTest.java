package dev.sluice.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import io.r2dbc.postgresql.client.SSLMode;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Option;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseUrlTest {
  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
          postgresql://u:p@db.example:6432/sluice    | db.example | 6432 | sluice      | u   | p
          postgres://u:p@db/sluice                   | db         | 5432 | sluice      | u   | p
          postgresql://u@10.0.0.7/sluice             | 10.0.0.7   | 5432 | sluice      | u   | ''
          postgresql://u:@db:/sluice                 | db         | 5432 | sluice      | u   | ''
          postgresql://u:p@[fd00::7]:5432/sluice     | fd00::7    | 5432 | sluice      | u   | p
          postgresql://u:p@db/quota%20of%20tenants   | db         | 5432 | quota of tenants | u | p
          postgresql://o%40corp:p@db/sluice          | db         | 5432 | sluice      | o@corp | p
          """)
  void everyFormIsRead(
      String url, String host, int port, String database, String user, String password) {
    assertThat(DatabaseUrl.parse(url))
        .isEqualTo(new DatabaseUrl(
            List.of(new DatabaseUrl.Host(host, port)), database, user, password, DatabaseTls.NONE));
  }

  @Test
  void ofSeveralHostsTheJournalAsksForTheOneThatCanBeWrittenTo() {
    DatabaseUrl url = DatabaseUrl.parse("postgresql://u:p%40,s@db-0.db:6432,db-1.db/quota%20x");
    assertThat(url)
        .isEqualTo(new DatabaseUrl(
            List.of(new DatabaseUrl.Host("db-0.db", 6432), new DatabaseUrl.Host("db-1.db", 5432)),
            "quota x",
            "u",
            "p@,s",
            DatabaseTls.NONE))
        .hasToString("postgresql://u@db-0.db:6432,db-1.db:5432/quota x");
    String journal = url.journal().get("url").toString();
    assertThat(ConnectionFactories.get(journal)).isInstanceOf(PostgresqlConnectionFactory.class);
    ConnectionFactoryOptions options = ConnectionFactoryOptions.parse(journal);
    assertThat(options.getValue(ConnectionFactoryOptions.HOST))
        .isEqualTo("db-0.db:6432,db-1.db:5432");
    assertThat(options.getValue(ConnectionFactoryOptions.PASSWORD)).hasToString("p@,s");
    assertThat(options.getValue(Option.valueOf("targetServerType"))).isEqualTo("primary");
  }

  @Test
  void tlsIsAskedForAsWithPostgresqlsOwnClients(@TempDir Path folder) throws IOException {
    DatabaseUrl checked = DatabaseUrl.parse("postgresql://u:p@a,b/sluice?sslmode=verify-ca");
    assertThat(checked.tls()).isEqualTo(new DatabaseTls(SSLMode.VERIFY_CA, Optional.empty()));
    assertThat(checked).hasToString("postgresql://u@a:5432,b:5432/sluice?sslmode=verify-ca");
    assertThat(checked.journal())
        .containsEntry("ssl", Map.of("enabled", true, "mode", "verify-ca", "root-cert", ""));

    assertThat(DatabaseUrl.parse("postgresql://u@a/sluice?sslmode=disable").journal())
        .containsEntry("ssl", Map.of("enabled", false));

    Path file = Files.writeString(folder.resolve("ca.crt"), "not a certificate");
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            DatabaseUrl.parse("postgresql://u@a/sluice?sslmode=verify-full&sslrootcert=" + file))
        .withMessageContaining("sslrootcert: " + file);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> DatabaseUrl.parse("postgresql://u@a/sluice?sslmode=require&sslrootcert=" + file))
        .withMessageContaining("sslrootcert");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
          a+b            | a+b
          a%2Bb          | a+b
          a%20b          | a b
          a:b            | a:b
          %40%3A%2F%3F%23%25%5B%5D | @:/?#%[]
          p%C3%A4ss      | päss
          $&=!~*'();,    | $&=!~*'();,
          """)
  void aPasswordMayHoldAnyCharacter(String written, String meant) {
    assertThat(DatabaseUrl.parse("postgresql://u:" + written + "@db/sluice").password())
        .isEqualTo(meant);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
          mysql://u:hunter2@db/sluice                        | does not begin with postgresql://
          jdbc:postgresql://u:hunter2@db/sluice              | does not begin with postgresql://
          hunter2                                            | does not begin with postgresql://
          ''                                                 | does not begin with postgresql://
          postgresql://u:hunter2 x@db/sluice                 | it is no URL; special characters of user and password
          postgresql://u:hunter2%zz@db/sluice                | it is no URL; special characters of user and password
          postgresql://u:hunter2@x@db/sluice                 | percent-encoded
          postgresql://u:hunter2/x@db/sluice                 | percent-encoded
          postgresql://u:hunter2?x@db/sluice                 | ? and # in a password
          postgresql://u:hunter2#x@db/sluice                 | a #, which in a password is written %23
          postgresql:u:hunter2@db/sluice                     | no host
          postgresql:///sluice                               | no host
          postgresql://u:hunter2@/sluice                     | no host
          postgresql://db/sluice                             | no user
          postgresql://:hunter2@db/sluice                    | no user
          postgresql://u:hunter2@db                          | no database
          postgresql://u:hunter2@db/                         | no database
          postgresql://u:hunter2@db/sluice/hunter2           | more than one
          postgresql://u:hunter2@db:0/sluice                 | port is not one of 1 to 65535
          postgresql://u:hunter2@db,/sluice                  | no host
          postgresql://u:hunter2@db,[::1]/sluice             | none can be an IPv6 address
          postgresql://u:hunter2@db:65536/sluice             | port is not one of 1 to 65535
          postgresql://u:hunter2@db:hunter2/sluice           | no host
          postgresql://u:hunter2@db/sluice?hunter2           | neither sslmode nor sslrootcert
          postgresql://u:hunter2@db/sluice?application_name=hunter2 | neither sslmode nor sslrootcert
          postgresql://u:hunter2@db/sluice?sslmode=prefer    | leaves it to whoever answers
          postgresql://u:hunter2@db/sluice?sslmode=          | sslmode is not one of disable, require, verify-ca and verify-full
          postgresql://u:hunter2@db/sluice?sslmode=VERIFY_CA | sslmode is not one of
          postgresql://u:hunter2@db/sluice?sslmode=verify-full&sslrootcert=/no/such/ca.crt | /no/such/ca.crt can't be read (NoSuchFileException)
          """)
  void aRefusalSaysWhatIsWrongAndNotThePassword(String url, String words) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DatabaseUrl.parse(url))
        .withMessageContaining(words)
        .withMessageContaining("expected: postgresql://user:password@host:5432/database")
        .withNoCause()
        .satisfies(refusal -> assertThat(refusal.getMessage()).doesNotContain("hunter2"));
  }

  @Test
  void itIsShownWithoutItsPassword() {
    assertThat(DatabaseUrl.parse("postgres://u:hunter2@db/sluice"))
        .hasToString("postgresql://u@db:5432/sluice");
    assertThat(DatabaseUrl.parse("postgres://u:hunter2@[::1]/sluice"))
        .hasToString("postgresql://u@[::1]:5432/sluice");
  }
}
