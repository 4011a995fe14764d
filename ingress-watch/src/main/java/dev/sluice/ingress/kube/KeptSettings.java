package dev.sluice.ingress.kube;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Base64;

/**
 * {@code sluice.ingress.kept} in reference.conf.
 *
 * @param file where it is kept, or empty
 * @param key 32 bytes that it is encrypted with, in base64; empty: Secrets are left out
 * @param patience how long a starting node waits for the API server
 * @param interval least time between two writes
 */
public record KeptSettings(String file, String key, Duration patience, Duration interval) {
  private static final SettingPath PATH = new SettingPath("sluice.ingress.kept.");
  private static final int KEY_BYTES = 32;
  private static final Duration LEAST_TIME = Duration.ofMillis(10);
  private static final Duration MOST_TIME = Duration.ofMinutes(10);

  public KeptSettings {
    if (!key.isEmpty() && !isKey(key)) {
      throw new IllegalArgumentException(
          PATH.path() + "key: this value (expected: 32 bytes in base64, or nothing)");
    }
    PATH.time("patience", patience, LEAST_TIME, MOST_TIME);
    PATH.time("interval", interval, LEAST_TIME, MOST_TIME);
  }

  /** @throws IllegalArgumentException that names the key, its value and what was expected */
  public static KeptSettings from(Config config) {
    return new KeptSettings(
        PATH.read("file", "a file, or nothing", config::getString),
        PATH.read("key", "32 bytes in base64, or nothing", config::getString),
        PATH.read("patience", "a time such as 5 s", config::getDuration),
        PATH.read("interval", "a time such as 10 s", config::getDuration));
  }

  private static boolean isKey(String key) {
    try {
      return Base64.getDecoder().decode(key).length == KEY_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "kept in " + file;
  }
}
