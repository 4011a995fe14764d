package dev.sluice.node;

import dev.sluice.ingress.ClassRules;
import dev.sluice.ingress.ControllerFlags;
import dev.sluice.ingress.Problem;
import dev.sluice.ingress.Reconciled;
import dev.sluice.ingress.RouteReconciler;
import dev.sluice.ingress.RouteTable;
import dev.sluice.ingress.StreamRoutes;
import dev.sluice.ingress.TenantTable;
import dev.sluice.ingress.kube.Listing;
import java.time.Instant;
import java.util.List;
import java.util.Map;
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
public final class DeclaredState {
  private static final Logger LOG = LoggerFactory.getLogger(DeclaredState.class);

  private final ClassRules rules;
  private final ControllerFlags flags;
  private final StreamPorts streamPorts;
  private final CompletableFuture<Void> first = new CompletableFuture<>();
  private volatile Reconciled current = Reconciled.NOTHING;
  private volatile List<Problem> problems = List.of();
  private volatile @Nullable Listing listed;
  private volatile Instant changedAt = Instant.EPOCH;
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
    current = next;
    changedAt = Instant.now();
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

  private static String shortened(String version) {
    return version.substring(0, Math.min(12, version.length()));
  }

  /** The last listing; null before the first. */
  @Nullable
  Listing listed() {
    return listed;
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
    StreamRoutes streams = routes().streams();
    streamPorts.look(streams.ports().keySet(), streams.datagrams().keySet());
  }

  /** Up to where what is declared has been taken over, see {@link Listing#seen}. */
  public Map<String, String> seen() {
    Listing last = listed;
    return last == null ? Map.of() : last.seen();
  }

  /** When the current table was made; the epoch if there was none yet. */
  Instant changedAt() {
    return changedAt;
  }

  /** How many tables there have been. */
  public long changes() {
    return changes.get();
  }
}
