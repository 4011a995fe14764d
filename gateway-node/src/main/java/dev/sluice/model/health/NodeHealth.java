package dev.sluice.model.health;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What this node knows of the health of targets and keys: by its own attempts, at once, and by what the cluster says. Stands
 * outside of the cluster's actor system, and decides alone while there is none. Safe for use by many threads; of what is well
 * nothing is kept.
 */
public final class NodeHealth {
  private final String uid;
  private final HealthSettings settings;
  private final LongSupplier clock;
  private final Map<String, KnownHealth> known = new ConcurrentHashMap<>();
  private volatile HealthLink link = HealthLink.NONE;

  /**
   * @param uid of this node, in this life
   * @param clock monotonic, in nanoseconds
   */
  public NodeHealth(String uid, HealthSettings settings, LongSupplier clock) {
    this.uid = uid;
    this.settings = settings;
    this.clock = clock;
  }

  String uid() {
    return uid;
  }

  HealthSettings settings() {
    return settings;
  }

  void connect(@Nullable HealthLink to) {
    link = to == null ? HealthLink.NONE : to;
  }

  /** Whether it can be asked now. */
  public Standing standing(String id) {
    KnownHealth one = known.get(id);
    if (one == null) {
      return Standing.OPEN;
    }
    HealthLink to = link;
    boolean wanted;
    Standing standing;
    synchronized (one) {
      long now = clock.getAsLong();
      standing = one.standing(now, to != HealthLink.NONE, uid, settings);
      wanted = one.wantsTrial(now, settings);
    }
    if (wanted) {
      to.wantsTrial(id);
    }
    return standing;
  }

  /** Whether somebody may ask it, who is about to. */
  public enum Begun {
    YES,
    /** He alone may, to find out whether it is well again; {@link #tell} or {@link #abandon} must follow. */
    ON_TRIAL,
    NO
  }

  /** Somebody is about to ask it. */
  public Begun begin(String id) {
    KnownHealth one = known.get(id);
    if (one == null) {
      return Begun.YES;
    }
    synchronized (one) {
      return one.begin(clock.getAsLong(), link != HealthLink.NONE, uid, settings);
    }
  }

  /** It was asked, and nothing came out that says how it is. */
  public void abandon(String id) {
    KnownHealth one = known.get(id);
    if (one != null) {
      synchronized (one) {
        one.abandon();
      }
    }
  }

  /**
   * Learns from an attempt.
   *
   * @param retryAfter as it asks for; null if it does not
   */
  public void tell(String id, Sign sign, @Nullable Duration retryAfter) {
    if (sign == Sign.GOOD && !known.containsKey(id)) {
      return;
    }
    KnownHealth one = cell(id);
    if (one == null) {
      return;
    }
    synchronized (one) {
      one.learn(sign, retryAfter, clock.getAsLong(), settings);
      forgetIfWell(id, one);
    }
    link.tell(id, sign, retryAfter);
  }

  /** Learns what the cluster says. */
  void hear(HealthNews news) {
    if (news.level() == 0 && !known.containsKey(news.id())) {
      return;
    }
    KnownHealth one = cell(news.id());
    if (one != null) {
      synchronized (one) {
        one.hear(news, clock.getAsLong());
        forgetIfWell(news.id(), one);
      }
    }
  }

  /** What this node knows, for whoever has to decide for all from now on; null if it knows nothing bad. */
  @Nullable
  HealthState state(String id) {
    KnownHealth one = known.get(id);
    if (one == null) {
      return null;
    }
    synchronized (one) {
      return one.state();
    }
  }

  /** How long what is not well can't be asked, in nanoseconds, by id; 0 if it is on trial. */
  public Map<String, Long> cooling() {
    Map<String, Long> cooling = new ConcurrentHashMap<>();
    long now = clock.getAsLong();
    known.forEach((id, one) -> {
      synchronized (one) {
        if (!one.state().isWell()) {
          cooling.put(id, Math.max(0, one.state().untilNanos() - now));
        }
      }
    });
    return cooling;
  }

  private @Nullable KnownHealth cell(String id) {
    KnownHealth one = known.get(id);
    return one != null || known.size() >= settings.mostKnown()
        ? one
        : known.computeIfAbsent(id, none -> new KnownHealth());
  }

  private void forgetIfWell(String id, KnownHealth one) {
    if (one.state().equals(HealthState.WELL)) {
      known.remove(id, one);
    }
  }
}
