package dev.sluice.proxy;

import dev.sluice.ingress.Filter.Limits;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How much each client has asked of late: leaky buckets that let bursts through at once, and requests that run
 * now. Beyond a hundred thousand clients the idle ones are forgotten, which lets them through once more.
 */
public final class ClientLimits {
  private static final int MOST_CLIENTS = 100_000;
  private static final double SECOND_NANOS = 1e9;
  private static final int MINUTE_SECONDS = 60;

  /** @param excess requests ahead of the rate, when last asked */
  private record Bucket(double excess, long atNanos, boolean passed) {}

  private final ConcurrentMap<String, Bucket> buckets = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Integer> running = new ConcurrentHashMap<>();

  /**
   * Counts one request.
   *
   * @return false if it must not pass
   */
  public boolean pass(Limits limits, String client, long nowNanos) {
    boolean within = limits.perSecond() == 0
        || drip(
            limits.zone() + " s " + client,
            limits.perSecond(),
            limits.perSecond() * (double) limits.burst(),
            nowNanos);
    return within
        && (limits.perMinute() == 0
            || drip(
                limits.zone() + " m " + client,
                (double) limits.perMinute() / MINUTE_SECONDS,
                limits.perMinute() * (double) limits.burst(),
                nowNanos));
  }

  private boolean drip(String key, double perSecond, double burst, long nowNanos) {
    if (buckets.size() > MOST_CLIENTS) {
      buckets
          .values()
          .removeIf(bucket -> nowNanos - bucket.atNanos() > SECOND_NANOS * MINUTE_SECONDS);
      if (buckets.size() > MOST_CLIENTS) {
        buckets.clear();
      }
    }
    Bucket after = buckets.compute(key, (same, before) -> {
      if (before == null) {
        return new Bucket(0, nowNanos, true);
      }
      double elapsed = Math.max(0, nowNanos - before.atNanos()) / SECOND_NANOS;
      double excess = Math.max(0, before.excess() - perSecond * elapsed + 1);
      return excess > burst
          ? new Bucket(Math.max(0, excess - 1), nowNanos, false)
          : new Bucket(excess, nowNanos, true);
    });
    return after.passed();
  }

  /**
   * Counts a request that begins to run.
   *
   * @return false if too many run already; else {@link #leave} must follow
   */
  boolean enter(Limits limits, String client) {
    AtomicBoolean entered = new AtomicBoolean();
    running.compute(limits.zone() + " " + client, (same, count) -> {
      int now = count == null ? 0 : count;
      boolean room = now < limits.connections();
      entered.set(room);
      return room ? Integer.valueOf(now + 1) : count;
    });
    return entered.get();
  }

  void leave(Limits limits, String client) {
    running.computeIfPresent(
        limits.zone() + " " + client, (same, count) -> count <= 1 ? null : count - 1);
  }
}
