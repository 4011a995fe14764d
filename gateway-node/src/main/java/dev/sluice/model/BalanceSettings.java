package dev.sluice.model;

import com.typesafe.config.Config;
import dev.sluice.model.route.Lasts;
import dev.sluice.state.Section;
import java.time.Duration;

/** {@code sluice.model.balance} in reference.conf, where each key is explained. */
public record BalanceSettings(Lasts lasts, int prefixBytes, int prefixLoadPercent, Queue queue) {
  /** How servers are asked for their metrics. */
  public record Queue(
      Duration interval, Duration timeout, Duration idle, int mostTargets, int answerBytes) {}

  /** @throws IllegalArgumentException that names the key, its value and what was expected */
  public static BalanceSettings from(Config config) {
    Section balance = Section.of(config, "sluice.model.balance");
    Duration second = Duration.ofSeconds(1);
    Duration hour = Duration.ofHours(1);
    return new BalanceSettings(
        new Lasts(
            balance.duration("room-lasts", second, hour),
            balance.duration("longest-room", second, Duration.ofHours(24)),
            balance.duration("queue-lasts", Duration.ofMillis(100), hour)),
        (int) balance.bytes("prefix-bytes", 16, 1024 * 1024),
        balance.count("prefix-load-percent", 101, 10_000),
        new Queue(
            balance.duration("queue-interval", Duration.ofMillis(50), Duration.ofMinutes(1)),
            balance.duration("queue-timeout", Duration.ofMillis(50), Duration.ofMinutes(1)),
            balance.duration("queue-idle", second, hour),
            balance.count("queue-targets", 1, 10_000),
            (int) balance.bytes("queue-answer-bytes", 1024, 16 * 1024 * 1024)));
  }
}
