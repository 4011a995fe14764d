package dev.sluice.state;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * {@code sluice.cluster} in reference.conf, where each key is explained.
 *
 * @param seeds addresses {@code host:port} of nodes to join; empty for a cluster of one's own
 */
public record ClusterSettings(
    String host,
    int port,
    List<String> seeds,
    Duration clockInterval,
    Duration rebuildDelay,
    Duration leaveTimeout) {
  private static final Pattern SEED = Pattern.compile("[^:\\s]+:\\d{1,5}");
  private static final int MOST_PORT = 65535;

  /** @throws IllegalArgumentException that names the key, its value and what was expected */
  public static ClusterSettings from(Config config) {
    Section cluster = Section.of(config, "sluice.cluster");
    List<String> seeds = Pattern.compile("[,\\s]+")
        .splitAsStream(cluster.text("seeds"))
        .filter(seed -> !seed.isEmpty())
        .toList();
    for (String seed : seeds) {
      if (!SEED.matcher(seed).matches() || !isPort(seed.substring(seed.indexOf(':') + 1))) {
        throw cluster.refused("seeds", "addresses such as 10.0.0.1:25520, separated by commas");
      }
    }
    return new ClusterSettings(
        cluster.text("host"),
        cluster.port("port"),
        seeds,
        cluster.duration("clock-interval", Duration.ofMillis(100), Duration.ofMinutes(5)),
        cluster.duration("rebuild-delay", Duration.ofMillis(100), Duration.ofMinutes(5)),
        cluster.duration("leave-timeout", Duration.ofSeconds(1), Duration.ofMinutes(5)));
  }

  private static boolean isPort(String text) {
    int port = Integer.parseInt(text);
    return port >= 1 && port <= MOST_PORT;
  }
}
