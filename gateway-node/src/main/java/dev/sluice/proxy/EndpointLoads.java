package dev.sluice.proxy;

import dev.sluice.ingress.Action.Backend;
import dev.sluice.ingress.Action.Endpoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How busy each endpoint is, as far as one worker knows, and how fast it answers. Kept only of endpoints of backends whose choice asks
 * for it.
 */
final class EndpointLoads {
  private static final int MOST_REMEMBERED = 100_000;
  /** After so long a measurement counts for a third (1/e), as in ingress-nginx. */
  private static final double DECAY_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Map<Endpoint, Load> loads = new HashMap<>();
  private final RandomGenerator random;

  EndpointLoads(RandomGenerator random) {
    this.random = random;
  }

  /** One endpoint's. */
  static final class Load {
    private int running;
    private double nanos;
    private long measuredAt;

    /** A request has gone there. */
    void begun() {
      running++;
    }

    /** It has ended, however it did. */
    void ended() {
      running--;
    }

    int running() {
      return running;
    }

    /** An answer has begun, so long after its request. */
    void answered(long after, long now) {
      double weight = measuredAt == 0 ? 0 : Math.exp(-(now - measuredAt) / DECAY_NANOS);
      nanos = nanos * weight + after * (1 - weight);
      measuredAt = now == 0 ? 1 : now;
    }

    /** What an answer is expected to take: less and less, the longer nobody has asked. */
    double expected(long now) {
      return measuredAt == 0 ? 0 : nanos * Math.exp(-(now - measuredAt) / DECAY_NANOS);
    }
  }

  Load of(Endpoint endpoint) {
    Load known = loads.get(endpoint);
    if (known == null) {
      if (loads.size() >= MOST_REMEMBERED) {
        loads.values().removeIf(one -> one.running == 0);
      }
      known = new Load();
      loads.put(endpoint, known);
    }
    return known;
  }

  /** Of two endpoints drawn at random the one with fewer requests of this worker. */
  @Nullable
  Endpoint leastRequests(Backend backend, Set<Endpoint> failed) {
    return better(backend, failed, one -> of(one).running);
  }

  /** Of two endpoints drawn at random the one that is expected to answer sooner. */
  @Nullable
  Endpoint fastest(Backend backend, Set<Endpoint> failed, long now) {
    return better(backend, failed, one -> of(one).expected(now));
  }

  private @Nullable Endpoint better(
      Backend backend, Set<Endpoint> failed, ToDoubleFunction<Endpoint> cost) {
    List<Endpoint> open = open(backend, failed);
    if (open.size() <= 1) {
      return open.isEmpty() ? null : open.get(0);
    }
    int first = random.nextInt(open.size());
    int second = random.nextInt(open.size() - 1);
    Endpoint one = open.get(first);
    Endpoint other = open.get(second < first ? second : second + 1);
    return cost.applyAsDouble(other) < cost.applyAsDouble(one) ? other : one;
  }

  /**
   * Endpoints that are so busy that a key goes to its next one instead: those with more than so many times the mean, and with the
   * request at hand counted in.
   *
   * @param factor above 1; of 1.25 none gets more than a quarter more than the mean
   */
  Set<Endpoint> busy(Backend backend, double factor) {
    int all = 1;
    for (Endpoint one : backend.endpoints()) {
      all += of(one).running;
    }
    double most = Math.ceil(factor * all / backend.endpoints().size());
    Set<Endpoint> busy = new java.util.HashSet<>();
    for (Endpoint one : backend.endpoints()) {
      if (of(one).running + 1 > most) {
        busy.add(one);
      }
    }
    return busy;
  }

  private static List<Endpoint> open(Backend backend, Set<Endpoint> failed) {
    if (failed.isEmpty()) {
      return backend.endpoints();
    }
    List<Endpoint> open = new ArrayList<>(backend.endpoints());
    open.removeAll(failed);
    return open.isEmpty() ? backend.endpoints() : open;
  }
}
