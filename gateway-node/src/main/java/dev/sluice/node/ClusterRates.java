package dev.sluice.node;

import akka.actor.typed.ActorSystem;
import akka.cluster.sharding.typed.ClusterShardingSettings;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import dev.sluice.ingress.Filter.Limits;
import dev.sluice.proxy.SharedRates;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks whichever node counts a client, as long as there is a cluster. */
final class ClusterRates implements SharedRates {
  private final Duration patience;
  private volatile @Nullable ClusterSharding sharding;

  /** @param patience how long a request waits for the answer of another node */
  ClusterRates(Duration patience) {
    this.patience = patience;
  }

  /** Counts through this system, until {@link #disconnect}. */
  void connect(ActorSystem<?> system) {
    ClusterSharding joined = ClusterSharding.get(system);
    joined.init(Entity.of(ClientRates.TYPE, entity -> ClientRates.create())
        .withSettings(ClusterShardingSettings.create(system).withNoPassivationStrategy()));
    sharding = joined;
  }

  void disconnect() {
    sharding = null;
  }

  @Override
  public void count(Limits limits, String client, Consumer<Outcome> told) {
    ClusterSharding joined = sharding;
    if (joined == null) {
      told.accept(Outcome.UNKNOWN);
      return;
    }
    int share = Math.floorMod((limits.zone() + " " + client).hashCode(), ClientRates.SHARES);
    joined
        .entityRefFor(ClientRates.TYPE, Integer.toString(share))
        .<ClientRates.Counted>ask(
            replyTo -> new ClientRates.Count(
                limits.zone(),
                client,
                limits.perSecond(),
                limits.perMinute(),
                limits.burst(),
                replyTo),
            patience)
        .whenComplete((counted, failure) -> told.accept(
            counted == null
                ? Outcome.UNKNOWN
                : counted.passes() ? Outcome.PASSES : Outcome.TOO_FAST));
  }
}
