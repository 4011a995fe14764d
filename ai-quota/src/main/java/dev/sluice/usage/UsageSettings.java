package dev.sluice.usage;

import com.typesafe.config.Config;
import dev.sluice.state.Section;
import java.time.Duration;

/** {@code sluice.usage} in reference.conf, where each key is explained. */
public record UsageSettings(
    Duration interval, int mostLines, Duration retention, Duration stopTimeout) {
  /** @throws IllegalArgumentException that names the key, its value and what was expected */
  public static UsageSettings from(Config config) {
    Section usage = Section.of(config, "sluice.usage");
    return new UsageSettings(
        usage.duration("interval", Duration.ofMillis(100), Duration.ofMinutes(10)),
        usage.count("lines", 100, 10_000_000),
        usage.duration("retention", Duration.ofDays(1), Duration.ofDays(3650)),
        usage.duration("stop-timeout", Duration.ZERO, Duration.ofMinutes(1)));
  }
}
