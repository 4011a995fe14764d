package dev.sluice.quota;

import akka.actor.typed.ActorRef;
import akka.actor.typed.BackoffSupervisorStrategy;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.RecoveryCompleted;
import akka.persistence.typed.RecoveryFailed;
import akka.persistence.typed.javadsl.CommandHandler;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehavior;
import akka.persistence.typed.javadsl.RetentionCriteria;
import akka.persistence.typed.javadsl.SignalHandler;
import dev.sluice.state.WireMessage;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.event.Level;

/**
 * The quota of one tenant: the only writer of its {@link QuotaLedger}. Entity id: the tenant's name.
 *
 * <p>Messages gather in an {@link Inbox}; {@link Flush}, sent behind the first of them, decides on all and journals the
 * outcome as one event, while the next ones gather. Nothing is answered before what it rests on is durable, and an
 * incarnation whose append fails stops: the next one replays.
 */
public final class TenantQuota
    extends EventSourcedBehavior<TenantQuota.Command, TenantQuota.Event, QuotaLedger> {
  public static final EntityTypeKey<Command> TYPE =
      EntityTypeKey.create(Command.class, "TenantQuota");

  public sealed interface Command extends WireMessage {}

  /** A node's side of the lease protocol speaks; answers go to {@code from}. */
  public record FromNode(ToEntity message, ActorRef<LeaseAgent.Command> from) implements Command {}

  /** Asks how the buckets stand. */
  public record GetBalances(ActorRef<Balances> replyTo) implements Command {}

  /** Gives up what nodes that are gone have not reported. */
  public record WriteOff(ActorRef<WrittenOff> replyTo) implements Command {}

  /** @param leases how many; durable */
  public record WrittenOff(int leases) implements WireMessage {}

  public record Balances(List<Balance> balances) implements WireMessage {}

  /** Decide on what has gathered. */
  enum Flush implements Command {
    FLUSH
  }

  public sealed interface Event extends WireMessage {}

  /** What one flush has decided, all or none of it. */
  public record Decided(List<Change> changes) implements Event {}

  /** What an entity needs of the node that it happens to live on. */
  record Surroundings(
      Plans plans,
      Supplier<OptionalLong> clock,
      AgentDirectory agents,
      JournalOutage outage,
      QuotaWatch watch,
      QuotaSettings settings) {}

  /** The watch is told this often at most. */
  private static final long WATCH_MILLIS = 1_000;

  private static final Duration CLOCK_RETRY = Duration.ofMillis(50);

  /**
   * Stops at once, as an event-sourced behaviour does of itself, but logs the failure at DEBUG: {@link JournalOutage}
   * says it in a line for all tenants.
   */
  private static final BackoffSupervisorStrategy STOP = SupervisorStrategy.restartWithBackoff(
          CLOCK_RETRY, CLOCK_RETRY, 0)
      .withMaxRestarts(0)
      .withLogLevel(Level.DEBUG)
      .withCriticalLogLevel(Level.DEBUG, 0);

  private final String tenant;
  private final Surroundings surroundings;
  private final ActorContext<Command> context;
  private final TimerScheduler<Command> timers;
  private final Inbox inbox;
  private LeaseDesk desk;
  private long watchedAt;

  static Behavior<Command> create(String tenant, Surroundings surroundings) {
    return Behaviors.setup(context -> {
      Inbox inbox = new Inbox(surroundings.settings().inbox());
      return Behaviors.intercept(
          () -> inbox,
          Behaviors.withTimers(
              timers -> new TenantQuota(tenant, surroundings, context, timers, inbox)));
    });
  }

  private TenantQuota(
      String tenant,
      Surroundings surroundings,
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      Inbox inbox) {
    super(PersistenceId.of(TYPE.name(), tenant), STOP);
    this.tenant = tenant;
    this.surroundings = surroundings;
    this.context = context;
    this.timers = timers;
    this.inbox = inbox;
    this.desk = new LeaseDesk(QuotaLedger.EMPTY, surroundings.settings().desk());
  }

  @Override
  public QuotaLedger emptyState() {
    return QuotaLedger.EMPTY;
  }

  @Override
  public CommandHandler<Command, Event, QuotaLedger> commandHandler() {
    return newCommandHandlerBuilder()
        .forAnyState()
        .onCommand(Flush.class, this::onFlush)
        .build();
  }

  private Effect<Event, QuotaLedger> onFlush(Flush flush) {
    OptionalLong clock = surroundings.clock().get();
    if (clock.isEmpty()) {
      timers.startSingleTimer(Flush.FLUSH, CLOCK_RETRY);
      return Effect().none();
    }
    surroundings.plans().planOf(tenant).ifPresent(plan -> desk.plan(plan, clock.getAsLong()));
    for (ToEntity message : inbox.takeMessages()) {
      desk.take(message, clock.getAsLong());
    }
    desk.look(clock.getAsLong());
    Runnable writtenOff = writeOff();
    desk.forgetAllBut(surroundings.agents().members());
    LeaseDesk.Batch batch = desk.takeBatch();
    List<ActorRef<Balances>> replies = inbox.takeAsking();
    lookAgain();
    return batch.changes().isEmpty()
        ? Effect().none().thenRun(() -> tell(batch, replies)).thenRun(writtenOff::run)
        : Effect()
            .persist(new Decided(batch.changes()))
            .thenRun(() -> tell(batch, replies))
            .thenRun(writtenOff::run);
  }

  /** Who is a member must be known: an empty directory is one that has not been read yet. */
  private Runnable writeOff() {
    List<ActorRef<WrittenOff>> replies = inbox.takeWritingOff();
    Set<String> members = surroundings.agents().members();
    int leases = replies.isEmpty() || members.isEmpty() ? 0 : desk.writeOff(members);
    return () -> replies.forEach(one -> one.tell(new WrittenOff(leases)));
  }

  /** Sends what rests on events that are durable now. */
  private void tell(LeaseDesk.Batch batch, List<ActorRef<Balances>> asking) {
    if (!batch.changes().isEmpty()) {
      surroundings.outage().over();
    }
    if (batch.unheard() > 0) {
      surroundings.outage().lost(tenant, batch.unheard());
    }
    for (LeaseDesk.Letter letter : batch.letters()) {
      inbox
          .node(letter.uid())
          .or(() -> surroundings.agents().find(letter.uid()))
          .ifPresent(agent -> agent.tell(new LeaseAgent.FromEntity(tenant, letter.message())));
    }
    if (surroundings.watch() != QuotaWatch.NONE && desk.now() - watchedAt >= WATCH_MILLIS) {
      watchedAt = desk.now();
      surroundings.watch().stood(tenant, desk.now(), desk.balances());
    }
    if (!asking.isEmpty()) {
      Balances balances = new Balances(desk.balances());
      asking.forEach(one -> one.tell(balances));
    }
  }

  private void lookAgain() {
    long in = desk.lookAgainIn();
    if (in == Long.MAX_VALUE) {
      timers.cancel(Flush.FLUSH);
    } else {
      timers.startSingleTimer(Flush.FLUSH, Duration.ofMillis(in));
    }
  }

  @Override
  public EventHandler<QuotaLedger, Event> eventHandler() {
    return newEventHandlerBuilder()
        .forAnyState()
        .onEvent(Decided.class, TenantQuota::after)
        .build();
  }

  private static QuotaLedger after(QuotaLedger ledger, Decided event) {
    QuotaLedger next = ledger;
    for (Change change : event.changes()) {
      next = next.after(change);
    }
    return next;
  }

  @Override
  public SignalHandler<QuotaLedger> signalHandler() {
    return newSignalHandlerBuilder()
        .onSignal(RecoveryCompleted.instance(), this::onRecovered)
        .onSignal(
            RecoveryFailed.class,
            (ledger, failed) -> surroundings.outage().failed(tenant, failed.getFailure()))
        .build();
  }

  private void onRecovered(QuotaLedger ledger) {
    desk = new LeaseDesk(ledger, surroundings.settings().desk());
    desk.recallAll();
    surroundings.outage().over();
    context.getSelf().tell(Flush.FLUSH);
  }

  @Override
  public RetentionCriteria retentionCriteria() {
    return RetentionCriteria.snapshotEvery(surroundings.settings().snapshotEvery())
        .withDeleteEventsOnSnapshot();
  }
}
