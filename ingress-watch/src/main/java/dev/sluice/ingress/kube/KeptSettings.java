package dev.sluice.ingress.kube;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.time.Duration;
import java.util.Base64;
import java.util.function.Function;

/**
 * {@code sluice.ingress.kept} in reference.conf.
 *
 * @param file where it is kept, or empty
 * @param key 32 bytes that it is encrypted with, in base64; empty: Secrets are left out
 * @param patience how long a starting node waits for the API server
 * @param interval least time between two writes
 */
public record KeptSettings(String file, String key, Duration patience, Duration interval) {
  private static final String PATH = "sluice.ingress.kept.";
  private static final int KEY_BYTES = 32;
  private static final Duration MOST_TIME = Duration.ofMinutes(10);

  public KeptSettings {
    if (!key.isEmpty() && !isKey(key)) {
      throw new IllegalArgumentException(
          PATH + "key: this value (expected: 32 bytes in base64, or nothing)");
    }
    time("patience", patience);
    time("interval", interval);
  }

  /** @throws IllegalArgumentException that names the key, its value and what was expected */
  public static KeptSettings from(Config config) {
    return new KeptSettings(
        read("file", "a file, or nothing", config::getString),
        read("key", "32 bytes in base64, or nothing", config::getString),
        read("patience", "a time such as 5 s", config::getDuration),
        read("interval", "a time such as 10 s", config::getDuration));
  }

  private static boolean isKey(String key) {
    try {
      return Base64.getDecoder().decode(key).length == KEY_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static <T> T read(String key, String expected, Function<String, T> reader) {
    try {
      return reader.apply(PATH + key);
    } catch (ConfigException e) {
      throw new IllegalArgumentException(
          PATH + key + ": " + e.getMessage() + " (expected: " + expected + ")", e);
    }
  }

  private static void time(String key, Duration value) {
    if (value.toMillis() < 10 || value.compareTo(MOST_TIME) > 0) {
      throw new IllegalArgumentException(
          PATH + key + ": " + value.toMillis() + " ms (expected: 10 ms to 600000 ms)");
    }
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "kept in " + file;
  }
}
