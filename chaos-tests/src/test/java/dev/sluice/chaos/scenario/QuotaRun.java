package dev.sluice.chaos.scenario;

import static org.awaitility.Awaitility.await;

import dev.sluice.chaos.check.Account;
import dev.sluice.chaos.check.Limit;
import dev.sluice.chaos.check.Limit.Unit;
import dev.sluice.chaos.check.Limit.Window;
import dev.sluice.chaos.check.QuotaJudge;
import dev.sluice.chaos.fault.FaultPlan;
import dev.sluice.chaos.fault.FaultPlan.Fault;
import dev.sluice.chaos.fault.JournalDatabase;
import dev.sluice.chaos.fault.Manifests;
import dev.sluice.chaos.fault.OwnNodes;
import dev.sluice.chaos.history.History;
import dev.sluice.chaos.history.Served;
import dev.sluice.chaos.traffic.MeteredProvider;
import dev.sluice.chaos.traffic.Spender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;

/**
 * 200 clients spend five tenants' quotas on three nodes while nodes and database are broken, and a day ends. Then all is
 * left to come to rest, and a judge compares what was served with the limits and with what is charged.
 */
final class QuotaRun implements AutoCloseable {
  /**
   * @param millis of traffic
   * @param breaks whether nodes, the database and streams are broken
   * @param inFront classes that take the place of the build's own
   */
  record Terms(String host, long seed, long millis, boolean breaks, List<Path> inFront) {}

  /** Clients that spend with one key. */
  private record Spenders(String tenant, String place, int count) {
    String secret() {
      return "sk-" + (tenant + "-" + place).replace('/', '-');
    }
  }

  /**
   * What was open of a limit.
   *
   * @param most of this and of what was told before
   */
  private record Open(long atMillis, long last, long most) {}

  /** What came of it. */
  record Outcome(
      QuotaJudge.Verdict verdict, List<String> wrong, Map<Limit, Long> refused, String report) {}

  private static final List<Spenders> SPENDERS = List.of(
      new Spenders("prepaid", "keys/main", 50),
      new Spenders("minutely", "keys/main", 40),
      new Spenders("hasty", "keys/main", 20),
      new Spenders("daily", "keys/main", 40),
      new Spenders("tree", "keys/a", 20),
      new Spenders("tree", "teams/t/keys/b", 15),
      new Spenders("tree", "teams/t/keys/c", 15));

  private static final List<String> TENANTS =
      SPENDERS.stream().map(Spenders::tenant).distinct().toList();

  private static final int NODES = 3;

  /** What was told longer ago says nothing of now. */
  private static final long FRESH_MILLIS = 5_000;

  /** Mean time between two requests of a client. */
  private static final long PACE_MILLIS = Long.getLong("sluice.chaos.pace", 1_200);

  /** About what one client would use in a second if nothing refused it. */
  private static final long TOKENS_A_SECOND = 90_000 / PACE_MILLIS;

  private static final long NANOS_A_TOKEN = 2_000;

  private static final long BROKEN_PART = 6;

  /** Part of a run after which the day ends, in percent. */
  private static final long MIDNIGHT = 30;

  private static final long DAY = 86_400_000;
  private static final Duration QUIET = Duration.ofMinutes(2);

  private final Terms terms;
  private final Path folder;
  private final List<Limit> limits;
  private final JournalDatabase database;
  private final MeteredProvider provider;
  private final OwnNodes nodes;
  private final History history = new History();
  private final Map<Limit, Long> openAtKills = new ConcurrentHashMap<>();
  private final Map<Limit, Integer> killsToTell = new ConcurrentHashMap<>();
  private final Map<Limit, Open> openNow = new ConcurrentHashMap<>();
  private final AtomicInteger kills = new AtomicInteger();
  private final AtomicInteger untold = new AtomicInteger();
  private final List<String> events = new ArrayList<>();
  private volatile boolean over;
  private long startNanos;

  QuotaRun(Path folder, Terms terms) throws Exception {
    this.terms = terms;
    this.folder = folder;
    this.limits = limits(terms.millis() / 1_000, terms.breaks());
    this.database = JournalDatabase.startWithStandby(folder.resolve("postgresql"));
    this.provider = new MeteredProvider();
    this.nodes = new OwnNodes(
        Files.createDirectories(folder.resolve("logs")),
        terms.host(),
        NODES,
        Map.of(
            "sluice.node.manifests",
            manifests().toString(),
            "sluice.node.database",
            database.url(),
            "sluice.model.tell-holds",
            "on",
            "sluice.cluster.clock-interval",
            "1 s"),
        terms.inFront());
  }

  /**
   * Each is reached in the run but the last two. Where things are broken, much of what clients want is not even asked for:
   * limits are lower then.
   */
  private static List<Limit> limits(long seconds, boolean breaks) {
    long client = TOKENS_A_SECOND * seconds / (breaks ? BROKEN_PART : 1);
    long perMinute = TOKENS_A_SECOND * 60 / (breaks ? BROKEN_PART : 1);
    return List.of(
        new Limit("prepaid", "", Unit.TOKENS, 50 * client * 50 / 100, Window.NONE),
        new Limit("minutely", "", Unit.TOKENS, 40 * perMinute / 3, Window.MINUTE),
        new Limit("hasty", "", Unit.REQUESTS, breaks ? 3 : 6, Window.SECOND),
        new Limit("daily", "", Unit.TOKENS, 40 * client * (MIDNIGHT + 6) / 100, Window.DAY),
        new Limit("tree", "keys/a", Unit.OUTPUT_TOKENS, 20 * perMinute / 6, Window.MINUTE),
        new Limit("tree", "teams/t", Unit.COST, 30 * client * NANOS_A_TOKEN / 3, Window.HOUR),
        new Limit("tree", "", Unit.TOKENS, 50 * client * BROKEN_PART, Window.HOUR),
        new Limit("daily", "", Unit.COST, 1L << 50, Window.NONE));
  }

  private Path manifests() throws IOException {
    Path into = Files.createDirectories(folder.resolve("manifests"));
    Manifests manifests = new Manifests(into);
    manifests.write("models.yaml", """
        apiVersion: sluice.dev/v1alpha1
        kind: ModelProvider
        metadata: {name: metered}
        spec:
          kind: openai-compatible
          baseUrl: %s
          prices: [{models: ["*"], input: "%d", output: "%d"}]
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: ModelRoute
        metadata: {name: metered}
        spec:
          models: ["m-*"]
          targets: [{provider: metered}]
        """.formatted(
            provider.baseUrl(), Limit.DOLLARS_OF_INPUT, Limit.DOLLARS_OF_OUTPUT));
    for (String tenant : List.of("prepaid", "minutely", "hasty", "daily")) {
      manifests.write(tenant + ".yaml", """
          apiVersion: sluice.dev/v1alpha1
          kind: Tenant
          metadata: {name: %s}
          spec:
            keys: [%s]
            limits: %s
          """.formatted(
              tenant, key(tenant, "keys/main", "main"), declared(tenant, "")));
    }
    manifests.write("tree.yaml", """
        apiVersion: sluice.dev/v1alpha1
        kind: Tenant
        metadata: {name: tree}
        spec:
          keys: [%s]
          limits: %s
          teams:
            - name: t
              limits: %s
              keys: [%s, %s]
        """.formatted(
            key("tree", "keys/a", "a"),
            declared("tree", ""),
            declared("tree", "teams/t"),
            key("tree", "teams/t/keys/b", "b"),
            key("tree", "teams/t/keys/c", "c")));
    return into;
  }

  private String key(String tenant, String place, String name) throws IOException {
    Spenders whose = SPENDERS.stream()
        .filter(one -> one.tenant().equals(tenant) && one.place().equals(place))
        .findFirst()
        .orElseThrow();
    return "{name: %s, sha256: %s, limits: %s}"
        .formatted(name, Sha256.of(whose.secret()), declared(tenant, place));
  }

  private String declared(String tenant, String place) {
    return limits.stream()
        .filter(one -> one.tenant().equals(tenant) && one.place().equals(place))
        .map(Limit::manifest)
        .collect(Collectors.joining(", ", "[", "]"));
  }

  /** From the first process to the verdict. */
  Outcome run() throws Exception {
    database.shiftClock(0);
    for (int node = 1; node <= NODES; node++) {
      nodes.start(node);
    }
    for (int node = 1; node <= NODES; node++) {
      nodes.awaitReady(node);
    }
    long midnightIn = terms.millis() * MIDNIGHT / 100 + CLOCK_READ.toMillis();
    long now = System.currentTimeMillis();
    database.shiftClock(DAY - Math.floorMod(now, DAY) - midnightIn);
    startNanos = System.nanoTime();
    await("the clock is read").atMost(QUIET).until(() -> millis() > CLOCK_READ.toMillis());
    startNanos = System.nanoTime();
    ExecutorService clients = Executors.newCachedThreadPool();
    try {
      int number = 0;
      for (Spenders some : SPENDERS) {
        for (int i = 0; i < some.count(); i++) {
          clients.submit(new Spender(
              some.tenant() + "-" + i,
              some.secret(),
              nodes.urls(),
              history,
              () -> !over,
              PACE_MILLIS,
              terms.breaks(),
              terms.seed() * 1_000 + number++));
        }
      }
      clients.submit(this::watch);
      breakThings();
      awaitMillis(terms.millis());
      over = true;
      clients.shutdown();
      if (!clients.awaitTermination(QUIET.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("clients wait for answers that don't end");
      }
    } finally {
      over = true;
      clients.shutdownNow();
    }
    return judged();
  }

  private static final Duration CLOCK_READ = Duration.ofSeconds(4);

  private long millis() {
    return (System.nanoTime() - startNanos) / 1_000_000;
  }

  private void awaitMillis(long at) {
    await()
        .pollInterval(Duration.ofMillis(20))
        .atMost(Duration.ofMillis(Math.max(1_000, at - millis() + 60_000)))
        .until(() -> millis() >= at);
  }

  private void breakThings() throws Exception {
    FaultPlan plan =
        terms.breaks() ? FaultPlan.of(terms.seed(), terms.millis(), NODES) : FaultPlan.NONE;
    for (Fault fault : plan.faults()) {
      awaitMillis(fault.atMillis());
      switch (fault.kind()) {
        case KILL_NODE -> kill(fault.node());
        case START_NODE -> nodes.start(fault.node());
        case PAUSE_NODE -> nodes.pause(fault.node());
        case RESUME_NODE -> nodes.resume(fault.node());
        case STOP_DATABASE -> database.stop();
        case KILL_DATABASE -> database.kill();
        case START_DATABASE -> database.startAgain();
        case PROMOTE_STANDBY -> database.promote();
      }
      events.add("%.1f s: %s %s"
          .formatted(
              millis() / 1_000.0, fault.kind(), fault.node() == 0 ? "" : "node-" + fault.node()));
    }
  }

  /**
   * What is open then is the most that was told from shortly before to then; else what is told next, since what a killed
   * node had stays open.
   */
  private void kill(int node) {
    nodes.kill(node);
    kills.incrementAndGet();
    for (Limit limit : limits) {
      Open told = openNow.get(limit);
      if (told != null && millis() - told.atMillis() < FRESH_MILLIS) {
        openAtKills.merge(limit, told.most(), Long::sum);
      } else {
        killsToTell.merge(limit, 1, Integer::sum);
      }
    }
  }

  private void told(Limit limit, Account account) {
    long now = account.leased() + account.held();
    openNow.merge(
        limit,
        new Open(millis(), now, now),
        (before, same) -> new Open(same.atMillis(), now, Math.max(before.last(), now)));
    Integer waiting = killsToTell.remove(limit);
    if (waiting != null) {
      openAtKills.merge(limit, now * waiting, Long::sum);
    }
  }

  /** Asks again and again how much is open of each limit, while nodes come and go. */
  private void watch() {
    while (!over) {
      for (String tenant : TENANTS) {
        try {
          accounts(tenant).forEach(this::told);
        } catch (InterruptedException e) {
          return;
        }
      }
    }
  }

  /** As any node tells them; none if none can. */
  private Map<Limit, Account> accounts(String tenant) throws InterruptedException {
    Map<Limit, Account> all = new HashMap<>();
    for (int node = 1; node <= NODES && all.isEmpty(); node++) {
      if (nodes.isReady(node)) {
        try {
          Map<String, Account> named =
              Account.all(nodes.admin(node, "tenants/" + tenant + "/balances"));
          limits.stream()
              .filter(one -> one.tenant().equals(tenant))
              .forEach(one -> all.put(one, named.get(one.name())));
        } catch (IOException e) {
          untold.incrementAndGet();
        }
      }
    }
    return all;
  }

  /** All leases are given back, but for those of killed nodes, and those have ended. */
  private Map<Limit, Account> rest(List<String> wrong) {
    Map<Limit, Account> last = new HashMap<>();
    try {
      await("leases given back")
          .atMost(QUIET)
          .pollInterval(Duration.ofSeconds(1))
          .until(() -> {
            Map<Limit, Account> before = Map.copyOf(last);
            last.clear();
            for (String tenant : TENANTS) {
              last.putAll(accounts(tenant));
            }
            return provider.running() == 0
                && last.equals(before)
                && last.size() == limits.size()
                && last.values().stream().allMatch(one -> one.leased() == one.unaccounted());
          });
    } catch (ConditionTimeoutException e) {
      wrong.add("leases are not given back within " + QUIET);
    }
    return last;
  }

  private Outcome judged() throws Exception {
    List<String> wrong = new ArrayList<>();
    Map<Limit, Account> accounts = rest(wrong);
    accounts.forEach(this::told);
    List<Served> served = provider.served();
    long end = database.number("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint");
    QuotaJudge.Verdict verdict =
        QuotaJudge.judge(limits, served, new QuotaJudge.End(end, accounts, openAtKills));
    wrong.addAll(verdict.violations());
    if (!terms.breaks()) {
      downings().forEach(one -> wrong.add("a node was taken for dead: " + one));
    }
    provider.unheld().forEach(one -> wrong.add("served without a hold: " + one));
    Map<Limit, Long> refused = new LinkedHashMap<>();
    for (Limit limit : limits) {
      refused.put(
          limit,
          history.entries().stream()
              .filter(one -> one.status() == 429
                  && one.client().startsWith(limit.tenant() + "-")
                  && one.detail().contains(limit.name()))
              .count());
    }
    if (!wrong.isEmpty()) {
      history.keep("quota-" + terms.seed());
    }
    return new Outcome(verdict, wrong, refused, report(verdict, wrong, refused, accounts, served));
  }

  /** What nodes have logged of taking others for dead, and their systems down. */
  private List<String> downings() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int node = 1; node <= NODES; node++) {
      nodes.log(node).stream()
          .filter(line -> line.contains("SBR took decision"))
          .forEach(lines::add);
    }
    return lines;
  }

  private String report(
      QuotaJudge.Verdict verdict,
      List<String> wrong,
      Map<Limit, Long> refused,
      Map<Limit, Account> accounts,
      List<Served> served) {
    StringBuilder text = new StringBuilder();
    Map<Integer, Long> statuses = history.entries().stream()
        .collect(Collectors.groupingBy(History.Entry::status, Collectors.counting()));
    text.append("seed %d, %d s, %d clients, %d nodes: %d kills, %s\n"
        .formatted(
            terms.seed(),
            terms.millis() / 1_000,
            SPENDERS.stream().mapToInt(Spenders::count).sum(),
            NODES,
            kills.get(),
            terms.breaks()
                ? "a node stopped, the database ended twice and replaced by its standby"
                : "nothing broken"));
    text.append("%d requests by status %s (0: no answer); %d served, %d of them not to their end\n"
        .formatted(
            history.entries().size(),
            statuses,
            served.size(),
            served.stream().filter(one -> !one.whole()).count()));
    for (Limit limit : limits) {
      long most = verdict.served().get(limit);
      text.append(
          "%-34s limit %13d, at most served %13d (%5.1f %%), refused %6d; %s, open at kills %s\n"
              .formatted(
                  limit,
                  limit.amount(),
                  most,
                  100.0 * most / limit.amount(),
                  refused.get(limit),
                  accounts.get(limit),
                  openAtKills.getOrDefault(limit, 0L)));
    }
    text.append("%d times a node could not tell how a tenant stands\n".formatted(untold.get()));
    events.forEach(one -> text.append(one).append('\n'));
    text.append(wrong.isEmpty() ? "nothing is wrong\n" : "WRONG:\n");
    wrong.stream().limit(20).forEach(one -> text.append("  ").append(one).append('\n'));
    return text.toString();
  }

  @Override
  public void close() throws IOException {
    nodes.close();
    provider.close();
    database.close();
  }
}
