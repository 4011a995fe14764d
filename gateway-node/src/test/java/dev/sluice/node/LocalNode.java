package dev.sluice.node;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.util.Map;

/** A whole node in the test's own process, on ports of its own. */
public final class LocalNode {
  private LocalNode() {}

  /** @param host loopback address that all of it listens on */
  public static Map<String, Object> settings(
      String host, Path manifests, EmbeddedPostgres database) {
    return Map.ofEntries(
        Map.entry("sluice.node.manifests", manifests.toString()),
        Map.entry(
            "sluice.node.database",
            "postgresql://postgres:postgres@127.0.0.1:" + database.getPort() + "/postgres"),
        Map.entry("sluice.edge.host", host),
        Map.entry("sluice.edge.port", 18080),
        Map.entry("sluice.edge.tls-port", 18443),
        Map.entry("sluice.admin.host", host),
        Map.entry("sluice.admin.port", 18081),
        Map.entry("sluice.health.host", host),
        Map.entry("sluice.health.port", 18558),
        Map.entry("sluice.metrics.host", host),
        Map.entry("sluice.metrics.port", 19095),
        Map.entry("sluice.cluster.host", host),
        Map.entry("sluice.cluster.port", 25520));
  }
}
