package dev.sluice.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.chaos.fault.Backend;
import dev.sluice.chaos.fault.Installation;
import dev.sluice.chaos.fault.Objects;
import dev.sluice.chaos.traffic.Http;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** limit-rpm on two nodes that count together, and on the one that is left. */
class ClusterRatesIT {
  /** One a minute, and a burst of three: so many pass at once. */
  private static final int AT_ONCE = 4;

  @TempDir
  Path folder;

  private static String limited(String host) {
    return Objects.ingress(host, host + ".localhost", "/", "hello")
        .replace(
            "{name: " + host + "}",
            "{name: " + host + ", annotations: {nginx.ingress.kubernetes.io/limit-rpm: \"1\", "
                + "nginx.ingress.kubernetes.io/limit-burst-multiplier: \"3\"}}");
  }

  @Test
  void aClientGetsAsMuchFromAllNodesTogetherAsItWouldFromOne() throws Exception {
    try (Backend backend = Backend.ofMachine()) {
      Path manifests = Files.createDirectories(folder.resolve("manifests"));
      Files.writeString(
          manifests.resolve("all.yaml"),
          String.join(
              "---\n",
              Objects.service("hello", backend),
              limited("first"),
              limited("second"),
              limited("third")));
      try (Installation sluice = Installation.start(
          folder.resolve("data"),
          "127.0.7.130",
          "cluster",
          "2",
          "--manifests",
          manifests.toString(),
          "--set",
          "sluice.proxy.rate-patience=5 s",
          "--set",
          "sluice.proxy.rate-limits=cluster")) {
        await("both nodes in one cluster")
            .atMost(Duration.ofMinutes(1))
            .until(() -> isUp(sluice, 1) && isUp(sluice, 2));
        assertThat(passed(sluice, "first", 12, 1)).isBetween(AT_ONCE, AT_ONCE + 1);
        // A minute makes room for one more.
        assertThat(passed(sluice, "second", 12, 1, 2)).isBetween(AT_ONCE, AT_ONCE + 1);
        sluice.killNode(2);
        await("the other node counts all of them")
            .atMost(Duration.ofMinutes(1))
            .until(() -> passed(sluice, "third", 1, 1) == 0);
      }
    }
  }

  private static boolean isUp(Installation sluice, int node) throws Exception {
    return sluice.admin(node, "status").json().path("clusterUp").asBoolean();
  }

  /** How many of these requests are let through, by the nodes in turn. */
  private static int passed(Installation sluice, String host, int requests, int... nodes)
      throws Exception {
    int passed = 0;
    for (int i = 0; i < requests; i++) {
      String url = sluice.url(nodes[i % nodes.length]);
      passed += Http.get(url + "/", "Host", host + ".localhost").status() == 200 ? 1 : 0;
    }
    return passed;
  }
}
