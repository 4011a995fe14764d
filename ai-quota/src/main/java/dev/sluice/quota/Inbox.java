package dev.sluice.quota;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.BehaviorInterceptor;
import akka.actor.typed.TypedActorContext;
import akka.actor.typed.javadsl.Behaviors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What has come for a tenant's entity and is not decided yet. It stands before the entity, so that messages gather here
 * while events are read or appended, and are then decided together: in the entity's own stash each would be taken alone,
 * and by one call deeper in the stack. Belongs to one actor.
 */
final class Inbox extends BehaviorInterceptor<TenantQuota.Command, TenantQuota.Command> {
  private final int most;
  private final Map<String, ActorRef<LeaseAgent.Command>> nodes = new HashMap<>();
  private List<ToEntity> messages = new ArrayList<>();
  private List<ActorRef<TenantQuota.Balances>> asking = new ArrayList<>();
  private List<ActorRef<TenantQuota.WrittenOff>> writingOff = new ArrayList<>();
  private boolean called;

  /** @param most messages that may wait; what comes then is dropped, and sent again by its node */
  Inbox(int most) {
    super(TenantQuota.Command.class);
    this.most = most;
  }

  @Override
  public Behavior<TenantQuota.Command> aroundReceive(
      TypedActorContext<TenantQuota.Command> context,
      TenantQuota.Command command,
      ReceiveTarget<TenantQuota.Command> entity) {
    if (command == TenantQuota.Flush.FLUSH) {
      return entity.apply(context, command);
    }
    if (messages.size() + asking.size() + writingOff.size() < most) {
      keep(command);
    }
    if (!called) {
      called = true;
      context.asJava().getSelf().tell(TenantQuota.Flush.FLUSH);
    }
    return Behaviors.same();
  }

  private void keep(TenantQuota.Command command) {
    if (command instanceof TenantQuota.FromNode from) {
      nodes.put(from.message().uid(), from.from());
      messages.add(from.message());
    } else if (command instanceof TenantQuota.GetBalances get) {
      asking.add(get.replyTo());
    } else if (command instanceof TenantQuota.WriteOff writeOff) {
      writingOff.add(writeOff.replyTo());
    }
  }

  /** What nodes have said; to be decided now. The entity is called again when more comes. */
  List<ToEntity> takeMessages() {
    List<ToEntity> taken = messages;
    messages = new ArrayList<>();
    called = false;
    return taken;
  }

  /** Who wants to know how the buckets stand. */
  List<ActorRef<TenantQuota.Balances>> takeAsking() {
    List<ActorRef<TenantQuota.Balances>> taken = asking;
    asking = new ArrayList<>();
    return taken;
  }

  List<ActorRef<TenantQuota.WrittenOff>> takeWritingOff() {
    List<ActorRef<TenantQuota.WrittenOff>> taken = writingOff;
    writingOff = new ArrayList<>();
    return taken;
  }

  /** Where a node that has spoken is answered. */
  Optional<ActorRef<LeaseAgent.Command>> node(String uid) {
    return Optional.ofNullable(nodes.get(uid));
  }
}
