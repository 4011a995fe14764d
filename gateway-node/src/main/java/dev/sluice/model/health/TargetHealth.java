package dev.sluice.model.health;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.sluice.state.WireMessage;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The health of one target or key for all nodes: hears what each learns, decides, and has it published. Keeps nothing: whoever
 * takes its place begins with what its node knows, and that was published.
 */
final class TargetHealth extends AbstractBehavior<TargetHealth.Command> {
  static final EntityTypeKey<Command> TYPE = EntityTypeKey.create(Command.class, "model-health");

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "message")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Seen.class, name = "seen"),
    @JsonSubTypes.Type(value = WantsTrial.class, name = "wants-trial")
  })
  sealed interface Command extends WireMessage {}

  /**
   * What an attempt of a node came to.
   *
   * @param retryAfterMillis as the provider asks for; below 0 if it does not
   */
  record Seen(String node, Sign sign, long retryAfterMillis) implements Command {}

  /** A node has requests for it once it has cooled down. */
  record WantsTrial(String node) implements Command {}

  private final String id;
  private final NodeHealth here;
  private final Consumer<HealthNews> published;
  private HealthState state;
  private long version;
  private String trial = "";
  private long trialSinceNanos;

  static Behavior<Command> create(String id, NodeHealth here, Consumer<HealthNews> published) {
    return Behaviors.setup(context -> new TargetHealth(context, id, here, published));
  }

  private TargetHealth(
      ActorContext<Command> context, String id, NodeHealth here, Consumer<HealthNews> published) {
    super(context);
    this.id = id;
    this.here = here;
    this.published = published;
    HealthState known = here.state(id);
    this.state = known == null ? HealthState.WELL : known;
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Seen.class, this::onSeen)
        .onMessage(WantsTrial.class, this::onWantsTrial)
        .build();
  }

  private Behavior<Command> onSeen(Seen seen) {
    long now = System.nanoTime();
    HealthState before = state;
    state = state.after(seen.sign(), retryAfter(seen), now, here.settings());
    if (state.level() != before.level() || state.untilNanos() != before.untilNanos()) {
      // Who saw it ill last has requests for it.
      giveTrial(state.isWell() ? "" : seen.node(), now);
    }
    return this;
  }

  private static @Nullable Duration retryAfter(Seen seen) {
    return seen.retryAfterMillis() < 0 ? null : Duration.ofMillis(seen.retryAfterMillis());
  }

  private Behavior<Command> onWantsTrial(WantsTrial wish) {
    long now = System.nanoTime();
    long since = Math.max(state.untilNanos() - now, trialSinceNanos - now);
    boolean unused = trial.isEmpty() || -since >= here.settings().trialWait().toNanos();
    if (state.isWell()) {
      // That node has missed the news.
      giveTrial("", now);
    } else if (!state.cools(now) && unused) {
      giveTrial(wish.node(), now);
    }
    return this;
  }

  private void giveTrial(String node, long now) {
    trial = node;
    trialSinceNanos = now;
    version = Math.max(version + 1, System.currentTimeMillis());
    long nanos = state.isWell() ? 0 : Math.max(0, state.untilNanos() - now);
    published.accept(new HealthNews(
        id,
        version,
        state.level(),
        state.why(),
        Duration.ofNanos(nanos + 999_999).toMillis(),
        node));
  }
}
