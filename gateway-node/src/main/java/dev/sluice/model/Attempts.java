package dev.sluice.model;

import dev.sluice.ingress.ModelBalance;
import dev.sluice.ingress.ModelLimit;
import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.UnsayableException;
import dev.sluice.model.health.NodeHealth;
import dev.sluice.model.health.Sign;
import dev.sluice.model.health.Standing;
import dev.sluice.model.route.AttemptPlan;
import dev.sluice.model.route.AttemptPlan.Way;
import dev.sluice.model.route.Ending;
import dev.sluice.model.route.LimitFields;
import dev.sluice.model.route.Prompt;
import dev.sluice.model.route.Spot;
import dev.sluice.model.route.TargetIds;
import dev.sluice.model.route.TargetLoads;
import dev.sluice.proxy.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Who is asked for one call, one after the other, and what is learned from it. */
final class Attempts {
  /**
   * Somebody who can be asked, and how the request is said there.
   *
   * @param cutCap the output cap, if it is lower than the one that was asked for; else empty
   */
  record Ready(
      Candidates.Candidate candidate,
      Way way,
      Target target,
      Target.Plan plan,
      Losses losses,
      String cutCap) {}

  private final ModelRequest asked;
  private final Candidates candidates;
  private final NodeHealth health;
  private final TargetLoads loads;
  private final AttemptPlan plan;
  private final Failures failures;
  private @Nullable Refusal none;
  private final List<String> trials = new ArrayList<>();
  private final boolean byRoom;
  private boolean counted;
  private @Nullable Place pass;
  private boolean inside;
  private boolean cancelled;
  private boolean innocent;
  private int position;

  Attempts(ModelRequest asked, Candidates candidates, Question said) {
    this.asked = asked;
    this.candidates = candidates;
    this.health = asked.gateway().health();
    this.loads = asked.gateway().loads();
    this.failures = new Failures(asked.inbound().dialect());
    this.plan = new AttemptPlan(
        candidates.entry().fallback(),
        System.nanoTime(),
        candidates.tiers(),
        asked.gateway().nextTurn(),
        prompt(said));
    this.byRoom = balances(ModelBalance.HEADROOM);
    wantQueues();
    for (AttemptPlan.Tier tier : candidates.tiers()) {
      for (Spot spot : tier.spots()) {
        if (candidates.isTooLongFor(spot)) {
          plan.drop(spot);
        }
      }
    }
  }

  private boolean balances(ModelBalance how) {
    for (AttemptPlan.Tier tier : candidates.tiers()) {
      if (tier.balance() == how) {
        return true;
      }
    }
    return false;
  }

  private Prompt prompt(Question said) {
    BalanceSettings settings = asked.gateway().settings().balance();
    return balances(ModelBalance.PREFIX_HASH)
        ? new Prompt(
            PromptPrefix.of(asked.call(), said, settings.prefixBytes()),
            settings.prefixLoadPercent())
        : Prompt.NONE;
  }

  private void wantQueues() {
    for (AttemptPlan.Tier tier : candidates.tiers()) {
      if (tier.balance() == ModelBalance.QUEUE) {
        for (Spot spot : tier.spots()) {
          String url = candidates.at(spot).declared().provider().baseUrl();
          asked.gateway().queues().want(spot.id(), url, loads);
        }
      }
    }
  }

  /** The next one who has words for the request; null if there is none, and {@link #refusal} says why. */
  @Nullable
  Ready ready(Question said) {
    Refusal unsayable = null;
    while (true) {
      AttemptPlan.Next next = plan.next(
          health::standing, loads, bound -> ThreadLocalRandom.current().nextLong(bound));
      if (!(next instanceof AttemptPlan.Next.Ask ask)) {
        none = unsayable != null
            ? unsayable
            : next instanceof AttemptPlan.Next.Wait wait
                ? cooling(wait.soonest())
                : candidates.nobody(said.envelope().model());
        return null;
      }
      try {
        return say(said, ask.way());
      } catch (UnsayableException e) {
        unsayable = unsayable == null ? new Refusal.BadField(e.field(), e.why()) : unsayable;
        plan.drop(ask.way().spot());
      }
    }
  }

  private Ready say(Question said, Way way) throws UnsayableException {
    Candidates.Candidate one = candidates.at(way.spot());
    Losses losses = new Losses(candidates.entry().dropsUnsayable());
    Target target = way.key() == 0
        ? one.target()
        : asked
            .gateway()
            .target(one.declared().provider(), way.key(), one.model())
            .orElse(one.target());
    Target.Plan as = target.plan(asked.call(), said, one.outputCap(), asked.carried(), losses);
    Long own = said.envelope().outputCap();
    String cut = own != null && own > one.outputCap() ? Long.toString(one.outputCap()) : "";
    return new Ready(one, way, target, as, losses, cut);
  }

  private static Refusal cooling(Standing.Closed soonest) {
    Duration wait = Duration.ofNanos(soonest.nanos());
    return switch (soonest.why()) {
      case LIMITED ->
        new Refusal.ByProvider(
            429,
            "the model's provider has asked for a pause, and no other target is left",
            "rate_limit_exceeded",
            wait);
      case REJECTED ->
        new Refusal.ByProvider(
            502,
            "the provider does not accept the gateway's credential",
            "provider_credential",
            wait);
      default ->
        new Refusal.ByProvider(
            503,
            "all targets of this model have failed of late, and are left alone for a while",
            "targets_cooling",
            wait);
    };
  }

  /** What its provider takes at a time; null if that is not limited, or it is not asked. */
  static @Nullable ModelLimit limitOf(Ready ready) {
    return ready.plan().counted() != null
        ? null
        : ready.candidate().declared().provider().limitOf(ready.candidate().model());
  }

  /** Whether there is only one target, so that no other one may have room. */
  boolean isOnly() {
    return plan.isOnly();
  }

  /** It has no room: for now, others are asked. */
  void passOver(Ready ready) {
    plan.passOver(ready.way().spot());
  }

  /** Those without room may be asked again. */
  void readmit() {
    plan.readmit();
  }

  /**
   * The attempt that begins has a place at its target, until it is over.
   *
   * @param queued its position in the queue, when it came; 0 if it did not wait
   */
  void entered(Place place, int queued) {
    pass = place;
    inside = true;
    cancelled = false;
    position = queued;
  }

  /** Whether this is the place of the attempt that runs. */
  boolean isIn(Place place) {
    return inside && pass == place;
  }

  /** What becomes of the attempt that runs says nothing of its target. */
  void blameNobody() {
    innocent = true;
  }

  /** The attempt that runs is given up. */
  void cancelled() {
    cancelled = true;
  }

  /** What the attempt that is over has used. */
  void used(long tokens) {
    if (pass != null) {
      pass.used(tokens);
      pass = null;
    }
  }

  /** Position in the queue that the attempt has come from; empty if it did not wait. */
  String queued() {
    return position == 0 ? "" : Integer.toString(position);
  }

  /** Somebody is asked now. @return whether he may be: of one that is on trial, another call may have been quicker */
  boolean begin(Ready ready) {
    TargetIds.Key key = ready.way().by();
    if (!begin(ready.way().spot().id()) || !begin(key.id()) || !begin(key.pairId())) {
      endTrials();
      return false;
    }
    plan.begun(ready.way());
    position = 0;
    counted = loads.begun(ready.way().spot().id());
    return true;
  }

  private boolean begin(String id) {
    NodeHealth.Begun begun = health.begin(id);
    if (begun == NodeHealth.Begun.ON_TRIAL) {
      trials.add(id);
    }
    return begun != NodeHealth.Begun.NO;
  }

  /** Those of which nothing was learned. */
  private void endTrials() {
    trials.forEach(health::abandon);
    trials.clear();
  }

  /** An answer begins, whatever it says: what the provider's limits leave stands in its head. */
  void head(Ready ready, Target.Head head) {
    if (byRoom) {
      loads.left(ready.way().by().pairId(), LimitFields.of(head::field, Instant.now()));
    }
  }

  /** Whether somebody else may be asked if this one ends so. */
  boolean mayGoOn(Ready ready, Ending ending) {
    return ending.movesOn()
        && plan.mayGoOn(ready.way(), ending.keyOnly(), System.nanoTime(), health::standing);
  }

  /** How long one may take to begin a stream; zero for any time. */
  Duration firstToken() {
    return candidates.entry().fallback().firstToken();
  }

  /**
   * It answered with an error, which the caller gets as it is.
   *
   * @param retryAfter in seconds, or empty
   */
  void refused(Ready ready, Ending ending, String retryAfter) {
    blame(ready, ending, ProviderFailure.seconds(retryAfter));
  }

  boolean anyFailed() {
    return failures.any();
  }

  /**
   * It came to no answer.
   *
   * @param told what it said, or what is to be said of it
   */
  void failed(Ready ready, Ending ending, ProviderError told) {
    failures.add(ready.target().name(), ending, told);
    plan.failed(ready.way(), ending.keyOnly());
    blame(ready, ending, told.retryAfter());
  }

  private void blame(Ready ready, Ending ending, @Nullable Duration retryAfter) {
    String spot = ready.way().spot().id();
    TargetIds.Key key = ready.way().by();
    String guilty = switch (ending.blame()) {
      case TARGET -> spot;
      case KEY -> key.id();
      case KEY_WITH_MODEL -> key.pairId();
      case NOBODY -> "";
    };
    Sign sign = ending.sign();
    if (sign != null && !innocent) {
      trials.remove(guilty);
      health.tell(guilty, sign, retryAfter);
    }
  }

  /**
   * It answers.
   *
   * @param nanos that its first token has taken; 0 if nobody has measured
   */
  void answers(Ready ready, long nanos) {
    String spot = ready.way().spot().id();
    trials.clear();
    TargetIds.Key key = ready.way().by();
    health.tell(spot, Sign.GOOD, null);
    health.tell(key.id(), Sign.GOOD, null);
    health.tell(key.pairId(), Sign.GOOD, null);
    if (nanos > 0 && counted) {
      loads.firstToken(spot, nanos);
    }
  }

  /** An answer that had begun broke off. */
  void broke(Ready ready) {
    if (innocent) {
      return;
    }
    health.tell(ready.way().spot().id(), Sign.FAILED, null);
  }

  /** The attempt is over, however it ended. */
  void over(Ready ready) {
    if (counted) {
      counted = false;
      loads.over(ready.way().spot().id());
    }
    if (inside && pass != null) {
      inside = false;
      pass.over(cancelled);
    }
    endTrials();
  }

  /** Why nobody answers. */
  Refusal refusal() {
    if (failures.any()) {
      return failures.refusal();
    }
    return none == null ? Failures.NO_USABLE_ANSWER : none;
  }

  /** Who failed before somebody answered, and how, for the caller; empty if nobody did. */
  String tried() {
    return failures.summary();
  }
}
