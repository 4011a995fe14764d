package dev.sluice.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.chaos.fault.Backend;
import dev.sluice.chaos.fault.ControlPlane;
import dev.sluice.chaos.fault.Installation;
import dev.sluice.chaos.fault.Objects;
import dev.sluice.chaos.traffic.Http;
import dev.sluice.chaos.traffic.SteadyTraffic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The API server is away, and comes back with an older store than the one it left with; a node is started anew meanwhile.
 * {@code -Dsluice.outage-seconds=120} for as long as the promise says.
 */
class OutageIT {
  private static final int SECONDS = Integer.getInteger("sluice.outage-seconds", 5);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir
  Path folder;

  private Installation start(ControlPlane cluster, String name, String host) throws Exception {
    return Installation.start(
        folder.resolve(name),
        host,
        "run",
        "--manifests",
        Files.createDirectories(folder.resolve("none")).toString(),
        "--set",
        "sluice.node.declarations=kubernetes",
        "--set",
        "sluice.ingress.kept.file=" + folder.resolve(name + "-kept"),
        "--set",
        "sluice.ingress.kept.interval=100 ms",
        "--set",
        "sluice.ingress.kept.patience=1 s",
        "--set",
        "sluice.ingress.kubernetes.kubeconfig=" + cluster.kubeconfig());
  }

  private static void awaitStatus(Installation sluice, String host, int status) {
    await()
        .atMost(PATIENCE)
        .until(() -> Http.get(sluice.url(1) + "/", "Host", host).status() == status);
  }

  @Test
  void harmsNoTrafficAndEndsInWhatTheOlderStoreHolds() throws Exception {
    try (ControlPlane cluster = ControlPlane.start(folder.resolve("kube"), "127.0.7.105");
        Backend backend = Backend.ofMachine()) {
      cluster.api().applyFile(Path.of("..", "deploy", "crds"));
      cluster.api().apply(Objects.ingressClass("nginx", "k8s.io/ingress-nginx"));
      cluster.api().apply(Objects.service("hello", backend));
      cluster.api().apply(Objects.ingress("hello", "hello.localhost", "/", "hello"));
      cluster.killApiServer();
      cluster.keepStore();
      cluster.startApiServer();
      cluster.api().apply(Objects.ingress("lost", "lost.localhost", "/", "hello"));
      try (Installation steady = start(cluster, "steady", "127.0.7.126");
          SteadyTraffic traffic = SteadyTraffic.to(steady.url(1))) {
        try (Installation first = start(cluster, "again", "127.0.7.127")) {
          awaitStatus(first, "lost.localhost", 200);
          await().atMost(PATIENCE).until(() -> Files.exists(folder.resolve("again-kept")));
          cluster.killApiServer();
          first.stop();
        }
        long before = System.nanoTime();
        try (Installation again = start(cluster, "again", "127.0.7.127");
            SteadyTraffic more = SteadyTraffic.to(again.url(1))) {
          awaitStatus(again, "lost.localhost", 200);
          System.out.println("started without an API server in "
              + (System.nanoTime() - before) / 1_000_000 + " ms");
          await()
              .atMost(Duration.ofSeconds(SECONDS + 60L))
              .until(() -> System.nanoTime() - before > SECONDS * 1_000_000_000L);
          assertThat(Http.hello(again.url(1)).status()).isEqualTo(200);
          cluster.putBack();
          long back = System.nanoTime();
          cluster.startApiServer();
          for (Installation one : new Installation[] {steady, again}) {
            awaitStatus(one, "lost.localhost", 404);
            assertThat(Http.hello(one.url(1)).status()).isEqualTo(200);
          }
          System.out.println("both nodes as the older store has it, after "
              + (System.nanoTime() - back) / 1_000_000 + " ms with the API server's start");
          cluster.api().apply(Objects.ingress("found", "found.localhost", "/", "hello"));
          for (Installation one : new Installation[] {steady, again}) {
            awaitStatus(one, "found.localhost", 200);
            await()
                .atMost(PATIENCE)
                .until(() -> !one.admin(1, "problems").body().contains("can't be read"));
          }
          assertThat(version(again)).isEqualTo(version(steady));
          assertThat(more.failures()).isEmpty();
          assertThat(more.answered()).isPositive();
          System.out.println(traffic.answered() + more.answered() + " requests, none failed");
        }
        assertThat(traffic.failures()).isEmpty();
        assertThat(traffic.answered()).isPositive();
      }
    }
  }

  private static String version(Installation sluice) throws Exception {
    return sluice.admin(1, "status").json().path("routeTable").asText();
  }
}
