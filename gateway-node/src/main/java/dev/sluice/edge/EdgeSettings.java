package dev.sluice.edge;

import com.typesafe.config.Config;
import dev.sluice.state.Section;
import java.time.Duration;

/**
 * The listeners, and the limits of the connections that clients open: {@code sluice.edge} in reference.conf, where each
 * key is explained.
 */
public record EdgeSettings(
    String host,
    int port,
    int tlsPort,
    int workers,
    boolean eventLoop,
    boolean nativeTls,
    int connections,
    int backlog,
    int headBytes,
    int targetBytes,
    int headFields,
    int pipelinedBytes,
    int readBytes,
    Duration headTimeout,
    Duration bodyTimeout,
    Duration idleTimeout,
    Duration sendTimeout,
    Duration timerTick,
    Http2Settings http2,
    StreamSettings stream) {
  private static final Duration LEAST_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration MOST_TIMEOUT = Duration.ofHours(24);

  /** @throws IllegalArgumentException that names the key, its value and what was expected */
  public static EdgeSettings from(Config config) {
    Section edge = Section.of(config, "sluice.edge");
    int workers = edge.count("workers", 0, 1024);
    return new EdgeSettings(
        edge.text("host"),
        edge.port("port"),
        edge.port("tls-port"),
        workers == 0 ? Runtime.getRuntime().availableProcessors() : workers,
        edge.flag("event-loop"),
        nativeTls(edge),
        edge.count("connections", 1, 10_000_000),
        edge.count("backlog", 1, 65535),
        (int) edge.bytes("head-bytes", 1024, 1024 * 1024),
        (int) edge.bytes("target-bytes", 256, 1024 * 1024),
        edge.count("head-fields", 16, 10_000),
        (int) edge.bytes("pipelined-bytes", 1024, 16 * 1024 * 1024),
        (int) edge.bytes("read-bytes", 16 * 1024, 1024 * 1024),
        edge.duration("head-timeout", LEAST_TIMEOUT, MOST_TIMEOUT),
        edge.duration("body-timeout", LEAST_TIMEOUT, MOST_TIMEOUT),
        edge.duration("idle-timeout", LEAST_TIMEOUT, MOST_TIMEOUT),
        edge.duration("send-timeout", LEAST_TIMEOUT, MOST_TIMEOUT),
        edge.duration("timer-tick", Duration.ofMillis(10), LEAST_TIMEOUT),
        Http2Settings.from(config),
        StreamSettings.from(config));
  }

  private static boolean nativeTls(Section edge) {
    return switch (edge.text("tls-engine")) {
      case "native" -> true;
      case "jdk" -> false;
      default -> throw edge.refused("tls-engine", "jdk or native");
    };
  }
}
