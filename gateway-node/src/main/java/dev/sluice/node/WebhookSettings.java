package dev.sluice.node;

import com.typesafe.config.Config;
import dev.sluice.ingress.ObjectKey;
import dev.sluice.state.Section;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * {@code sluice.webhook} in reference.conf.
 *
 * @param certificateFile in PEM; empty where {@code secret} is set
 * @param secret null where the files are set
 * @param bodyBytes of a question
 * @param atOnce questions that are answered at once
 */
public record WebhookSettings(
    boolean on,
    String host,
    int port,
    String certificateFile,
    String keyFile,
    @Nullable ObjectKey secret,
    long bodyBytes,
    Duration timeout,
    int atOnce) {
  private static final String SECRET = "namespace/name, or nothing";

  /** @throws IllegalArgumentException that names the key, its value and what was expected */
  static WebhookSettings from(Config config) {
    Section section = Section.of(config, "sluice.webhook");
    String secret = section.text("secret");
    if (!secret.isEmpty() && !secret.matches("[a-z0-9][-a-z0-9]*/[a-z0-9][-.a-z0-9]*")) {
      throw section.refused("secret", SECRET);
    }
    int slash = secret.indexOf('/');
    WebhookSettings settings = new WebhookSettings(
        section.flag("on"),
        section.text("host"),
        section.port("port"),
        section.text("certificate-file"),
        section.text("key-file"),
        secret.isEmpty()
            ? null
            : new ObjectKey("Secret", secret.substring(0, slash), secret.substring(slash + 1)),
        section.bytes("body-bytes", 1 << 10, 16 << 20),
        section.duration("timeout", Duration.ofMillis(100), Duration.ofSeconds(30)),
        section.count("at-once", 1, 1000));
    boolean files = !settings.certificateFile.isEmpty() && !settings.keyFile.isEmpty();
    if (settings.on && files == (settings.secret != null)) {
      throw section.refused("secret", "a Secret, or certificate-file and key-file, and not both");
    }
    return settings;
  }
}
