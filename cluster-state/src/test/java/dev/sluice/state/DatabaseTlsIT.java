package dev.sluice.state;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom a database must prove to be, against servers that can and can't: nothing is sent to one that doesn't. */
class DatabaseTlsIT {
  private static final String NAME = "localhost";
  private static final String OTHER_NAME = "127.0.0.1";

  @TempDir
  private static Path folder;

  private static TestKeys keys;
  private static TestKeys others;
  private static TestDatabase encrypted;
  private static TestDatabase plain;

  @BeforeAll
  static void start() throws Exception {
    keys = TestKeys.create(folder.resolve("keys"), NAME);
    others = TestKeys.create(folder.resolve("others"), NAME);
    encrypted = TestDatabase.startWithTls(keys);
    plain = TestDatabase.start();
  }

  @AfterAll
  static void stop() throws Exception {
    encrypted.close();
    plain.close();
  }

  private static void connect(TestDatabase to, String host, String parameters) {
    String url = "postgresql://postgres:postgres@" + host + ":" + to.port() + "/postgres";
    Schema.migrate(DatabaseUrl.parse(url + parameters))
        .toCompletableFuture()
        .orTimeout(30, SECONDS)
        .join();
  }

  private static String root(TestKeys of) {
    return "&sslrootcert=" + of.certificate();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?sslmode=disable", "?sslmode=require"})
  void whoAsksForNoProofGetsNone(String parameters) {
    assertThatCode(() -> connect(encrypted, OTHER_NAME, parameters)).doesNotThrowAnyException();
  }

  @Test
  void aServerWithTheRightCertificateIsBelieved() {
    assertThatCode(() -> connect(encrypted, NAME, "?sslmode=verify-full" + root(keys)))
        .doesNotThrowAnyException();
  }

  @Test
  void theNameCountsForVerifyFullOnly() {
    assertThatCode(() -> connect(encrypted, OTHER_NAME, "?sslmode=verify-ca" + root(keys)))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> connect(encrypted, OTHER_NAME, "?sslmode=verify-full" + root(keys)))
        .hasMessageContaining(OTHER_NAME);
  }

  @ParameterizedTest
  @ValueSource(strings = {"verify-ca", "verify-full"})
  void aServerOfAnotherAuthorityIsNotSpokenTo(String mode) {
    assertThatThrownBy(() -> connect(encrypted, NAME, "?sslmode=" + mode))
        .as("authorities of the JDK")
        .hasRootCauseInstanceOf(GeneralSecurityException.class);
    assertThatThrownBy(() -> connect(encrypted, NAME, "?sslmode=" + mode + root(others)))
        .as("authorities of another file")
        .hasRootCauseInstanceOf(GeneralSecurityException.class);
  }

  @Test
  void aServerWithoutTlsIsNotSpokenToInPlainText() {
    assertThatThrownBy(() -> connect(plain, NAME, "?sslmode=require")).hasMessageContaining("SSL");
  }
}
