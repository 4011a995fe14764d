package dev.sluice.quota;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import dev.sluice.state.DatabaseUrl;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a quota costs on nodes with a cluster and a PostgreSQL: figures, so for an idle machine and not for the build.
 * {@code ./mvnw -pl ai-quota -am verify -Dit.test=QuotaCosts -Dtest=NoSuchTest -Dsurefire.failIfNoSpecifiedTests=false}
 */
class QuotaCosts {
  private static final Bucket BALANCE = Bucket.of("balance", Unit.TOKENS, 1L << 50, Window.BALANCE);
  private static final Bucket MINUTE =
      Bucket.of("minute", Unit.TOKENS, 1L << 45, Window.sliding(60_000));
  private static final Plan FAR = Plan.ofTenant(List.of(BALANCE, MINUTE));
  private static final Amounts NEED = Amounts.ofRequest(100, 200, 0);
  private static final Amounts USED = Amounts.ofRequest(80, 100, 0);
  private static final long SECOND = 1_000_000_000;

  @TempDir
  static Path folder;

  private record Running(int node, long endNanos, Hold hold) {}

  /** Requests at a steady rate, in turn on all nodes, each of which runs for half a second. */
  private static long spend(List<QuotaNode> nodes, int perSecond, long seconds) {
    Deque<Running> running = new ArrayDeque<>();
    long start = System.nanoTime();
    long sent = 0;
    long late = 0;
    for (long now = start; now - start < seconds * SECOND; now = System.nanoTime()) {
      while (!running.isEmpty() && running.peek().endNanos() <= now) {
        Running one = running.poll();
        nodes.get(one.node()).leases().settle(QuotaNode.TENANT, one.hold(), USED);
      }
      for (; sent < (now - start) * perSecond / SECOND; sent++) {
        int node = (int) (sent % nodes.size());
        Admission answer = nodes
            .get(node)
            .leases()
            .hold(QuotaNode.TENANT, Plan.TENANT_PATH, NEED, later -> settle(nodes, node, later));
        if (answer instanceof Admission.Admitted admitted) {
          running.add(new Running(node, now + SECOND / 2, admitted.hold()));
        } else {
          late++;
        }
      }
      LockSupport.parkNanos(SECOND / 1_000);
    }
    running.forEach(
        one -> nodes.get(one.node()).leases().settle(QuotaNode.TENANT, one.hold(), USED));
    System.out.printf("  %d requests, %d of them waited for a lease%n", sent, late);
    return sent;
  }

  private static void settle(List<QuotaNode> nodes, int node, Admission later) {
    if (later instanceof Admission.Admitted admitted) {
      nodes.get(node).leases().settle(QuotaNode.TENANT, admitted.hold(), USED);
    }
  }

  private static List<QuotaNode> start(DatabaseUrl database, int count) {
    String seeds = "127.0.3.51:25520, 127.0.3.52:25520";
    List<QuotaNode> nodes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      nodes.add(new QuotaNode(
          "127.0.3.5" + (i + 1),
          database,
          FAR,
          Map.of(
              "sluice.cluster.seeds",
              seeds,
              "sluice.quota.lease-life",
              "30 s",
              "sluice.cluster.clock-interval",
              "10 s")));
    }
    return nodes;
  }

  @Test
  void anAppendServesFiftyRequestsAtAThousandASecond() throws Exception {
    try (TestDatabase postgres = TestDatabase.start(folder.resolve("journal"))) {
      for (int count = 1; count <= 2; count++) {
        String name = "journal" + count;
        DatabaseUrl database = postgres.create(name);
        List<QuotaNode> nodes = start(database, count);
        spend(nodes, 1_000, 10);
        postgres.keepEvents(name);
        long requests = spend(nodes, 1_000, 30);
        long appends = postgres.count(name, "SELECT count(*) FROM kept");
        nodes.forEach(QuotaNode::close);
        System.out.printf(
            "%d nodes: %d requests, %d appends: one for %d%n",
            count, requests, appends, requests / Math.max(1, appends));
        assertThat(appends).isLessThanOrEqualTo(requests / 50);
      }
    }
  }

  @Test
  void twoNodesCostNoMoreThanOne() throws Exception {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    try (TestDatabase postgres = TestDatabase.start(folder.resolve("cpu"))) {
      for (int turn = 0; turn < 3; turn++) {
        for (int count = 1; count <= 2; count++) {
          DatabaseUrl database = postgres.create("cpu" + turn + count);
          List<QuotaNode> nodes = start(database, count);
          spend(nodes, 20_000, 10);
          long atRest = system.getProcessCpuTime();
          spend(nodes, 1, 10);
          long before = system.getProcessCpuTime();
          long requests = spend(nodes, 20_000, 10);
          long after = system.getProcessCpuTime();
          nodes.forEach(QuotaNode::close);
          System.out.printf(
              "turn %d, %d nodes: %.2f us of CPU a request in all, %.2f us less what they use at rest%n",
              turn,
              count,
              (after - before) / 1e3 / requests,
              (after - before - (before - atRest)) / 1e3 / requests);
        }
      }
    }
  }

  private static QuotaNode member(int number, DatabaseUrl database) {
    return new QuotaNode(
        "127.0.3.6" + number,
        database,
        Plan.ofTenant(List.of(Bucket.of("balance", Unit.TOKENS, 1L << 58, Window.BALANCE))),
        Map.of(
            "sluice.cluster.seeds",
            "127.0.3.61:25520, 127.0.3.62:25520, 127.0.3.63:25520",
            "sluice.quota.lease-life",
            "30 s"));
  }

  /** Asks until it is admitted, for more than any lease holds. @return milliseconds */
  private static long untilAdmitted(QuotaNode node, String tenant, long tokens) {
    long start = System.nanoTime();
    while (true) {
      CompletableFuture<Admission> told = new CompletableFuture<>();
      Admission now =
          node.leases().hold(tenant, Plan.TENANT_PATH, Amounts.ofTokens(tokens), told::complete);
      Admission answer = now != null ? now : told.join();
      if (answer instanceof Admission.Admitted admitted) {
        node.leases().settle(tenant, admitted.hold(), Amounts.ofTokens(1));
        return (System.nanoTime() - start) / 1_000_000;
      }
    }
  }

  private static List<Long> allAdmitted(QuotaNode node, long tokens) {
    return IntStream.range(0, 16)
        .mapToObj(tenant -> CompletableFuture.supplyAsync(
            () -> untilAdmitted(node, "t" + tenant, tokens),
            command -> new Thread(command).start()))
        .toList()
        .stream()
        .map(CompletableFuture::join)
        .toList();
  }

  /** Systems end as a killed process's do: without a word, their connections broken. */
  @Test
  void aKilledNodesTenantsAreAdmittedAgainWithinEightSeconds() throws Exception {
    int kills = Integer.getInteger("sluice.kills", 20);
    try (TestDatabase postgres = TestDatabase.start(folder.resolve("failover"))) {
      DatabaseUrl database = postgres.create("failover");
      QuotaNode[] nodes = {member(1, database), member(2, database), member(3, database)};
      List<Long> slowest = new ArrayList<>();
      long tokens = 4;
      for (int kill = 0; kill < kills; kill++) {
        int victim = kill % nodes.length;
        QuotaNode other = nodes[(kill + 1) % nodes.length];
        allAdmitted(other, tokens);
        tokens *= 2;
        nodes[victim].kill();
        List<Long> millis = allAdmitted(other, tokens);
        slowest.add(millis.stream().mapToLong(one -> one).max().orElseThrow());
        System.out.printf(
            "kill %d: %d of %d tenants waited for more than 1 s, the longest %d ms%n",
            kill + 1,
            millis.stream().filter(one -> one > 1_000).count(),
            millis.size(),
            slowest.get(kill));
        nodes[victim] = member(victim + 1, database);
        tokens *= 2;
        allAdmitted(nodes[victim], tokens);
      }
      for (QuotaNode node : nodes) {
        node.close();
      }
      List<Long> sorted = slowest.stream().sorted().toList();
      long p95 = sorted.get((int) Math.ceil(kills * 0.95) - 1);
      System.out.printf(
          "%d kills: p50 %d ms, p95 %d ms, longest %d ms%n",
          kills, sorted.get(kills / 2), p95, sorted.get(kills - 1));
      assertThat(p95).isLessThanOrEqualTo(8_000);
    }
  }
}
