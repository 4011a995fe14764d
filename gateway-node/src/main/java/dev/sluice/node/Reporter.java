package dev.sluice.node;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.cluster.typed.ClusterSingleton;
import akka.cluster.typed.SingletonActor;
import akka.stream.Materializer;
import dev.sluice.ingress.kube.StatusSettings;
import dev.sluice.ingress.kube.StatusWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Has statuses and Events written by one node of the cluster, after each change of what is declared. */
final class Reporter extends AbstractBehavior<Reporter.Command> {
  /** Never leaves the node. */
  sealed interface Command {}

  private record Look() implements Command {}

  private record Written() implements Command {}

  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);
  /** After which what could not be written is tried again, and Events that last are repeated. */
  private static final Duration REPEAT_INTERVAL = Duration.ofSeconds(10);

  private final DeclaredState declared;
  private final StatusWriter writer;
  private final StatusSettings settings;
  private final Clock clock;
  private long reported = -1;
  private Instant checked = Instant.EPOCH;
  private Instant written = Instant.EPOCH;
  private boolean writing;

  private Reporter(
      ActorContext<Command> context,
      DeclaredState declared,
      StatusWriter writer,
      StatusSettings settings,
      Clock clock) {
    super(context);
    this.declared = declared;
    this.writer = writer;
    this.settings = settings;
    this.clock = clock;
  }

  /** One in the cluster, and on another node when this one has gone. */
  static void start(
      ActorSystem<?> system,
      DeclaredState declared,
      StatusWriter writer,
      StatusSettings settings,
      Clock clock) {
    Behavior<Command> reporter = Behaviors.setup(context -> Behaviors.withTimers(timers -> {
      timers.startTimerWithFixedDelay(new Look(), LOOK_INTERVAL);
      return new Reporter(context, declared, writer, settings, clock);
    }));
    ClusterSingleton.get(system).init(SingletonActor.of(reporter, "reporter"));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Look.class, look -> onLook())
        .onMessage(Written.class, written -> onWritten())
        .build();
  }

  /** Nothing is declared before the first table: statuses are left as they are until then. */
  private Behavior<Command> onLook() {
    Instant now = clock.instant();
    long changes = declared.changes();
    boolean check = checked.plus(settings.checkInterval()).isBefore(now);
    boolean due = changes != reported || check || written.plus(REPEAT_INTERVAL).isBefore(now);
    if (changes > 0 && due && !writing) {
      writing = true;
      reported = changes;
      written = now;
      checked = check ? now : checked;
      Materializer materializer = Materializer.matFromSystem(getContext().getSystem());
      getContext()
          .pipeToSelf(
              writer.write(
                  declared.current().ingresses(), declared.problems(), check, materializer),
              (done, failure) -> new Written());
    }
    return this;
  }

  private Behavior<Command> onWritten() {
    writing = false;
    return this;
  }
}
