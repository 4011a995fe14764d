package dev.sluice.model.health;

import java.time.Duration;

/** Settings with round figures. */
final class HealthSamples {
  static final HealthSettings SETTINGS = new HealthSettings(
      3,
      Duration.ofSeconds(2),
      Duration.ofSeconds(60),
      Duration.ofSeconds(100),
      Duration.ofSeconds(300),
      Duration.ofSeconds(1000),
      Duration.ofSeconds(30),
      Duration.ofSeconds(2),
      4);

  private HealthSamples() {}

  static long seconds(long count) {
    return Duration.ofSeconds(count).toNanos();
  }
}
