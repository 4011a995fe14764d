package dev.sluice.tenancy;

import com.typesafe.config.Config;
import dev.sluice.state.Section;
import java.time.Duration;

/** {@code sluice.tenancy} in reference.conf, where each key is explained. */
public record TenancySettings(
    Duration pollInterval,
    Duration retryDelay,
    Duration loadTimeout,
    int mostTenants,
    Duration mostOverlap,
    Duration auditRetention) {
  /** @throws IllegalArgumentException that names the key, its value and what was expected */
  public static TenancySettings from(Config config) {
    Section tenancy = Section.of(config, "sluice.tenancy");
    return new TenancySettings(
        tenancy.duration("poll-interval", Duration.ofMillis(50), Duration.ofMinutes(1)),
        tenancy.duration("retry-delay", Duration.ofMillis(50), Duration.ofMinutes(1)),
        tenancy.duration("load-timeout", Duration.ofSeconds(1), Duration.ofMinutes(10)),
        tenancy.count("most-tenants", 1, 1_000_000),
        tenancy.duration("most-overlap", Duration.ZERO, Duration.ofDays(365)),
        tenancy.duration("audit-retention", Duration.ofDays(1), Duration.ofDays(3650)));
  }
}
