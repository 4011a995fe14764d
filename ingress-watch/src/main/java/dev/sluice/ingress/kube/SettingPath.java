package dev.sluice.ingress.kube;

import com.typesafe.config.ConfigException;
import java.time.Duration;
import java.util.function.Function;

/**
 * A section of reference.conf, by whose keys values are read and refused.
 *
 * @param path with a dot at its end
 */
record SettingPath(String path) {
  /** @param expected of the value, for people */
  <T> T read(String key, String expected, Function<String, T> reader) {
    try {
      return reader.apply(path + key);
    } catch (ConfigException e) {
      throw new IllegalArgumentException(
          path + key + ": " + e.getMessage() + " (expected: " + expected + ")", e);
    }
  }

  /** Refuses a value that is not valid. */
  void check(String key, String value, boolean valid, String expected) {
    if (!valid) {
      throw new IllegalArgumentException(
          path + key + ": " + value + " (expected: " + expected + ")");
    }
  }

  /** Refuses a count that is out of its range. */
  void count(String key, int value, int least, int most) {
    check(key, "" + value, value >= least && value <= most, least + " to " + most);
  }

  /** Refuses a time that is out of its range. */
  void time(String key, Duration value, Duration least, Duration most) {
    check(
        key,
        value.toMillis() + " ms",
        value.compareTo(least) >= 0 && value.compareTo(most) <= 0,
        least.toMillis() + " ms to " + most.toMillis() + " ms");
  }
}
