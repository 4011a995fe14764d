package dev.sluice.model.gate;

import com.typesafe.config.Config;
import dev.sluice.state.Section;
import java.time.Duration;

/** {@code sluice.model.limits} in reference.conf, where each key is explained. */
public record GateSettings(Duration lease, Duration answerTimeout, int mostWaiting) {
  /** A node gives its calls up a tenth before others may have their places. */
  private static final int TENTHS = 10;

  /** @throws IllegalArgumentException that names the key, its value and what was expected */
  public static GateSettings from(Config config) {
    Section limits = Section.of(config, "sluice.model.limits");
    return new GateSettings(
        limits.duration("lease", Duration.ofSeconds(5), Duration.ofMinutes(10)),
        limits.duration("answer-timeout", Duration.ofMillis(100), Duration.ofMinutes(1)),
        limits.count("most-waiting", 1, 1_000_000));
  }

  Duration ownLease() {
    return lease.minus(lease.dividedBy(TENTHS));
  }
}
