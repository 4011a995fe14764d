package dev.sluice.quota;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** What many schedules have come to. Safe for use by many threads. */
final class Tally {
  private final LongAdder schedules = new LongAdder();
  private final LongAdder violated = new LongAdder();
  private final LongAdder requests = new LongAdder();
  private final LongAdder granted = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder refusedWithoutFaults = new LongAdder();
  private final LongAdder falselyRefused = new LongAdder();
  private final LongAdder messages = new LongAdder();
  private final LongAdder appends = new LongAdder();
  private final LongAdder kills = new LongAdder();

  void add(Simulation run, List<String> violations) {
    schedules.increment();
    violated.add(violations.isEmpty() ? 0 : 1);
    requests.add(run.requests);
    granted.add(run.judge.granted());
    refused.add(run.judge.refused());
    if (run.faults().equals(Simulation.Faults.NONE)) {
      refusedWithoutFaults.add(run.judge.refused());
      falselyRefused.add(run.judge.falseRefusals());
    }
    messages.add(run.messages);
    appends.add(run.journal.size());
    kills.add(run.kills);
  }

  /** Without faults, of holds that would have fitted into their balances all the while. */
  long falselyRefused() {
    return falselyRefused.sum();
  }

  long refused() {
    return refused.sum();
  }

  @Override
  public String toString() {
    double each = Math.max(1, requests.sum());
    return "%d schedules, %d with violations; %d requests, %d granted, %d refused, %d kills; %.2f messages and %.2f appends a request; without faults %d of %d refusals were false"
        .formatted(
            schedules.sum(),
            violated.sum(),
            requests.sum(),
            granted.sum(),
            refused.sum(),
            kills.sum(),
            messages.sum() / each,
            appends.sum() / each,
            falselyRefused.sum(),
            refusedWithoutFaults.sum());
  }
}
