package dev.sluice.edge;

import com.typesafe.config.Config;
import dev.sluice.state.Section;
import java.time.Duration;

/** Connections that are passed on as they are: {@code sluice.edge.stream} in reference.conf. */
public record StreamSettings(
    Duration connectTimeout,
    Duration idleTimeout,
    int tries,
    int unsentBytes,
    int answers,
    int datagramSessions,
    int proxyVersion) {
  static StreamSettings from(Config config) {
    Section stream = Section.of(config, "sluice.edge.stream");
    return new StreamSettings(
        stream.duration("connect-timeout", Duration.ofMillis(100), Duration.ofMinutes(5)),
        stream.duration("idle-timeout", Duration.ofSeconds(1), Duration.ofHours(24)),
        stream.count("tries", 1, 100),
        (int) stream.bytes("unsent-bytes", 4 * 1024, 64 * 1024 * 1024),
        stream.count("answers", 0, 1_000_000),
        stream.count("datagram-sessions", 1, 1_000_000),
        stream.count("proxy-version", 1, 2));
  }
}
