package dev.sluice.ingress.kube;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

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
  private static final SettingPath PATH = new SettingPath("sluice.ingress.status.");
  private static final Duration LEAST_TIME = Duration.ofSeconds(1);

  public StatusSettings {
    addresses = List.copyOf(addresses);
    PATH.check(
        "service",
        service,
        service.isEmpty() || service.matches("[a-z0-9-]+/[a-z0-9-]+"),
        "namespace/name, or nothing");
    PATH.time("check-interval", checkInterval, LEAST_TIME, Duration.ofHours(1));
    PATH.time("event-interval", eventInterval, LEAST_TIME, Duration.ofHours(24));
    PATH.count("events", events, 0, 100_000);
    PATH.count("at-once", atOnce, 1, 100);
  }

  /** @throws IllegalArgumentException that names the key, its value and what was expected */
  public static StatusSettings from(Config config) {
    String addresses = PATH.read("addresses", "addresses separated by commas", config::getString);
    return new StatusSettings(
        PATH.read("write", "on or off", config::getBoolean),
        Arrays.stream(addresses.split(",", -1))
            .map(String::strip)
            .filter(address -> !address.isEmpty())
            .toList(),
        PATH.read("service", "namespace/name, or nothing", config::getString),
        PATH.read("check-interval", "a time such as 60 s", config::getDuration),
        PATH.read("event-interval", "a time such as 30 minutes", config::getDuration),
        PATH.read("events", "a whole number", config::getInt),
        PATH.read("at-once", "a whole number", config::getInt));
  }
}
