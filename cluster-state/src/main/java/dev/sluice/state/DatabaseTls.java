package dev.sluice.state;

import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.client.SSLMode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether the database is spoken to over TLS, and whom it must prove to be. The words are those of PostgreSQL's own clients.
 *
 * @param mode {@code disable}, {@code require} (whoever answers is believed), {@code verify-ca}, or {@code verify-full}
 * @param rootCertificate PEM file of the authorities that are trusted, for the two that verify; empty: those of the JDK
 */
record DatabaseTls(SSLMode mode, Optional<Path> rootCertificate) {
  static final DatabaseTls NONE = new DatabaseTls(SSLMode.DISABLE, Optional.empty());

  private static final String MODE = "sslmode";
  private static final String ROOT_CERTIFICATE = "sslrootcert";

  /**
   * @param parameters of a URL, by name, decoded
   * @throws IllegalArgumentException that says what is wrong, and shows no parameter that is not known
   */
  static DatabaseTls of(Map<String, String> parameters) {
    Map<String, String> left = new HashMap<>(parameters);
    SSLMode mode = mode(left.remove(MODE));
    Optional<Path> root =
        Optional.ofNullable(left.remove(ROOT_CERTIFICATE)).map(DatabaseTls::certificates);
    if (!left.isEmpty()) {
      throw new IllegalArgumentException(
          "it has something behind the database's name that is neither " + MODE + " nor "
              + ROOT_CERTIFICATE + "; ? and # in a password are written %3F and %23");
    }
    if (root.isPresent() && !mode.verifyCertificate()) {
      throw new IllegalArgumentException(
          ROOT_CERTIFICATE + " is of use with " + MODE + "=verify-ca and verify-full only");
    }
    return new DatabaseTls(mode, root);
  }

  private static SSLMode mode(@Nullable String word) {
    if (word == null) {
      return SSLMode.DISABLE;
    }
    return switch (word) {
      case "disable", "require", "verify-ca", "verify-full" -> SSLMode.fromValue(word);
      case "allow", "prefer" ->
        throw new IllegalArgumentException(
            MODE + "=" + word
                + " leaves it to whoever answers whether anything is encrypted: say disable or require");
      default ->
        throw new IllegalArgumentException(
            MODE + " is not one of disable, require, verify-ca and verify-full");
    };
  }

  private static Path certificates(String file) {
    Path path = Path.of(file);
    try (InputStream pem = Files.newInputStream(path)) {
      if (CertificateFactory.getInstance("X.509").generateCertificates(pem).isEmpty()) {
        throw new IllegalArgumentException(
            ROOT_CERTIFICATE + ": " + path + " holds no certificate");
      }
      return path;
    } catch (IOException e) {
      throw new IllegalArgumentException(
          ROOT_CERTIFICATE + ": " + path + " can't be read (" + e.getClass().getSimpleName() + ")",
          e);
    } catch (CertificateException e) {
      throw new IllegalArgumentException(
          ROOT_CERTIFICATE + ": " + path + " is no file of certificates in PEM", e);
    }
  }

  void applyTo(PostgresqlConnectionConfiguration.Builder connections) {
    if (mode.startSsl()) {
      connections.sslMode(mode);
      rootCertificate.ifPresent(file -> connections.sslRootCert(file.toString()));
    }
  }

  /** The same as {@code akka.persistence.r2dbc.connection-factory.ssl}. */
  Map<String, Object> journal() {
    return mode.startSsl()
        ? Map.of(
            "enabled",
            true,
            "mode",
            mode.toString(),
            "root-cert",
            rootCertificate.map(Path::toString).orElse(""))
        : Map.of("enabled", false);
  }

  /** As it stands behind a URL. */
  @Override
  public String toString() {
    return mode.startSsl() ? "?" + MODE + "=" + mode : "";
  }
}
