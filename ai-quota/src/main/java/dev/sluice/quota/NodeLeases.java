package dev.sluice.quota;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All leases of this node. Admits requests of all workers; outlives the cluster system, which may end and be built again
 * while leases go on. Safe for use by many threads: each tenant has a lock, held for a few steps of arithmetic.
 */
public final class NodeLeases implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeLeases.class);
  private static final BiConsumer<String, ToEntity> NOWHERE = (tenant, message) -> {};

  private final String uid = UUID.randomUUID().toString();
  private final QuotaSettings settings;
  private final Map<String, TenantLeases> tenants = new ConcurrentHashMap<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "sluice-quota-timer");
        thread.setDaemon(true);
        return thread;
      });
  private volatile BiConsumer<String, ToEntity> entities = NOWHERE;
  private volatile Function<String, CompletionStage<List<Balance>>> balances = NodeLeases::nobody;

  public NodeLeases(QuotaSettings settings) {
    this.settings = settings;
    long tickNanos = settings.tick().toNanos();
    timer.scheduleWithFixedDelay(this::tick, tickNanos, tickNanos, TimeUnit.NANOSECONDS);
  }

  /** This node's id in this life. */
  public String uid() {
    return uid;
  }

  /** Where messages to entities go from now on; null while there is no cluster. What is lost is sent again. */
  void connect(@Nullable BiConsumer<String, ToEntity> entities) {
    this.entities = entities == null ? NOWHERE : entities;
  }

  /** Who tells how buckets stand from now on; null while there is no cluster. */
  void askBalancesOf(@Nullable Function<String, CompletionStage<List<Balance>>> balances) {
    this.balances = balances == null ? NodeLeases::nobody : balances;
  }

  private static CompletionStage<List<Balance>> nobody(String tenant) {
    return CompletableFuture.failedFuture(new IllegalStateException("there is no cluster"));
  }

  /** How a tenant's buckets stand; fails if its entity does not answer in time. Told on another thread. */
  public CompletionStage<List<Balance>> balances(String tenant) {
    return balances.apply(tenant);
  }

  /**
   * Puts a hold on the tenant's quota.
   *
   * @param path of the tenant's plan
   * @param later told on another thread, if the answer is not returned
   * @return the answer, at once in the common case; null if it will be told
   */
  public @Nullable Admission hold(
      String tenant, String path, Amounts need, Consumer<Admission> later) {
    TenantLeases leases =
        tenants.computeIfAbsent(tenant, name -> new TenantLeases(uid, settings.node()));
    Admission answer;
    List<ToEntity> letters;
    synchronized (leases) {
      answer = leases.hold(path, need, System.nanoTime(), settings.patience().toNanos(), later);
      letters = leases.takeLetters();
    }
    send(tenant, letters);
    return answer;
  }

  /** Puts what was really used in the place of a hold. A second time changes nothing. */
  public void settle(String tenant, Hold hold, Amounts used) {
    act(tenant, hold.leases(), now -> hold.leases().settle(hold, used, now));
  }

  void take(String tenant, ToNode message) {
    TenantLeases leases =
        tenants.computeIfAbsent(tenant, name -> new TenantLeases(uid, settings.node()));
    act(tenant, leases, now -> leases.take(message, now));
  }

  private void act(String tenant, TenantLeases leases, LongConsumer action) {
    List<ToEntity> letters;
    List<Runnable> answers;
    synchronized (leases) {
      action.accept(System.nanoTime());
      letters = leases.takeLetters();
      answers = leases.takeAnswers();
    }
    send(tenant, letters);
    for (Runnable answer : answers) {
      answer.run();
    }
  }

  private void send(String tenant, List<ToEntity> letters) {
    BiConsumer<String, ToEntity> to = entities;
    for (ToEntity letter : letters) {
      to.accept(tenant, letter);
    }
  }

  private void tick() {
    tenants.forEach((tenant, leases) -> {
      try {
        act(tenant, leases, leases::tick);
      } catch (RuntimeException e) {
        LOG.error("the leases of tenant {} could not be looked after", tenant, e);
      }
    });
  }

  /** Leases that are open on this node now, for metrics. */
  public int leaseCount() {
    int count = 0;
    for (TenantLeases leases : tenants.values()) {
      synchronized (leases) {
        count += leases.leaseCount();
      }
    }
    return count;
  }

  /** The longest that a request may hold what it holds: its caller ends it then. */
  public Duration longestHold() {
    return settings.longestHold();
  }

  /** How often buckets that are only observed would have refused a request of this tenant here, by name. */
  public Map<String, Long> wouldRefuse(String tenant) {
    TenantLeases leases = tenants.get(tenant);
    if (leases == null) {
      return Map.of();
    }
    synchronized (leases) {
      return leases.wouldRefuse();
    }
  }

  /**
   * Admits nothing more and gives everything back.
   *
   * @return completes when every entity has acknowledged, or after this while
   */
  public CompletionStage<Void> leave(Duration patience) {
    CompletableFuture<Void> left = new CompletableFuture<>();
    timer.execute(() -> tenants.forEach((tenant, leases) -> act(tenant, leases, leases::leave)));
    timer.scheduleWithFixedDelay(
        () -> {
          if (tenants.values().stream().allMatch(NodeLeases::isGone)) {
            left.complete(null);
          }
        },
        0,
        20,
        TimeUnit.MILLISECONDS);
    return left.completeOnTimeout(null, patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static boolean isGone(TenantLeases leases) {
    synchronized (leases) {
      return leases.gone();
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
