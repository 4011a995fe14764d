package dev.sluice.upstream;

import com.typesafe.config.Config;
import dev.sluice.state.Section;
import java.time.Duration;

/** Limits of HTTP/2 with upstreams: {@code sluice.upstream.http2} in reference.conf, where each key is explained. */
public record Http2Settings(
    int connections,
    int streams,
    int windowBytes,
    int controlFrames,
    Duration pingTimeout,
    Duration sendTimeout) {
  static Http2Settings from(Config config) {
    Section http2 = Section.of(config, "sluice.upstream.http2");
    return new Http2Settings(
        http2.count("connections", 1, 10_000),
        http2.count("streams", 1, 100_000),
        (int) http2.bytes("window", 16 * 1024, 16 * 1024 * 1024),
        http2.count("control-frames", 100, 10_000_000),
        http2.duration("ping-timeout", Duration.ofMillis(100), Duration.ofMinutes(5)),
        http2.duration("send-timeout", Duration.ofSeconds(1), Duration.ofHours(24)));
  }
}
