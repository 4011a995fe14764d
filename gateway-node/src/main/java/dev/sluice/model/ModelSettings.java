package dev.sluice.model;

import com.typesafe.config.Config;
import dev.sluice.model.gate.GateSettings;
import dev.sluice.model.health.HealthSettings;
import dev.sluice.state.Section;
import java.time.Duration;

/** {@code sluice.model} in reference.conf, where each key is explained. */
public record ModelSettings(
    Duration connectTimeout,
    int unsentBytes,
    int heldBytes,
    HealthSettings health,
    BalanceSettings balance,
    ProbeSettings probes,
    GateSettings limits,
    TokenSettings tokens,
    int countsWaiting,
    int sampleBytes,
    boolean tellHolds,
    long cacheBytes,
    long recordedBytes) {
  /** @throws IllegalArgumentException that names the key, its value and what was expected */
  public static ModelSettings from(Config config) {
    Section model = Section.of(config, "sluice.model");
    return new ModelSettings(
        model.duration("connect-timeout", Duration.ofMillis(100), Duration.ofMinutes(5)),
        (int) model.bytes("unsent-bytes", 4096, 64 * 1024 * 1024),
        (int) model.bytes("held-bytes", 4096, 16 * 1024 * 1024),
        HealthSettings.from(config),
        BalanceSettings.from(config),
        ProbeSettings.from(config),
        GateSettings.from(config),
        TokenSettings.from(config),
        model.count("counts-waiting", 1, 100_000),
        (int) model.bytes("sample-bytes", 1024, 16 * 1024 * 1024),
        model.flag("tell-holds"),
        model.bytes("cache.bytes", 1024, 64L * 1024 * 1024 * 1024),
        model.bytes("cache.recorded-bytes", 1024, 16L * 1024 * 1024 * 1024));
  }
}
