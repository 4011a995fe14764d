package dev.sluice.chaos.fault;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/** What is broken when in a run of three nodes and their database: the same for the same seed and length. */
public record FaultPlan(List<Fault> faults) {
  public enum Kind {
    KILL_NODE,
    START_NODE,
    PAUSE_NODE,
    RESUME_NODE,
    STOP_DATABASE,
    KILL_DATABASE,
    START_DATABASE,
    /** The standby takes the place of the database. */
    PROMOTE_STANDBY
  }

  /** @param node from 1; 0 for the database */
  public record Fault(long atMillis, Kind kind, int node) {}

  public static final FaultPlan NONE = new FaultPlan(List.of());

  private static final long FIRST_KILL = 12_000;
  private static final long KILL_EVERY = 20_000;
  private static final long LONGEST_PAUSE = 30_000;

  /**
   * A node is killed every 20 s and started again soon after; one is stopped for 30 s, or a fifth of a short run; the
   * database is ended in peace and, later, without warning; at last it is killed for good, and its standby takes over.
   */
  public static FaultPlan of(long seed, long runMillis, int nodes) {
    Random random = new Random(seed);
    List<Fault> all = new ArrayList<>();
    int paused = 1 + random.nextInt(nodes);
    long from = runMillis * 45 / 100;
    long until = from + Math.min(LONGEST_PAUSE, runMillis / 5);
    all.add(new Fault(from, Kind.PAUSE_NODE, paused));
    all.add(new Fault(until, Kind.RESUME_NODE, paused));
    for (long at = FIRST_KILL; at < runMillis - KILL_EVERY / 2; at += KILL_EVERY) {
      int node = 1 + random.nextInt(nodes);
      boolean whilePaused = at > from - KILL_EVERY && at < until;
      if (whilePaused && node == paused) {
        node = node % nodes + 1;
      }
      all.add(new Fault(at, Kind.KILL_NODE, node));
      all.add(new Fault(at + 1_000 + random.nextInt(4_000), Kind.START_NODE, node));
    }
    database(all, Kind.STOP_DATABASE, Kind.START_DATABASE, runMillis * 27 / 100, random);
    database(all, Kind.KILL_DATABASE, Kind.START_DATABASE, runMillis * 70 / 100, random);
    database(all, Kind.KILL_DATABASE, Kind.PROMOTE_STANDBY, runMillis * 87 / 100, random);
    all.sort(Comparator.comparingLong(Fault::atMillis));
    return new FaultPlan(List.copyOf(all));
  }

  private static void database(
      List<Fault> all, Kind end, Kind again, long atMillis, Random random) {
    all.add(new Fault(atMillis, end, 0));
    all.add(new Fault(atMillis + 500 + random.nextInt(4_000), again, 0));
  }

  public long count(Kind kind) {
    return faults.stream().filter(one -> one.kind() == kind).count();
  }
}
