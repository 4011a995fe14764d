package dev.sluice.node;

import dev.sluice.ingress.ClassRules;
import dev.sluice.ingress.ControllerFlags;
import dev.sluice.ingress.DeclaredTenant;
import dev.sluice.ingress.Problem;
import dev.sluice.ingress.Reconciled;
import dev.sluice.ingress.RouteReconciler;
import dev.sluice.ingress.RouteTable;
import dev.sluice.ingress.SpendingTree;
import dev.sluice.ingress.TenantTable;
import dev.sluice.ingress.kube.Listing;
import dev.sluice.quota.Bucket;
import dev.sluice.quota.Plan;
import dev.sluice.quota.Plans;
import dev.sluice.quota.Unit;
import dev.sluice.quota.Window;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is declared, as this node has it now. One thread puts listings in; all others read values that are replaced
 * whole.
 */
public final class DeclaredState implements Plans {
  private static final Logger LOG = LoggerFactory.getLogger(DeclaredState.class);

  private final ClassRules rules;
  private final ControllerFlags flags;
  private final StreamPorts streamPorts;
  private final CompletableFuture<Void> first = new CompletableFuture<>();
  private volatile Reconciled current = Reconciled.NOTHING;
  private volatile List<Problem> problems = List.of();
  private volatile Map<String, Plan> plans = Map.of();
  private volatile @Nullable Listing listed;
  private final AtomicLong changes = new AtomicLong();

  DeclaredState(ClassRules rules, ControllerFlags flags, StreamPorts streamPorts) {
    this.rules = rules;
    this.flags = flags;
    this.streamPorts = streamPorts;
  }

  /** Takes a listing over. Called by one thread at a time. */
  void apply(Listing listing) {
    Listing before = listed;
    if (before == null || !listing.saysTheSameAs(before)) {
      reconcile(listing);
    }
    listed = listing;
    first.complete(null);
  }

  private void reconcile(Listing listing) {
    Reconciled next = RouteReconciler.reconcile(listing.declared(), rules, flags, current);
    TreeSet<Problem> all = new TreeSet<>(listing.problems());
    all.addAll(next.problems());
    tellProblems(all);
    problems = List.copyOf(all);
    plans = plansOf(next.tenants(), plans);
    current = next;
    lookAtPorts();
    changes.incrementAndGet();
    LOG.info(
        "route table {}: {} routes on {} hosts, {} tenants, {} problems",
        shortened(next.routes().version()),
        next.routes().routeCount(),
        next.routes().hostCount(),
        next.tenants().tenants().size(),
        all.size());
  }

  private void tellProblems(Set<Problem> now) {
    for (Problem problem : now) {
      if (!problems.contains(problem)) {
        LOG.warn("{}", problem);
      }
    }
    for (Problem before : problems) {
      if (!now.contains(before)) {
        LOG.info("no longer a problem: {}", before);
      }
    }
  }

  /** Plans of tenants whose limits are as before stay the same instances. */
  private static Map<String, Plan> plansOf(TenantTable tenants, Map<String, Plan> before) {
    Map<String, Plan> plans = new HashMap<>();
    tenants.tenants().forEach((name, tenant) -> {
      Plan plan = planOf(tenant.tree());
      Plan known = before.get(name);
      plans.put(name, plan.equals(known) ? known : plan);
    });
    return Map.copyOf(plans);
  }

  private static Plan planOf(SpendingTree tree) {
    Map<String, Bucket> byName = new HashMap<>();
    tree.limits().forEach(limit -> byName.put(limit.name(), bucket(limit)));
    Map<String, Bucket> buckets = new HashMap<>();
    byName.values().forEach(bucket -> buckets.put(bucket.id(), bucket));
    Map<String, List<String>> paths = new HashMap<>();
    for (SpendingTree.Path path : tree.paths()) {
      paths.put(
          path.name(),
          path.limits().stream()
              .map(limit -> Objects.requireNonNull(byName.get(limit.name())).id())
              .toList());
    }
    return new Plan(Map.copyOf(buckets), Map.copyOf(paths));
  }

  private static Bucket bucket(SpendingTree.Limit limit) {
    Window window = switch (limit.window()) {
      case SECOND -> Window.sliding(1_000);
      case MINUTE -> Window.sliding(60_000);
      case HOUR -> Window.sliding(3_600_000);
      case DAY -> Window.day(limit.zone());
      case MONTH -> Window.month(limit.zone());
      case NONE -> Window.BALANCE;
    };
    Bucket bucket = Bucket.of(limit.name(), unit(limit.unit()), limit.amount(), window);
    return limit.observed() ? bucket.asObserved() : bucket;
  }

  private static Unit unit(DeclaredTenant.Unit unit) {
    return switch (unit) {
      case TOKENS -> Unit.TOKENS;
      case INPUT_TOKENS -> Unit.INPUT_TOKENS;
      case OUTPUT_TOKENS -> Unit.OUTPUT_TOKENS;
      case REQUESTS -> Unit.REQUESTS;
      case IN_FLIGHT_REQUESTS -> Unit.IN_FLIGHT_REQUESTS;
      case COST -> Unit.COST;
    };
  }

  private static String shortened(String version) {
    return version.substring(0, Math.min(12, version.length()));
  }

  /** Completes when there is a first table. */
  CompletionStage<Void> first() {
    return first;
  }

  public Reconciled current() {
    return current;
  }

  public RouteTable routes() {
    return current.routes();
  }

  public TenantTable tenants() {
    return current.tenants();
  }

  /** Everything declared that can't be honoured as it stands, sorted. */
  public List<Problem> problems() {
    List<Problem> taken = streamPorts.problems();
    if (taken.isEmpty()) {
      return problems;
    }
    TreeSet<Problem> all = new TreeSet<>(problems);
    all.addAll(taken);
    return List.copyOf(all);
  }

  /** Tries ports of TCP services that are not listened on yet. */
  void lookAtPorts() {
    streamPorts.look(routes().streams().ports().keySet());
  }

  /** Up to where what is declared has been taken over, see {@link Listing#seen}. */
  public Map<String, String> seen() {
    Listing last = listed;
    return last == null ? Map.of() : last.seen();
  }

  /** How many tables there have been. */
  public long changes() {
    return changes.get();
  }

  @Override
  public Optional<Plan> planOf(String tenant) {
    return Optional.ofNullable(plans.get(tenant));
  }
}
