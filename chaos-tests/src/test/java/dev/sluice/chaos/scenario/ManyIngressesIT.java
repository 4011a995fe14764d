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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many Ingresses of an API server: ten on each host. {@code -Dsluice.ingresses=20000} for as many as a large cluster has.
 */
class ManyIngressesIT {
  private static final int INGRESSES = Integer.getInteger("sluice.ingresses", 2_000);
  private static final int OF_A_HOST = 10;
  private static final int CHANGES = 50;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir
  Path folder;

  private static String ingress(int number, String path) {
    return Objects.ingress(
        "many-" + number, "host-" + number / OF_A_HOST + ".localhost", path, "hello");
  }

  @Test
  void areServedAfterAStartAndEachChangeIsWhileNoRequestFails() throws Exception {
    try (ControlPlane cluster = ControlPlane.start(folder.resolve("kube"), "127.0.7.103");
        Backend backend = Backend.ofMachine()) {
      cluster.api().apply(Objects.ingressClass("nginx", "k8s.io/ingress-nginx"));
      cluster.api().apply(Objects.service("hello", backend));
      cluster.api().apply(Objects.ingress("hello", "hello.localhost", "/", "hello"));
      List<String> all = new ArrayList<>();
      for (int i = 0; i < INGRESSES; i++) {
        all.add(ingress(i, "/p" + i));
      }
      cluster.api().applyAll(all);
      long before = System.nanoTime();
      try (Installation sluice = Installation.start(
          folder.resolve("data"),
          "127.0.7.113",
          "run",
          "--manifests",
          Files.createDirectories(folder.resolve("none")).toString(),
          "--set",
          "sluice.node.first-table-timeout=60 s",
          "--set",
          "sluice.node.declarations=kubernetes",
          "--set",
          "sluice.ingress.kubernetes.kubeconfig=" + cluster.kubeconfig())) {
        int last = INGRESSES - 1;
        assertThat(status(sluice, last, "/p" + last)).isEqualTo(200);
        System.out.println(INGRESSES + " Ingresses: serving after "
            + (System.nanoTime() - before) / 1_000_000 + " ms");
        changeSome(cluster, sluice);
      }
    }
  }

  private static void changeSome(ControlPlane cluster, Installation sluice) throws Exception {
    List<Long> millis = new ArrayList<>();
    try (SteadyTraffic traffic = SteadyTraffic.to(sluice.url(1))) {
      for (int i = 0; i < CHANGES; i++) {
        int number = i * (INGRESSES / CHANGES);
        cluster.api().apply(ingress(number, "/changed" + i));
        String path = "/changed" + i;
        long written = System.nanoTime();
        await()
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(5))
            .until(() -> status(sluice, number, path) == 200);
        millis.add((System.nanoTime() - written) / 1_000_000);
      }
      assertThat(traffic.failures()).isEmpty();
      assertThat(traffic.answered()).isPositive();
    }
    millis.sort(null);
    System.out.println("a change is served after " + millis.get(CHANGES / 2) + " ms, at most "
        + millis.get(CHANGES - 1) + " ms");
  }

  private static int status(Installation sluice, int number, String path) throws Exception {
    return Http.get(sluice.url(1) + path, "Host", "host-" + number / OF_A_HOST + ".localhost")
        .status();
  }
}
