package dev.sluice.edge;

import com.typesafe.config.Config;
import dev.sluice.state.Section;

/**
 * The limits of a connection that speaks HTTP/2: {@code sluice.edge.http2} in reference.conf, where each key is
 * explained.
 */
public record Http2Settings(
    boolean on, int streams, int windowBytes, int resets, int controlFrames) {
  static Http2Settings from(Config config) {
    Section http2 = Section.of(config, "sluice.edge.http2");
    return new Http2Settings(
        http2.flag("on"),
        http2.count("streams", 1, 10_000),
        (int) http2.bytes("window", 16 * 1024, 16 * 1024 * 1024),
        http2.count("resets", 10, 1_000_000),
        http2.count("control-frames", 100, 10_000_000));
  }
}
