package dev.sluice.model.gate;

import java.util.List;

/** All that a node has at a gate. Spans of time are relative: no clock is shared. */
record NodeState(List<Stay> inside, List<Wish> waiting, List<Used> used) {
  static final NodeState NOTHING = new NodeState(List.of(), List.of(), List.of());

  /** A call inside. */
  record Stay(long number, String tenant) {}

  /** What began there so long ago, within the last minute. */
  record Used(long ageMillis, long requests, long tokens) {}
}
