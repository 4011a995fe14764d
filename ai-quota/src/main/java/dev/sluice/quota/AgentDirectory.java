package dev.sluice.quota;

import akka.actor.typed.ActorRef;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which node of which life is reached where, as the cluster's receptionist has it. Safe for use by many threads. */
final class AgentDirectory {
  private volatile Map<String, ActorRef<LeaseAgent.Command>> agents = Map.of();

  Optional<ActorRef<LeaseAgent.Command>> find(String uid) {
    return Optional.ofNullable(agents.get(uid));
  }

  /** Ids of the nodes that are members now. */
  Set<String> members() {
    return agents.keySet();
  }

  void replace(Set<ActorRef<LeaseAgent.Command>> all) {
    Map<String, ActorRef<LeaseAgent.Command>> byUid = new HashMap<>();
    all.forEach(agent -> byUid.put(LeaseAgent.uidOf(agent), agent));
    agents = Map.copyOf(byUid);
  }
}
