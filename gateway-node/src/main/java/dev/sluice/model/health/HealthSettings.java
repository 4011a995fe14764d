package dev.sluice.model.health;

import com.typesafe.config.Config;
import dev.sluice.state.Section;
import java.time.Duration;

/** {@code sluice.model.health} in reference.conf, where each key is explained. */
public record HealthSettings(
    int failures,
    Duration coolDown,
    Duration longestCoolDown,
    Duration rejectedCoolDown,
    Duration longestRejectedCoolDown,
    Duration longestRetryAfter,
    Duration trialTime,
    Duration trialWait,
    int mostKnown) {
  /** @throws IllegalArgumentException that names the key, its value and what was expected */
  public static HealthSettings from(Config config) {
    Section health = Section.of(config, "sluice.model.health");
    Duration least = Duration.ofMillis(10);
    Duration hour = Duration.ofHours(1);
    return new HealthSettings(
        health.count("failures", 1, 1000),
        health.duration("cool-down", least, hour),
        health.duration("longest-cool-down", least, hour),
        health.duration("rejected-cool-down", least, hour),
        health.duration("longest-rejected-cool-down", least, Duration.ofHours(24)),
        health.duration("longest-retry-after", least, Duration.ofHours(24)),
        health.duration("trial-time", Duration.ofSeconds(1), hour),
        health.duration("trial-wait", Duration.ofMillis(100), Duration.ofMinutes(1)),
        health.count("most-known", 100, 1_000_000));
  }
}
