package dev.sluice.quota;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
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

  /** What is wrong with the protocol, to see whether the judge notices. */
  enum Defect {
    NONE,
    /** A repeated or late report takes the place of a newer one. */
    REPORTS_ARE_NOT_DEDUPLICATED,
    /** What a killed node has not reported is given back at once. */
    DEAD_NODES_ARE_REFUNDED,
    /** Nodes go on with leases that have ended. */
    DEADLINES_ARE_IGNORED
  }

  private record Task(long at, long order, Runnable run) implements Comparable<Task> {
    @Override
    public int compareTo(Task other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private static final DeskSettings DESK = new DeskSettings(30_000, 200, 10_000, 5, 60_000);
  private static final NodeSettings NODE = new NodeSettings(2_000, 5_000, 200, 500, 30_000, 100);
  private static final long NANOS = 1_000_000;

  /** Longest that a report takes without faults until what rests on it is said: waiting for an append, and its own. */
  private static final long MESSAGE_AND_APPEND = 10;

  /** A minute before a midnight in UTC, so that calendar windows end while a schedule runs. */
  private static final long EPOCH = 1_800_057_600_000L - 60_000;

  final Random random;
  private final Faults faults;
  private final Defect defect;
  final Judge judge;
  final List<List<Change>> journal = new ArrayList<>();
  final Node[] nodes = new Node[3];
  Plan plan;
  Entity entity;
  long kills;
  long requests;
  long messages;
  private long reports;
  private final PriorityQueue<Task> tasks = new PriorityQueue<>();
  private final List<Entity> entities = new ArrayList<>();
  private final Map<String, Long> arrivals = new HashMap<>();
  private final Set<String> killed = new TreeSet<>();
  private long order;
  private long now;
  private boolean faulty = true;

  Simulation(long seed, Plan plan, Faults faults, Defect defect) {
    this.random = new Random(seed);
    this.plan = plan;
    this.faults = faults;
    this.defect = defect;
    this.judge = new Judge(plan, EPOCH);
    for (int i = 0; i < nodes.length; i++) {
      nodes[i] = new Node(i);
    }
    entity = new Entity(random.nextInt(nodes.length));
    entities.add(entity);
  }

  Faults faults() {
    return faults;
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

  /**
   * Faults end. A new incarnation, which has read all that others wrote, is the only one from now on; one that others
   * wrote past would learn of it with its next append, and there may be none.
   */
  void heal() {
    faulty = false;
    entities.forEach(one -> one.alive = false);
    move();
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
    messages++;
    boolean astray = faulty && entities.size() > 1 && random.nextInt(4) == 0;
    Entity to = astray ? entities.get(random.nextInt(entities.size())) : entity;
    deliver(message.uid() + " says", () -> to.receive(spoilt(message)));
  }

  private ToEntity spoilt(ToEntity message) {
    if (defect == Defect.REPORTS_ARE_NOT_DEDUPLICATED
        && message instanceof ToEntity.Report report) {
      return new ToEntity.Report(
          report.uid(),
          report.no(),
          report.path(),
          report.n() + 1_000 * ++reports,
          report.lines(),
          report.closed());
    }
    return message;
  }

  private ToNode spoilt(ToNode message) {
    if (defect == Defect.DEADLINES_ARE_IGNORED && message instanceof ToNode.Granted granted) {
      return new ToNode.Granted(
          granted.no(),
          granted.attempt(),
          granted.arrived(),
          granted.size(),
          granted.notAfter() + 100_000,
          granted.exact(),
          granted.slotMillis(),
          granted.rooms());
    }
    return message;
  }

  /** @param link the node whose uid it is, in one direction; what is not delayed by a fault keeps its order there */
  private void deliver(String link, Runnable run) {
    if (faulty && random.nextDouble() < faults.loss()) {
      return;
    }
    long delay = delay();
    if (!faulty || faults.slow() == 0) {
      delay = Math.max(delay, arrivals.getOrDefault(link, now) - now);
      arrivals.put(link, now + delay);
    }
    at(delay, run);
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
      seq = journal.size();
      desk = new LeaseDesk(replayed(), DESK);
      desk.recallAll();
      at(0, this::flush);
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
        judge.guard(desk, batch.changes(), DESK.margin());
        judge.covered(desk.ledger(), desk.now(), DESK.margin());
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
        messages++;
        Simulation.this.deliver(letter.uid() + " hears", () -> {
          for (Node node : nodes) {
            if (node.alive && node.uid.equals(letter.uid())) {
              node.receive(spoilt(letter.message()));
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
      judge.killed(uid);
      if (defect == Defect.DEAD_NODES_ARE_REFUNDED) {
        toEntity(new ToEntity.Goodbye(uid));
      }
    }

    private long mono() {
      return base + (long) (now * rate * NANOS);
    }

    /** A request that will use this much, and runs this long. */
    void request(
        String wanted, Amounts need, Amounts use, long runs, Consumer<Admission> answered) {
      if (!alive || leaving) {
        return;
      }
      if (pausedUntil > now) {
        at(pausedUntil - now + random.nextInt(2), () -> request(wanted, need, use, runs, answered));
        return;
      }
      requests++;
      String path = plan.paths().containsKey(wanted) ? wanted : Plan.TENANT_PATH;
      Judge.Pending pending = judge.asked(path, need);
      int life = lives;
      Admission answer = leases.hold(
          path,
          need,
          mono(),
          3_000 * NANOS,
          later -> onAnswer(life, pending, later, use, runs, answered));
      flush();
      if (answer != null) {
        onAnswer(life, pending, answer, use, runs, answered);
      }
    }

    private void onAnswer(
        int life,
        Judge.Pending pending,
        Admission answer,
        Amounts use,
        long runs,
        Consumer<Admission> answered) {
      if (answer instanceof Admission.Admitted admitted) {
        Judge.Use running = judge.admitted(pending, now, use, uid);
        at(runs, () -> settle(life, admitted.hold(), running, use));
        at(DESK.longestHold(), () -> judge.over(running)); // a node that was paused cuts it first
      } else if (answer instanceof Admission.Refused refusal) {
        judge.wasRefused();
        at(MESSAGE_AND_APPEND, () -> judge.refusedForLong(pending, refusal));
      } else {
        judge.unanswered(pending);
      }
      answered.accept(answer);
    }

    private void settle(int life, Hold hold, Judge.Use running, Amounts use) {
      if (!alive || life != lives) {
        return;
      }
      if (pausedUntil > now) {
        at(pausedUntil - now, () -> settle(life, hold, running, use));
        return;
      }
      judge.over(running);
      at(MESSAGE_AND_APPEND, () -> judge.overForLong(running));
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

  private QuotaLedger replayed() {
    QuotaLedger ledger = QuotaLedger.EMPTY;
    for (List<Change> batch : journal) {
      for (Change change : batch) {
        ledger = ledger.after(change);
      }
    }
    return ledger;
  }

  /**
   * Once all is quiet. Judged is what the journal says: an incarnation that others wrote past learns of it with its next
   * append, and charges too much until then.
   */
  List<String> judged() {
    judge.judgeUse();
    judge.judgeCharges(replayed(), now, killed);
    return judge.violations();
  }
}
