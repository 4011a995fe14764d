package dev.sluice.quota;

import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Random traffic on random trees of limits, each from its seed alone. */
final class Schedules {
  static final Bucket BALANCE = Bucket.of("balance", Unit.TOKENS, 10_000, Window.BALANCE);
  static final Bucket MINUTE = Bucket.of("minute", Unit.TOKENS, 3_000, Window.sliding(60_000));
  static final Bucket DAY = Bucket.of("day", Unit.TOKENS, 12_000, Window.day(ZoneOffset.UTC));

  /** Most tokens of one request; it costs at most three nano-dollars a token. */
  private static final int MOST_TOKENS = 40;

  private static final int MOST_NANOS = 3;

  private static final List<Unit> UNITS = List.of(Unit.values());

  private Schedules() {}

  /** A tenant with a team and two keys, one in the team, and models apart: some limits at each place. */
  static Plan tree(Random random) {
    Map<String, List<Bucket>> places = new LinkedHashMap<>();
    for (String place : List.of("", "?model", "teams/t/", "keys/a/", "teams/t/keys/b/")) {
      List<Bucket> own = new ArrayList<>();
      for (int i = random.nextInt(3); i > 0; i--) {
        own.add(bucket(place + i, random));
      }
      places.put(place, own);
    }
    Map<String, List<String>> above = Map.of(
        Plan.TENANT_PATH,
        List.of(""),
        "tenant?model",
        List.of("", "?model"),
        "keys/a",
        List.of("", "keys/a/"),
        "keys/a?model",
        List.of("", "?model", "keys/a/"),
        "teams/t",
        List.of("", "teams/t/"),
        "teams/t/keys/b?model",
        List.of("", "?model", "teams/t/", "teams/t/keys/b/"));
    Map<String, Bucket> buckets = new TreeMap<>();
    places.values().forEach(own -> own.forEach(one -> buckets.put(one.id(), one)));
    Map<String, List<String>> paths = new TreeMap<>();
    above.forEach((path, all) -> paths.put(
        path,
        all.stream()
            .flatMap(place -> places.getOrDefault(place, List.of()).stream())
            .map(Bucket::id)
            .toList()));
    return new Plan(buckets, paths);
  }

  private static Bucket bucket(String name, Random random) {
    Unit unit = UNITS.get(random.nextInt(UNITS.size()));
    if (unit == Unit.IN_FLIGHT_REQUESTS) {
      return Bucket.of(name, unit, 1 + random.nextInt(30), Window.BALANCE);
    }
    Window window = switch (random.nextInt(5)) {
      case 0 -> Window.BALANCE;
      case 1 -> Window.day(ZoneOffset.UTC);
      case 2 -> Window.sliding(1_000);
      default -> Window.sliding(5_000 + random.nextInt(40_000));
    };
    long perRequest = switch (unit) {
      case REQUESTS -> 1;
      case COST -> MOST_TOKENS * MOST_NANOS / 2;
      default -> MOST_TOKENS / 2;
    };
    long limit = perRequest * (3 + random.nextInt(400));
    Bucket made = Bucket.of(name, unit, limit, window);
    return random.nextInt(8) == 0 ? made.asObserved() : made;
  }

  /** Requests on all nodes and paths for a while. */
  static void load(Simulation run, long from, long until, int mostPauseMillis) {
    Random random = run.random;
    List<String> paths = new ArrayList<>(run.plan.paths().keySet());
    for (long at = from; at < until; at += 1 + random.nextLong(mostPauseMillis)) {
      long input = 1 + random.nextLong(MOST_TOKENS / 2);
      long output = 1 + random.nextLong(MOST_TOKENS / 2);
      Amounts need = Amounts.ofRequest(input, output, (input + output) * MOST_NANOS);
      Amounts use = random.nextInt(3) == 0 ? part(need, random) : need;
      String path = paths.get(random.nextInt(paths.size()));
      Simulation.Node node = run.nodes[random.nextInt(run.nodes.length)];
      long lasts = random.nextInt(4_000);
      Amounts ended = use.with(Unit.IN_FLIGHT_REQUESTS, 0);
      run.at(at, () -> node.request(path, need, ended, lasts, answer -> {}));
    }
  }

  private static Amounts part(Amounts need, Random random) {
    return Amounts.ofRequest(
        random.nextLong(need.inputTokens() + 1),
        random.nextLong(need.outputTokens() + 1),
        random.nextLong(need.nanos() + 1));
  }

  /** A minute of little traffic up to a midnight, half a minute of much behind it; then all is healed and falls quiet. */
  static Simulation run(long seed, Plan plan, Simulation.Faults faults, Simulation.Defect defect) {
    Simulation run = new Simulation(seed, plan, faults, defect);
    run.startFaults();
    load(run, 0, 60_000, 300);
    load(run, 60_000, 90_000, 30);
    run.runFor(95_000);
    run.heal();
    run.runFor(60_000);
    return run;
  }

  /** A tree, its traffic and its faults, all from the seed. */
  static Simulation runTree(long seed, Simulation.Defect defect) {
    Random random = new Random(-seed);
    Simulation.Faults faults =
        random.nextInt(5) == 0 ? Simulation.Faults.NONE : Simulation.Faults.ALL;
    Simulation run = new Simulation(seed, tree(random), faults, defect);
    run.startFaults();
    load(run, 30_000, 60_000, 200 + random.nextInt(800));
    load(run, 60_000, 75_000, 30 + random.nextInt(200));
    run.runFor(80_000);
    run.heal();
    run.runFor(60_000);
    return run;
  }
}
