package dev.sluice.quota;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * One tenant's entity and three nodes under faults, in one thread and in simulated time: messages are lost, repeated and
 * delayed; nodes are killed, paused and leave; entities move, several at once; appends fail or are known to have failed
 * when they did not. The judge knows only what was really used at which true instant, and the journal.
 */
final class Simulation {
  /** What may go wrong. Delays in milliseconds. */
  record Faults(
      double loss,
      double repeat,
      double slow,
      boolean kills,
      boolean moves,
      boolean pauses,
      boolean leaves) {
    static final Faults NONE = new Faults(0, 0, 0, false, false, false, false);
    static final Faults ALL = new Faults(0.1, 0.1, 0.1, true, true, true, true);
  }

  /** One use of a hold at the instant of the hold. */
  private record Use(long at, Amounts hold, Amounts used, String uid) {}

  private record Task(long at, long order, Runnable run) implements Comparable<Task> {
    @Override
    public int compareTo(Task other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private static final DeskSettings DESK = new DeskSettings(30_000, 200, 10_000, 5, 600_000);
  private static final NodeSettings NODE = new NodeSettings(2_000, 5_000, 200, 500, 30_000, 100);
  private static final long NANOS = 1_000_000;
  /** A minute before a midnight in UTC, so that calendar windows end while a schedule runs. */
  private static final long EPOCH = 1_800_057_600_000L - 60_000;

  final Random random;
  private final Faults faults;
  final List<String> violations = new ArrayList<>();
  final List<List<Change>> journal = new ArrayList<>();
  final List<Use> uses = new ArrayList<>();
  final Node[] nodes = new Node[3];
  Plan plan;
  Entity entity;
  long granted;
  long refused;
  long kills;
  private final PriorityQueue<Task> tasks = new PriorityQueue<>();
  private final List<Entity> entities = new ArrayList<>();
  private final Set<String> killed = new TreeSet<>();
  private long order;
  private long now;
  private boolean faulty = true;

  Simulation(long seed, Plan plan, Faults faults) {
    this.random = new Random(seed);
    this.plan = plan;
    this.faults = faults;
    for (int i = 0; i < nodes.length; i++) {
      nodes[i] = new Node(i);
    }
    entity = new Entity(random.nextInt(nodes.length));
    entities.add(entity);
  }

  long now() {
    return now;
  }

  void at(long delay, Runnable run) {
    tasks.add(new Task(now + Math.max(0, delay), order++, run));
  }

  void runFor(long millis) {
    long until = now + millis;
    while (!tasks.isEmpty() && tasks.peek().at() <= until) {
      Task next = tasks.poll();
      now = next.at();
      next.run().run();
    }
    now = until;
  }

  /** Faults end; the newest entity is the only one from now on. */
  void heal() {
    faulty = false;
    entities.forEach(one -> one.alive = one == entity && entity.alive);
    if (!entity.alive) {
      move();
    }
    for (Node node : nodes) {
      node.pausedUntil = 0;
      if (!node.alive) {
        node.boot();
      }
    }
  }

  void startFaults() {
    if (faults.kills() || faults.moves() || faults.pauses() || faults.leaves()) {
      at(500 + random.nextInt(3_000), this::fault);
    }
  }

  private void fault() {
    if (!faulty) {
      return;
    }
    at(500 + random.nextInt(5_000), this::fault);
    Node node = nodes[random.nextInt(nodes.length)];
    switch (random.nextInt(4)) {
      case 0 -> {
        if (faults.kills() && node.alive) {
          kills++;
          node.kill();
          at(random.nextInt(8_000), node::boot);
        }
      }
      case 1 -> {
        if (faults.moves()) {
          move();
        }
      }
      case 2 -> {
        if (faults.pauses()) {
          node.pausedUntil = now + random.nextInt(45_000);
        }
      }
      default -> {
        if (faults.leaves() && node.alive && !node.leaving) {
          node.leaving = true;
        }
      }
    }
  }

  /** Another incarnation starts; the old one may not know for a while. */
  private void move() {
    if (random.nextBoolean()) {
      entity.alive = false;
    }
    entity = new Entity(random.nextInt(nodes.length));
    entities.add(entity);
    entities.removeIf(one -> !one.alive);
  }

  /** To the newest incarnation, or, while things go wrong, now and then to an old one. */
  private void toEntity(ToEntity message) {
    boolean astray = faulty && entities.size() > 1 && random.nextInt(4) == 0;
    Entity to = astray ? entities.get(random.nextInt(entities.size())) : entity;
    deliver(() -> to.receive(message));
  }

  private void deliver(Runnable run) {
    if (faulty && random.nextDouble() < faults.loss()) {
      return;
    }
    at(delay(), run);
    if (faulty && random.nextDouble() < faults.repeat()) {
      at(delay() + random.nextInt(3_000), run);
    }
  }

  private long delay() {
    return faulty && random.nextDouble() < faults.slow()
        ? random.nextInt(20_000)
        : random.nextInt(3);
  }

  /** One incarnation of the entity, on some node's host. */
  final class Entity {
    final int host;
    final long clockError = random.nextLong(11) - 5;
    boolean alive = true;
    private final List<ToEntity> box = new ArrayList<>();
    private final LeaseDesk desk;
    private int seq;
    private boolean busy;

    Entity(int host) {
      this.host = host;
      QuotaLedger ledger = QuotaLedger.EMPTY;
      for (List<Change> batch : journal) {
        for (Change change : batch) {
          ledger = ledger.after(change);
        }
      }
      seq = journal.size();
      desk = new LeaseDesk(ledger, DESK);
      desk.recallAll();
      at(0, this::flush);
    }

    QuotaLedger ledger() {
      return desk.ledger();
    }

    long clock() {
      return EPOCH + now + clockError;
    }

    void receive(ToEntity message) {
      if (!alive) {
        return;
      }
      box.add(message);
      at(0, this::flush);
    }

    void flush() {
      if (!alive || busy) {
        return;
      }
      if (nodes[host].pausedUntil > now) {
        at(nodes[host].pausedUntil - now, this::flush);
        return;
      }
      desk.plan(plan, clock());
      for (ToEntity message : box) {
        desk.take(message, clock());
      }
      box.clear();
      desk.look(clock());
      LeaseDesk.Batch batch = desk.takeBatch();
      if (batch.changes().isEmpty()) {
        send(batch);
        lookAgain();
        return;
      }
      busy = true;
      at(random.nextInt(4), () -> append(batch));
    }

    private void append(LeaseDesk.Batch batch) {
      boolean fits = journal.size() == seq;
      boolean unknown = faulty && faults.moves() && random.nextInt(200) == 0;
      if (fits) {
        journal.add(batch.changes());
        seq++;
        judgeGuard(batch);
      }
      if (!fits || unknown) {
        alive = false;
        if (entity == this) {
          move();
        }
        return;
      }
      busy = false;
      send(batch);
      at(0, this::flush);
    }

    private void send(LeaseDesk.Batch batch) {
      for (LeaseDesk.Letter letter : batch.letters()) {
        Simulation.this.deliver(() -> {
          for (Node node : nodes) {
            if (node.alive && node.uid.equals(letter.uid())) {
              node.receive(letter.message());
            }
          }
        });
      }
    }

    private void lookAgain() {
      long in = desk.lookAgainIn();
      if (in != Long.MAX_VALUE) {
        at(in, this::flush);
      }
    }

    /** At each grant that is journaled, on each bucket: charged, the grant included, is within the limit. */
    private void judgeGuard(LeaseDesk.Batch batch) {
      if (batch.changes().stream().anyMatch(Change.Granted.class::isInstance)) {
        for (Bucket bucket : plan.buckets().values()) {
          long charged = desk.ledger().charged(bucket, desk.now(), DESK.margin());
          violate(
              charged > bucket.limit(), bucket.name() + ": charged " + charged + " after a grant");
        }
      }
    }
  }

  /** One node, in one life after another. */
  final class Node {
    final int index;
    String uid = "";
    boolean alive;
    boolean leaving;
    long pausedUntil;
    private TenantLeases leases;
    private long base;
    private double rate;
    private int lives;

    Node(int index) {
      this.index = index;
      boot();
    }

    void boot() {
      if (alive) {
        return;
      }
      alive = true;
      leaving = false;
      uid = "n" + index + "-" + ++lives;
      base = random.nextInt(1_000_000) * NANOS;
      rate = 1 + (random.nextDouble() - 0.5) / 1_000;
      leases = new TenantLeases(uid, NODE);
      int life = lives;
      at(random.nextInt(50), () -> tick(life));
    }

    void kill() {
      alive = false;
      killed.add(uid);
    }

    private long mono() {
      return base + (long) (now * rate * NANOS);
    }

    /** A request that will use this much, and runs this long. */
    void request(Amounts need, Amounts use, long runs, Consumer<Admission> answered) {
      if (!alive || leaving) {
        return;
      }
      if (pausedUntil > now) {
        at(pausedUntil - now + random.nextInt(2), () -> request(need, use, runs, answered));
        return;
      }
      int life = lives;
      Admission answer = leases.hold(
          Plan.TENANT_PATH,
          need,
          mono(),
          3_000 * NANOS,
          later -> onAnswer(life, later, use, runs, answered));
      flush();
      if (answer != null) {
        onAnswer(life, answer, use, runs, answered);
      }
    }

    private void onAnswer(
        int life, Admission answer, Amounts use, long runs, Consumer<Admission> answered) {
      if (answer instanceof Admission.Admitted admitted) {
        granted++;
        uses.add(new Use(now, admitted.hold().amount(), use, uid));
        at(runs, () -> settle(life, admitted.hold(), use));
      } else if (answer instanceof Admission.Refused) {
        refused++;
      }
      answered.accept(answer);
    }

    private void settle(int life, Hold hold, Amounts use) {
      if (!alive || life != lives) {
        return;
      }
      if (pausedUntil > now) {
        at(pausedUntil - now, () -> settle(life, hold, use));
        return;
      }
      leases.settle(hold, use, mono());
      flush();
    }

    void receive(ToNode message) {
      if (pausedUntil > now) {
        int life = lives;
        at(pausedUntil - now + random.nextInt(2), () -> {
          if (alive && life == lives) {
            receive(message);
          }
        });
        return;
      }
      leases.take(message, mono());
      flush();
    }

    private void tick(int life) {
      if (!alive || life != lives) {
        return;
      }
      at(50, () -> tick(life));
      if (pausedUntil > now) {
        return;
      }
      if (leaving) {
        leases.leave(mono());
      } else {
        leases.tick(mono());
      }
      flush();
      if (leases.gone()) {
        alive = false;
        at(random.nextInt(2_000), this::boot);
      }
    }

    private void flush() {
      leases.takeLetters().forEach(Simulation.this::toEntity);
      leases.takeAnswers().forEach(Runnable::run);
    }
  }

  /** Tokens that were really used. */
  long used() {
    return usedBetween(0, Long.MAX_VALUE);
  }

  /** Tokens that were really used by holds taken from {@code from} on and before {@code until}. */
  long usedBetween(long from, long until) {
    return uses.stream()
        .filter(use -> use.at() >= from && use.at() < until)
        .mapToLong(use -> use.used().tokens())
        .sum();
  }

  /** Real use never went past the limit: of a balance in all, of a calendar window in it, of a sliding one in any. */
  void judgeUse() {
    for (Bucket bucket : plan.buckets().values()) {
      Window window = bucket.window();
      TreeMap<Long, Long> byInstant = new TreeMap<>();
      for (Use use : uses) {
        byInstant.merge(EPOCH + use.at(), use.used().of(bucket.unit()), Long::sum);
      }
      if (window.sliding()) {
        for (long from : byInstant.keySet()) {
          long sum = byInstant.subMap(from, from + window.widthMillis()).values().stream()
              .mapToLong(Long::longValue)
              .sum();
          violate(
              sum > bucket.limit(),
              bucket.name() + ": " + sum + " used within a window from " + (from - EPOCH));
        }
      } else {
        Map<Long, Long> byWindow = new HashMap<>();
        byInstant.forEach((at, amount) -> byWindow.merge(window.startOf(at), amount, Long::sum));
        byWindow.forEach((start, sum) -> violate(
            sum > bucket.limit(),
            bucket.name() + ": " + sum + " used in the window from " + start));
      }
    }
  }

  /** Once all is quiet: what is charged to a balance is what was used, and more only for nodes that were killed. */
  void judgeCharges() {
    QuotaLedger ledger = entity.ledger();
    for (Bucket bucket : plan.buckets().values()) {
      if (bucket.window().kind() != Window.Kind.BALANCE) {
        continue;
      }
      long used = uses.stream().mapToLong(use -> use.used().of(bucket.unit())).sum();
      long charged = ledger.charged(bucket, EPOCH + now, 10);
      violate(charged < used, bucket.name() + ": charged " + charged + ", used " + used);
      if (killed.isEmpty()) {
        violate(
            charged != used,
            bucket.name() + ": nobody was killed, charged " + charged + ", used " + used);
      }
      for (Lease lease : ledger.leases().values()) {
        violate(!killed.contains(lease.id().uid()), "a lease of a living node is left: " + lease);
      }
    }
  }

  private void violate(boolean violated, String what) {
    if (violated) {
      violations.add(what);
    }
  }
}
