package dev.sluice.quota;

import com.typesafe.config.Config;
import dev.sluice.state.Section;
import java.time.Duration;

/** {@code sluice.quota} in reference.conf, where each key is explained. */
public record QuotaSettings(
    DeskSettings desk,
    NodeSettings node,
    Duration patience,
    Duration tick,
    int snapshotEvery,
    int inbox) {
  /** @throws IllegalArgumentException that names the key, its value and what was expected */
  public static QuotaSettings from(Config config) {
    Section quota = Section.of(config, "sluice.quota");
    return new QuotaSettings(
        new DeskSettings(
            millis(quota, "lease-life", 2_000, 300_000),
            millis(quota, "recall-wait", 10, 5_000),
            millis(quota, "recall-again", 1_000, 600_000),
            millis(quota, "clock-error", 1, 1_000),
            millis(quota, "longest-hold", 60_000, 90_000_000)),
        new NodeSettings(
            millis(quota, "want", 100, 60_000),
            millis(quota, "report-interval", 100, 60_000),
            millis(quota, "report-when-quiet", 10, 60_000),
            millis(quota, "resend", 100, 60_000),
            millis(quota, "give-up", 1_000, 600_000),
            millis(quota, "repeat-refusal", 0, 1_000)),
        quota.duration("patience", Duration.ofMillis(100), Duration.ofMinutes(1)),
        quota.duration("tick", Duration.ofMillis(10), Duration.ofSeconds(1)),
        quota.count("snapshot-every", 10, 100_000),
        quota.count("inbox", 100, 1_000_000));
  }

  private static long millis(Section quota, String key, long least, long most) {
    return quota
        .duration(key, Duration.ofMillis(least), Duration.ofMillis(most))
        .toMillis();
  }

  /** The longest that a request which holds some of a quota may run; its node ends it then. */
  public Duration longestHold() {
    return Duration.ofMillis(desk.longestHold());
  }

  /** Largest error that a reading of the database's clock may have. */
  public Duration clockError() {
    return Duration.ofMillis(desk.clockError());
  }
}
