package dev.sluice.model.health;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.cluster.ddata.Key;
import akka.cluster.ddata.LWWMap;
import akka.cluster.ddata.LWWMapKey;
import akka.cluster.ddata.LWWRegister;
import akka.cluster.ddata.SelfUniqueAddress;
import akka.cluster.ddata.typed.javadsl.DistributedData;
import akka.cluster.ddata.typed.javadsl.Replicator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Where news of health are kept on all nodes: maps of Akka's Distributed Data, each id in one of a few. */
final class HealthReplicas {
  private static final int MAPS = 16;
  private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(1);
  private static final LWWRegister.Clock<HealthNews> BY_VERSION = (before, news) -> news.version();

  private final ActorRef<Replicator.Command> replicator;
  private final ActorRef<Replicator.UpdateResponse<LWWMap<String, HealthNews>>> nobody;
  private final SelfUniqueAddress self;

  HealthReplicas(
      ActorSystem<?> system,
      ActorRef<Replicator.UpdateResponse<LWWMap<String, HealthNews>>> nobody) {
    DistributedData data = DistributedData.get(system);
    this.replicator = data.replicator();
    this.self = data.selfUniqueAddress();
    this.nobody = nobody;
  }

  static List<Key<LWWMap<String, HealthNews>>> keys() {
    List<Key<LWWMap<String, HealthNews>>> keys = new ArrayList<>();
    for (int i = 0; i < MAPS; i++) {
      keys.add(key(i));
    }
    return keys;
  }

  private static Key<LWWMap<String, HealthNews>> key(int i) {
    return LWWMapKey.create("sluice-model-health-" + i);
  }

  /** Sends it to all nodes at once; whoever is not reached hears of it by gossip. */
  void publish(HealthNews news) {
    replicator.tell(new Replicator.Update<>(
        key(Math.floorMod(news.id().hashCode(), MAPS)),
        LWWMap.create(),
        new Replicator.WriteAll(WRITE_TIMEOUT),
        nobody,
        map -> map.put(self, news.id(), news, BY_VERSION)));
  }
}
