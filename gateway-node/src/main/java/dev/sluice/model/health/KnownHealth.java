package dev.sluice.model.health;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What one node knows of one target or key. To be used under its own lock. */
final class KnownHealth {
  private static final long ASK_AGAIN_NANOS = Duration.ofSeconds(1).toNanos();

  private HealthState state = HealthState.WELL;
  private long version = Long.MIN_VALUE;
  private boolean saidIll;
  private String trial = "";
  private boolean asking;
  private long askingUntilNanos;
  private boolean wanted;
  private boolean wantedOnce;
  private long wantedNanos;

  HealthState state() {
    return state;
  }

  /** @param clustered whether somebody decides for all nodes */
  Standing standing(long now, boolean clustered, String uid, HealthSettings settings) {
    if (state.isWell()) {
      return Standing.OPEN;
    }
    if (state.cools(now)) {
      wanted = true;
      return new Standing.Closed(state.untilNanos() - now, state.why());
    }
    if (isAsking(now) || !mayTry(clustered, uid)) {
      wanted = true;
      return new Standing.Closed(
          Math.min(ASK_AGAIN_NANOS, settings.trialWait().toNanos()), state.why());
    }
    return Standing.OPEN;
  }

  /** On trial, one node may ask, if somebody decides for all; else each may, once at a time. */
  private boolean mayTry(boolean clustered, String uid) {
    return !clustered || !saidIll || trial.equals(uid);
  }

  private boolean isAsking(long now) {
    return asking && askingUntilNanos - now > 0;
  }

  /** Whether those who decide shall be told that this node would ask: now and then, while somebody here was kept out. */
  boolean wantsTrial(long now, HealthSettings settings) {
    boolean due = !wantedOnce || now - wantedNanos >= settings.trialWait().toNanos();
    if (!wanted || !due || state.cools(now)) {
      return false;
    }
    wanted = false;
    wantedOnce = true;
    wantedNanos = now;
    return true;
  }

  NodeHealth.Begun begin(long now, boolean clustered, String uid, HealthSettings settings) {
    if (state.isWell()) {
      return NodeHealth.Begun.YES;
    }
    if (state.cools(now) || isAsking(now) || !mayTry(clustered, uid)) {
      return NodeHealth.Begun.NO;
    }
    asking = true;
    askingUntilNanos = now + settings.trialTime().toNanos();
    return NodeHealth.Begun.ON_TRIAL;
  }

  void abandon() {
    asking = false;
  }

  void learn(Sign sign, @Nullable Duration retryAfter, long now, HealthSettings settings) {
    state = state.after(sign, retryAfter, now, settings);
    asking = false;
  }

  /** A cool-down that is running here is not shortened by what was said before it was known there. */
  void hear(HealthNews news, long now) {
    if (news.version() <= version) {
      return;
    }
    version = news.version();
    saidIll = news.level() > 0;
    trial = news.trial();
    if (saidIll) {
      state = state.atLeast(
          news.level(), news.why(), now + Duration.ofMillis(news.coolMillis()).toNanos());
    } else if (!state.cools(now)) {
      state = HealthState.WELL;
      asking = false;
    }
  }
}
