package dev.sluice.node;

import dev.sluice.admin.AdminView;
import dev.sluice.ingress.TenantTable;
import dev.sluice.proxy.Asking;
import dev.sluice.quota.NodeLeases;
import dev.sluice.quota.Quota;
import dev.sluice.state.ClusterWorld;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What this node shows of itself. */
final class NodeView implements AdminView {
  private record Status(
      String node,
      String version,
      String started,
      boolean clusterUp,
      String routeTable,
      int routes,
      int tenants,
      int problems) {}

  private record Shown(
      String place, String object, String field, String problem, String expected, String effect) {}

  private record Limit(
      String name, String unit, long amount, String window, List<String> models, String mode) {}

  private record Tenant(String name, List<Limit> limits) {}

  private record Balance(
      String name,
      String unit,
      long limit,
      long settled,
      long held,
      long leased,
      long unaccounted,
      long free,
      @Nullable Long resetsInMillis,
      String mode,
      @Nullable Long wouldRefuse) {}

  private final String name;
  private final Instant started;
  private final DeclaredState declared;
  private final ClusterWorld cluster;
  private final NodeLeases leases;
  private final Supplier<@Nullable Quota> quota;

  NodeView(
      String name,
      Instant started,
      DeclaredState declared,
      ClusterWorld cluster,
      NodeLeases leases,
      Supplier<@Nullable Quota> quota) {
    this.name = name;
    this.started = started;
    this.declared = declared;
    this.cluster = cluster;
    this.leases = leases;
    this.quota = quota;
  }

  @Override
  public Object status() {
    return new Status(
        name,
        Version.text(),
        started.toString(),
        cluster.isUp(),
        declared.routes().version(),
        declared.routes().routeCount(),
        declared.tenants().tenants().size(),
        declared.problems().size());
  }

  @Override
  public Object problems() {
    return declared.problems().stream()
        .map(one -> new Shown(
            one.place(), one.object(), one.field(), one.what(), one.expected(), one.effect()))
        .toList();
  }

  @Override
  public Object tenants() {
    return new TreeMap<>(declared.tenants().tenants())
        .values().stream().map(NodeView::tenant).toList();
  }

  @Override
  public Object explain(String method, String url, List<String> headers) {
    return Asking.explain(declared.current(), declared.problems(), method, url, headers);
  }

  private static Tenant tenant(TenantTable.Tenant tenant) {
    return new Tenant(
        tenant.name(),
        tenant.tree().limits().stream()
            .map(limit -> new Limit(
                limit.name(),
                word(limit.unit()),
                limit.amount(),
                word(limit.window()),
                limit.models(),
                mode(limit.observed())))
            .toList());
  }

  private static String mode(boolean observed) {
    return observed ? "observe" : "enforce";
  }

  @Override
  public Optional<CompletionStage<Object>> balances(String tenant) {
    if (!declared.tenants().tenants().containsKey(tenant)) {
      return Optional.empty();
    }
    Quota running = quota.get();
    return Optional.of(
        running == null
            ? CompletableFuture.failedFuture(new IllegalStateException("there is no cluster"))
            : running
                .balances(tenant)
                .thenApply(all -> all.stream()
                    .map(one -> balance(one, leases.wouldRefuse(tenant)))
                    .toList()));
  }

  /** @param wouldRefuse what this node counted since its start, by bucket */
  private static Balance balance(dev.sluice.quota.Balance balance, Map<String, Long> wouldRefuse) {
    return new Balance(
        balance.name(),
        word(balance.unit()),
        balance.limit(),
        balance.settled(),
        balance.held(),
        balance.leased(),
        balance.unaccounted(),
        balance.free(),
        balance.resetsInMillis() < 0 ? null : balance.resetsInMillis(),
        mode(balance.observed()),
        balance.observed() ? wouldRefuse.getOrDefault(balance.name(), 0L) : null);
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
