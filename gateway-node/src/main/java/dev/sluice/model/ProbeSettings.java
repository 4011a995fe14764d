package dev.sluice.model;

import com.typesafe.config.Config;
import dev.sluice.state.Section;
import java.time.Duration;

/** {@code sluice.model.probes} in reference.conf, where each key is explained. */
public record ProbeSettings(Duration timeout, Duration lookInterval, int mostProviders) {
  /** @throws IllegalArgumentException that names the key, its value and what was expected */
  public static ProbeSettings from(Config config) {
    Section probes = Section.of(config, "sluice.model.probes");
    return new ProbeSettings(
        probes.duration("timeout", Duration.ofMillis(100), Duration.ofMinutes(1)),
        probes.duration("look-interval", Duration.ofMillis(100), Duration.ofMinutes(10)),
        probes.count("most-providers", 1, 10_000));
  }
}
