package dev.sluice.state;

import com.typesafe.config.Config;
import java.time.Duration;

/** {@code sluice.database} in reference.conf, where each key is explained. */
public record DatabaseSettings(int connections, Duration idleTimeout, Duration timeout) {
  /** @throws IllegalArgumentException that names the key, its value and what was expected */
  public static DatabaseSettings from(Config config) {
    Section database = Section.of(config, "sluice.database");
    return new DatabaseSettings(
        database.count("connections", 1, 100),
        database.duration("idle-timeout", Duration.ofSeconds(1), Duration.ofHours(24)),
        database.duration("timeout", Duration.ofSeconds(1), Duration.ofMinutes(5)));
  }
}
