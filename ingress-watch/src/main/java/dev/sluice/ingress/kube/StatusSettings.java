package dev.sluice.ingress.kube;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * {@code sluice.ingress.status} in reference.conf.
 *
 * @param write whether anything is told
 * @param addresses IPs or host names
 * @param service namespace/name, or empty
 * @param checkInterval between two looks at what the API server has
 * @param eventInterval after which an Event is repeated
 * @param events most problems that are told
 * @param atOnce most writes at a time
 */
public record StatusSettings(
    boolean write,
    List<String> addresses,
    String service,
    Duration checkInterval,
    Duration eventInterval,
    int events,
    int atOnce) {
  private static final String PATH = "sluice.ingress.status.";

  public StatusSettings {
    addresses = List.copyOf(addresses);
    check(
        "service",
        service,
        service.isEmpty() || service.matches("[a-z0-9-]+/[a-z0-9-]+"),
        "namespace/name, or nothing");
    time("check-interval", checkInterval, Duration.ofHours(1));
    time("event-interval", eventInterval, Duration.ofHours(24));
    check("events", "" + events, events >= 0 && events <= 100_000, "0 to 100000");
    check("at-once", "" + atOnce, atOnce >= 1 && atOnce <= 100, "1 to 100");
  }

  /** @throws IllegalArgumentException that names the key, its value and what was expected */
  public static StatusSettings from(Config config) {
    String addresses = read("addresses", "addresses separated by commas", config::getString);
    return new StatusSettings(
        read("write", "on or off", config::getBoolean),
        Arrays.stream(addresses.split(",", -1))
            .map(String::strip)
            .filter(address -> !address.isEmpty())
            .toList(),
        read("service", "namespace/name, or nothing", config::getString),
        read("check-interval", "a time such as 60 s", config::getDuration),
        read("event-interval", "a time such as 30 minutes", config::getDuration),
        read("events", "a whole number", config::getInt),
        read("at-once", "a whole number", config::getInt));
  }

  private static <T> T read(String key, String expected, Function<String, T> reader) {
    try {
      return reader.apply(PATH + key);
    } catch (ConfigException e) {
      throw new IllegalArgumentException(
          PATH + key + ": " + e.getMessage() + " (expected: " + expected + ")", e);
    }
  }

  private static void time(String key, Duration value, Duration most) {
    check(
        key,
        value.toMillis() + " ms",
        value.toMillis() >= 1000 && value.compareTo(most) <= 0,
        "1000 ms to " + most.toMillis() + " ms");
  }

  private static void check(String key, String value, boolean valid, String expected) {
    if (!valid) {
      throw new IllegalArgumentException(
          PATH + key + ": " + value + " (expected: " + expected + ")");
    }
  }
}
