package dev.sluice.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.chaos.fault.Backend;
import dev.sluice.chaos.fault.ControlPlane;
import dev.sluice.chaos.fault.Installation;
import dev.sluice.chaos.fault.Objects;
import dev.sluice.chaos.fault.ServerKeys;
import dev.sluice.chaos.traffic.Http;
import dev.sluice.chaos.traffic.SteadyTraffic;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many Ingresses of an API server: ten on each host, with a Service and an EndpointSlice for each host. With
 * {@code -Dsluice.ingresses=20000}, as many as a large cluster has, the figures are judged too.
 */
class ManyIngressesIT {
  private static final int INGRESSES = Integer.getInteger("sluice.ingresses", 2_000);
  private static final int OF_A_HOST = 10;
  /** From so many on, the promises about times and memory are held. */
  private static final int LARGE = 20_000;

  private static final int CHANGES = INGRESSES < LARGE ? 50 : 200;
  private static final long MOST_MILLIS_TO_SERVE = 60_000;
  private static final long MOST_MILLIS_TO_CHANGE = 1_000;
  private static final int JUDGED = 100;
  private static final long MOST_MILLIS_TO_JUDGE = 1_000;
  private static final String ADDRESS = "127.0.7.113";
  private static final long MOST_HEAP_KIB = 512 * 1024;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir
  Path folder;

  private static String host(int number) {
    return "host-" + number / OF_A_HOST;
  }

  private static String ingress(int number, String path) {
    return Objects.ingress("many-" + number, host(number) + ".localhost", path, host(number));
  }

  @Test
  void areServedAfterAStartAndEachChangeIsWhileNoRequestFails() throws Exception {
    try (ControlPlane cluster = ControlPlane.start(folder.resolve("kube"), "127.0.7.103");
        Backend backend = Backend.ofMachine()) {
      cluster.api().apply(Objects.ingressClass("nginx", "k8s.io/ingress-nginx"));
      cluster.api().apply(Objects.service("hello", backend));
      cluster.api().apply(Objects.ingress("hello", "hello.localhost", "/", "hello"));
      List<String> all = new ArrayList<>();
      for (int i = 0; i < INGRESSES; i += OF_A_HOST) {
        all.add(Objects.service(host(i), backend));
      }
      for (int i = 0; i < INGRESSES; i++) {
        all.add(ingress(i, "/p" + i));
      }
      long writing = System.nanoTime();
      cluster.api().applyAll(all);
      System.out.println(all.size() + " manifests written in " + millisSince(writing) + " ms");
      serve(cluster);
    }
  }

  private void serve(ControlPlane cluster) throws Exception {
    ServerKeys keys = ServerKeys.create(folder.resolve("keys"), ADDRESS);
    long before = System.nanoTime();
    try (Installation sluice = Installation.start(
        folder.resolve("data"),
        ADDRESS,
        "run",
        "--manifests",
        Files.createDirectories(folder.resolve("none")).toString(),
        "--set",
        "sluice.node.first-table-timeout=60 s",
        "--set",
        "sluice.node.declarations=kubernetes",
        "--set",
        "sluice.ingress.kubernetes.kubeconfig=" + cluster.kubeconfig(),
        "--set",
        "sluice.webhook.on=on",
        "--set",
        "sluice.webhook.host=" + ADDRESS,
        "--set",
        "sluice.webhook.certificate-file=" + keys.certificate(),
        "--set",
        "sluice.webhook.key-file=" + keys.key())) {
      for (int i = 0; i < INGRESSES; i += INGRESSES / OF_A_HOST) {
        assertThat(status(sluice, i, "/p" + i)).isEqualTo(200);
      }
      int last = INGRESSES - 1;
      assertThat(status(sluice, last, "/p" + last)).isEqualTo(200);
      assertThat(status(sluice, last, "/none")).isEqualTo(404);
      long serving = millisSince(before);
      System.out.println(INGRESSES + " Ingresses: serving after " + serving + " ms, "
          + heapKib(sluice) + " KiB of heap in use");
      List<Long> millis = changeSome(cluster, sluice);
      long most = millis.get(millis.size() * 99 / 100 - 1);
      long heap = heapKib(sluice);
      System.out.println("a change is served after " + millis.get(millis.size() / 2)
          + " ms, 99 of 100 within " + most + " ms, at most " + millis.get(millis.size() - 1)
          + " ms; " + heap + " KiB of heap in use");
      long mostToJudge = judgeSome(cluster, keys);
      if (INGRESSES >= LARGE) {
        assertThat(mostToJudge).isLessThan(MOST_MILLIS_TO_JUDGE);
        assertThat(serving).isLessThan(MOST_MILLIS_TO_SERVE);
        assertThat(most).isLessThan(MOST_MILLIS_TO_CHANGE);
        assertThat(heap).isLessThan(MOST_HEAP_KIB);
      }
    }
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }

  /** After a collection, of the process that serves. */
  private static long heapKib(Installation sluice) throws Exception {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    for (ProcessHandle one : sluice.processes()) {
      if (!one.info().command().orElse("").endsWith("/java")) {
        continue;
      }
      run(jcmd.toString(), "" + one.pid(), "GC.run");
      return run(jcmd.toString(), "" + one.pid(), "GC.heap_info")
          .lines()
          .filter(line -> line.contains("PSYoungGen") || line.contains("ParOldGen"))
          .mapToLong(line -> Long.parseLong(line.replaceAll(".*used (\\d+)K.*", "$1")))
          .sum();
    }
    throw new AssertionError("no Java process: " + sluice.processes());
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  private static List<Long> changeSome(ControlPlane cluster, Installation sluice) throws Exception {
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
        millis.add(millisSince(written));
      }
      assertThat(traffic.failures()).isEmpty();
      assertThat(traffic.answered()).isPositive();
      System.out.println(traffic.answered() + " requests meanwhile, none failed");
    }
    millis.sort(null);
    return millis;
  }

  /** How long an Ingress takes to be stored, with the webhook's word on it: 99 of 100 at most. */
  private static long judgeSome(ControlPlane cluster, ServerKeys keys) throws Exception {
    List<Long> without = storeSome(cluster, "unjudged");
    cluster.api().apply(Objects.webhook(ADDRESS, keys));
    await()
        .atMost(PATIENCE)
        .until(() -> !cluster
            .api()
            .applyAndTell(Objects.ingress("thief", host(0) + ".localhost", "/p1", host(0)))
            .stored());
    List<Long> with = storeSome(cluster, "judged");
    System.out.println("an Ingress is stored after " + without.get(JUDGED / 2)
        + " ms, 99 of 100 within " + without.get(JUDGED * 99 / 100 - 1)
        + " ms; with the webhook after "
        + with.get(JUDGED / 2) + " ms, 99 of 100 within " + with.get(JUDGED * 99 / 100 - 1)
        + " ms");
    return with.get(JUDGED * 99 / 100 - 1);
  }

  private static List<Long> storeSome(ControlPlane cluster, String path) throws Exception {
    List<Long> millis = new ArrayList<>();
    for (int i = 0; i < JUDGED; i++) {
      long before = System.nanoTime();
      cluster.api().apply(ingress(i * (INGRESSES / JUDGED), "/" + path + i));
      millis.add(millisSince(before));
    }
    millis.sort(null);
    return millis;
  }

  private static int status(Installation sluice, int number, String path) throws Exception {
    return Http.get(sluice.url(1) + path, "Host", host(number) + ".localhost").status();
  }
}
