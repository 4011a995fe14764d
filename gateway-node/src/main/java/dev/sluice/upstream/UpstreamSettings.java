package dev.sluice.upstream;

import com.typesafe.config.Config;
import dev.sluice.state.Section;
import java.time.Duration;

/** Limits of connections to upstreams: {@code sluice.upstream} in reference.conf, where each key is explained. */
public record UpstreamSettings(
    int connections,
    int waiting,
    Duration waitingTimeout,
    Duration idleTimeout,
    int headBytes,
    int headFields,
    Http2Settings http2) {
  /** @throws IllegalArgumentException that names the key, its value and what was expected */
  public static UpstreamSettings from(Config config) {
    Section upstream = Section.of(config, "sluice.upstream");
    return new UpstreamSettings(
        upstream.count("connections", 1, 1_000_000),
        upstream.count("waiting", 0, 1_000_000),
        upstream.duration("waiting-timeout", Duration.ZERO, Duration.ofHours(24)),
        upstream.duration("idle-timeout", Duration.ofSeconds(1), Duration.ofHours(24)),
        (int) upstream.bytes("head-bytes", 1024, 1024 * 1024),
        upstream.count("head-fields", 16, 10_000),
        Http2Settings.from(config));
  }
}
