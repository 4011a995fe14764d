package dev.sluice.tenancy;

import dev.sluice.ingress.Claims;
import dev.sluice.ingress.SpendingTree;
import dev.sluice.ingress.TenantTable;
import dev.sluice.ingress.TenantTable.Spender;
import dev.sluice.quota.Plan;
import dev.sluice.quota.Plans;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Everybody who may spend, as this node knows them: those of manifests, and those of the database that no manifest
 * declares. Safe for use by many threads; never waits.
 */
public final class Tenancy implements TenantTable.Kept, Plans {
  /** What a plan was made of, to find out whether it still holds. */
  private record Made(SpendingTree tree, Map<String, Long> topUps, Plan plan) {
    @SuppressWarnings("ReferenceEquality") // both are replaced whole
    boolean of(SpendingTree tree, Map<String, Long> topUps) {
      return this.tree == tree && this.topUps == topUps;
    }
  }

  private record Seen(TenantTable declared, TenantTable whole) {}

  private final Supplier<TenantTable> declared;
  private final LongSupplier nowMillis;
  private final Map<String, Made> plans = new ConcurrentHashMap<>();
  private volatile KeptTenants kept = new KeptTenants();
  private volatile boolean known;
  private volatile @Nullable Seen seen;
  private volatile @Nullable String stepBack;

  /**
   * Knows nobody of the database yet.
   *
   * @param declared tenants of manifests, as they are now
   * @param nowMillis the wall clock, for keys that expire
   */
  public Tenancy(Supplier<TenantTable> declared, LongSupplier nowMillis) {
    this.declared = declared;
    this.nowMillis = nowMillis;
  }

  /** All of them. */
  @SuppressWarnings("ReferenceEquality") // the table is replaced whole
  public TenantTable table() {
    TenantTable now = declared.get();
    Seen last = seen;
    if (last == null || last.declared() != now) {
      last = new Seen(now, now.with(this));
      seen = last;
    }
    return last.whole();
  }

  /** Everything has been read anew. */
  void replace(KeptTenants all) {
    kept = all;
    known = true;
  }

  /** The database has forgotten changes. */
  void steppedBack(long from, long to) {
    stepBack = "the database stands at change " + to + ", after it stood at " + from
        + ": an older backup was restored, or it is another database";
  }

  boolean stepsBack() {
    return stepBack != null;
  }

  /** What the database has forgotten since this node has started; null if nothing. */
  public @Nullable String stepBack() {
    return stepBack;
  }

  KeptTenants kept() {
    return kept;
  }

  @Override
  public Optional<Spender> spender(String sha256) {
    return kept.spender(sha256, nowMillis).filter(this::isNotDeclared);
  }

  @Override
  public Optional<Spender> spender(Claims token) {
    return kept.spenders(token, nowMillis).filter(this::isNotDeclared).findFirst();
  }

  @Override
  public List<Spender> spenders(String tenant) {
    return kept.spenders(tenant, nowMillis);
  }

  private boolean isNotDeclared(Spender spender) {
    return !declared.get().tenants().containsKey(spender.tenant());
  }

  @Override
  public boolean isKnown() {
    return known;
  }

  /** The limits of a tenant; null if there is none of this name. */
  public @Nullable SpendingTree tree(String tenant) {
    TenantTable.Tenant own = declared.get().tenants().get(tenant);
    return own != null ? own.tree() : kept.tree(tenant);
  }

  /** What was added to balances of a tenant, by the limit's name. */
  public Map<String, Long> topUps(String tenant) {
    return kept.topUps(tenant);
  }

  @Override
  public Optional<Plan> planOf(String tenant) {
    SpendingTree tree = tree(tenant);
    if (tree == null) {
      plans.remove(tenant);
      return Optional.empty();
    }
    Map<String, Long> topUps = kept.topUps(tenant);
    Made before = plans.get(tenant);
    if (before != null && before.of(tree, topUps)) {
      return Optional.of(before.plan());
    }
    Plan plan = PlanOfTree.of(tree, topUps);
    Made made =
        new Made(tree, topUps, before != null && before.plan().equals(plan) ? before.plan() : plan);
    plans.put(tenant, made);
    return Optional.of(made.plan());
  }

  /** Tenants of the database whose keys can't be used, and why; sorted by name. */
  public Map<String, String> problems() {
    Map<String, String> all = new TreeMap<>(kept.problems());
    for (String name : declared.get().tenants().keySet()) {
      if (kept.tree(name) != null) {
        all.put(name, "a manifest declares a tenant of this name");
      }
    }
    return all;
  }

  /** How many tenants there are. */
  public int count() {
    Map<String, ?> own = declared.get().tenants();
    return own.size()
        + (int) kept.names().stream()
            .filter(name -> !own.containsKey(name) && kept.tree(name) != null)
            .count();
  }
}
