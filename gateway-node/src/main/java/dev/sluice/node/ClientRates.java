package dev.sluice.node;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import dev.sluice.ingress.Filter.Limits;
import dev.sluice.proxy.ClientLimits;
import dev.sluice.state.WireMessage;
import java.util.List;

/**
 * How fast some of the clients ask, on all nodes together: a share of them, by a number. In memory only: where it has to
 * begin anew on another node, its clients have a burst once more.
 */
final class ClientRates extends AbstractBehavior<ClientRates.Count> {
  static final EntityTypeKey<Count> TYPE = EntityTypeKey.create(Count.class, "ClientRates");

  /** How many there are. */
  static final int SHARES = 64;

  /**
   * Counts one request; see {@link Limits}.
   *
   * @param perSecond 0 for no limit, as {@code perMinute}
   */
  record Count(
      String zone,
      String client,
      int perSecond,
      int perMinute,
      int burst,
      ActorRef<Counted> replyTo)
      implements WireMessage {}

  /** @param passes whether it was within the rate */
  record Counted(boolean passes) implements WireMessage {}

  private final ClientLimits counts = new ClientLimits();

  private ClientRates(ActorContext<Count> context) {
    super(context);
  }

  static Behavior<Count> create() {
    return Behaviors.setup(ClientRates::new);
  }

  @Override
  public Receive<Count> createReceive() {
    return newReceiveBuilder().onMessage(Count.class, this::onCount).build();
  }

  private Behavior<Count> onCount(Count asked) {
    Limits limits = new Limits(
        asked.zone(), 0, asked.perSecond(), asked.perMinute(), asked.burst(), 0, 0, List.of());
    asked.replyTo().tell(new Counted(counts.pass(limits, asked.client(), System.nanoTime())));
    return this;
  }
}
